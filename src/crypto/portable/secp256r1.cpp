// SPDX-License-Identifier: Apache-2.0
#include "crypto/portable/portable.hpp"
#include "crypto/portable/weierstrass.hpp"

namespace jiffy::crypto::portable
{
namespace
{
constexpr U256 field_prime{~0ULL, 0x00000000ffffffff, 0, 0xffffffff00000001};
constexpr U256 order{0xf3b9cac2fc632551, 0xbce6faada7179e84, ~0ULL, 0xffffffff00000000};
constexpr Modulus prime_modulus = Modulus::of(field_prime);
constexpr Modulus order_modulus = Modulus::of(order);

/// SEC 2 2.4.2.
struct Secp256r1
{
    using Coordinate = Residue<prime_modulus>;
    using Scalar = Residue<order_modulus>;

    static constexpr Coordinate a = -Coordinate::from(U256{3});
    static constexpr Coordinate b =
        Coordinate::from({0x3bce3c3e27d2604b, 0x651d06b0cc53b0f6, 0xb3ebbd55769886bc, 0x5ac635d8aa3a93e7});
    static constexpr Coordinate generator_x =
        Coordinate::from({0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247});
    static constexpr Coordinate generator_y =
        Coordinate::from({0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b});
};

using Group = Weierstrass<Secp256r1>;
using Coordinate = Secp256r1::Coordinate;

bool is_in_range(const U256& number) noexcept
{
    return !number.is_zero() && number < order;
}
}  // namespace

bool secp256r1_verify(const Hash& digest, const Hash& r, const Hash& s, const Hash& x, const Hash& y) noexcept
{
    if (!is_in_range(to_u256(r)) || !is_in_range(to_u256(s)) || to_u256(x) >= field_prime || to_u256(y) >= field_prime)
        return false;
    const Group::Affine point{Coordinate::from(to_u256(x)), Coordinate::from(to_u256(y))};
    return Group::contains(point) && ecdsa_verify<Secp256r1>(to_u256(digest), to_u256(r), to_u256(s), point);
}
}  // namespace jiffy::crypto::portable
