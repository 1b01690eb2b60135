// SPDX-License-Identifier: Apache-2.0
#include "crypto/secp256r1.hpp"

#include <memory>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

namespace jiffy::crypto
{
namespace
{
struct Free
{
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
    void operator()(BN_CTX* context) const noexcept { BN_CTX_free(context); }
    void operator()(EC_POINT* point) const noexcept { EC_POINT_free(point); }
};

using Number = std::unique_ptr<BIGNUM, Free>;
using Context = std::unique_ptr<BN_CTX, Free>;
using Point = std::unique_ptr<EC_POINT, Free>;

/// Made at program start and not changed after.
const EC_GROUP* const curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);

Number to_number(const Hash& bytes) noexcept
{
    return Number{BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
}

bool is_in_range(const Number& value) noexcept
{
    return !BN_is_zero(value.get()) && BN_cmp(value.get(), EC_GROUP_get0_order(curve)) < 0;
}
}  // namespace

bool secp256r1_verify(const Hash& digest, const Hash& r, const Hash& s, const Hash& x, const Hash& y) noexcept
{
    const BIGNUM* order = EC_GROUP_get0_order(curve);
    const Context context{BN_CTX_new()};
    const Number e = to_number(digest);
    const Number r_number = to_number(r);
    const Number s_number = to_number(s);
    const Number key_x = to_number(x);
    const Number key_y = to_number(y);
    if (!is_in_range(r_number) || !is_in_range(s_number))
        return false;

    // Coordinates that are not below the field prime are not canonical and must not be reduced.
    const BIGNUM* prime = EC_GROUP_get0_field(curve);
    if (BN_cmp(key_x.get(), prime) >= 0 || BN_cmp(key_y.get(), prime) >= 0)
        return false;
    // Fails off the curve; affine coordinates cannot name the point at infinity.
    const Point key{EC_POINT_new(curve)};
    if (EC_POINT_set_affine_coordinates(curve, key.get(), key_x.get(), key_y.get(), context.get()) != 1)
        return false;

    const Number inverse{BN_mod_inverse(nullptr, s_number.get(), order, context.get())};
    const Number u1{BN_new()};
    const Number u2{BN_new()};
    const Point point{EC_POINT_new(curve)};
    const Number point_x{BN_new()};
    const bool computed =
        BN_mod_mul(u1.get(), e.get(), inverse.get(), order, context.get()) == 1 &&
        BN_mod_mul(u2.get(), r_number.get(), inverse.get(), order, context.get()) == 1 &&
        EC_POINT_mul(curve, point.get(), u1.get(), key.get(), u2.get(), context.get()) == 1 &&
        EC_POINT_is_at_infinity(curve, point.get()) == 0 &&
        EC_POINT_get_affine_coordinates(curve, point.get(), point_x.get(), nullptr, context.get()) == 1 &&
        BN_nnmod(point_x.get(), point_x.get(), order, context.get()) == 1;
    return computed && BN_cmp(point_x.get(), r_number.get()) == 0;
}
}  // namespace jiffy::crypto
