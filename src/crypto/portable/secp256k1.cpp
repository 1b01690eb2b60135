// SPDX-License-Identifier: Apache-2.0
#include "crypto/portable/portable.hpp"
#include "crypto/portable/rfc6979.hpp"
#include "crypto/portable/weierstrass.hpp"

namespace jiffy::crypto::portable
{
namespace
{
constexpr U256 field_prime{0xfffffffefffffc2f, ~0ULL, ~0ULL, ~0ULL};
constexpr Modulus prime_modulus = Modulus::of(field_prime);
constexpr Modulus order_modulus = Modulus::of(secp256k1_order);

/// SEC 2 2.4.1.
struct Secp256k1
{
    using Coordinate = Residue<prime_modulus>;
    using Scalar = Residue<order_modulus>;

    static constexpr Coordinate a{};
    static constexpr Coordinate b = Coordinate::from(U256{7});
    static constexpr Coordinate generator_x =
        Coordinate::from({0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac});
    static constexpr Coordinate generator_y =
        Coordinate::from({0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465});
};

using Group = Weierstrass<Secp256k1>;
using Coordinate = Secp256k1::Coordinate;
using Scalar = Secp256k1::Scalar;

bool is_in_range(const U256& number) noexcept
{
    return !number.is_zero() && number < secp256k1_order;
}

bool is_odd(const U256& number) noexcept
{
    return (number.low() & 1) != 0;
}

std::optional<PublicKey> serialize(const Group::Jacobian& point) noexcept
{
    const auto affine = Group::to_affine(point);
    if (!affine)
        return std::nullopt;
    PublicKey key;
    store_big_endian(key.data(), affine->x.number());
    store_big_endian(key.data() + 32, affine->y.number());
    return key;
}

/// The point with this x coordinate and parity of y.
std::optional<Group::Affine> lift(const U256& x_number, bool odd) noexcept
{
    const Coordinate x = Coordinate::from(x_number);
    // The field prime is 3 modulo 4: a square's root is its power of (p + 1) / 4.
    constexpr U256 root_exponent = (field_prime + U256{1}) >> 2;
    const Coordinate y = Group::right_side(x).power(root_exponent);
    if (!Group::contains({x, y}))
        return std::nullopt;
    return Group::Affine{x, is_odd(y.number()) == odd ? y : -y};
}
}  // namespace

std::optional<PublicKey> recover_public_key(const Hash& digest, const RecoverableSignature& signature) noexcept
{
    if (signature.y_parity > 1 || !is_in_range(signature.r) || !is_in_range(signature.s))
        return std::nullopt;
    const auto point = lift(signature.r, signature.y_parity == 1);
    if (!point)
        return std::nullopt;
    const Scalar inverse = Scalar::from(signature.r).inverse();
    return serialize(
        Group::combination(-(Scalar::from(to_u256(digest)) * inverse), Scalar::from(signature.s) * inverse, *point));
}

std::optional<PublicKey> public_key_of(const Hash& secret) noexcept
{
    const U256 number = to_u256(secret);
    if (!is_in_range(number))
        return std::nullopt;
    return serialize(Group::combination(Scalar::from(number), Scalar{}, Group::generator));
}

std::optional<RecoverableSignature> sign(const Hash& digest, const Hash& secret) noexcept
{
    if (!is_in_range(to_u256(secret)))
        return std::nullopt;
    const Scalar message = Scalar::from(to_u256(digest));
    Rfc6979 nonces{secret, to_hash(message.number())};
    while (true)
    {
        const U256 nonce = to_u256(nonces.next());
        if (!is_in_range(nonce))
            continue;
        const Scalar k = Scalar::from(nonce);
        const auto point = Group::to_affine(Group::combination(k, Scalar{}, Group::generator));
        const U256 r = point->x.number();
        const Scalar s = k.inverse() * (message + Scalar::from(r) * Scalar::from(to_u256(secret)));
        if (Scalar::from(r).is_zero() || s.is_zero())
            continue;
        // An x coordinate that is not below n cannot be written in an Ethereum signature.
        if (r >= secp256k1_order)
            return std::nullopt;
        const bool high = s.number() > secp256k1_half_order;
        const bool odd = is_odd(point->y.number()) != high;
        return RecoverableSignature{
            .r = r, .s = (high ? -s : s).number(), .y_parity = odd ? std::uint8_t{1} : std::uint8_t{0}};
    }
}

bool verify(const Hash& digest, const U256& r, const U256& s, const PublicKey& key) noexcept
{
    const U256 x = load_big_endian(key.data());
    const U256 y = load_big_endian(key.data() + 32);
    if (!is_in_range(r) || !is_in_range(s) || x >= field_prime || y >= field_prime)
        return false;
    const Group::Affine point{Coordinate::from(x), Coordinate::from(y)};
    return Group::contains(point) && ecdsa_verify<Secp256k1>(to_u256(digest), r, s, point);
}
}  // namespace jiffy::crypto::portable
