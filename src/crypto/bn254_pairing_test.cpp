// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254_pairing.hpp"

#include "crypto/bn254.hpp"
#include "crypto/bn254_points_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto::bn254
{
namespace
{
U256 any_scalar()
{
    return *any_u256() % (group_order - U256{1}) + U256{1};
}

Fp12 pairing(const G1& p, const G2& q)
{
    const Pair pair{p, q};
    const auto product = miller_loop({&pair, 1});
    RC_ASSERT(product.has_value());
    return final_exponentiation(*product);
}

RC_GTEST_PROP(Bn254Pairing, is_bilinear, ())
{
    const U256 a = any_scalar();
    const U256 b = any_scalar();
    const G1 a_g1 = to_affine(multiply(g1_generator, a));
    const G1 ab_g1 = to_affine(multiply(a_g1, b));
    const G2 b_g2 = to_affine(multiply_slowly(g2_generator, b));
    RC_ASSERT(pairing(a_g1, b_g2) == pairing(ab_g1, g2_generator));
}

TEST(Bn254Pairing, is_not_degenerate_and_of_order_r)
{
    const Fp12 value = pairing(g1_generator, g2_generator);
    EXPECT_NE(value, Fp12::one());
    Fp12 power = Fp12::one();
    for (unsigned i = 256; i-- > 0;)
    {
        power = power * power;
        if (((group_order >> i).low() & 1) != 0)
            power = power * value;
    }
    EXPECT_EQ(power, Fp12::one());
}

void append_pair(Bytes& input, const G1& p, const G2& q)
{
    for (const Fp& coordinate : {p.x, p.y, q.x.c1, q.x.c0, q.y.c1, q.y.c0})
        append(input, to_hash(coordinate.value()).view());
}

RC_GTEST_PROP(Bn254Pairing, checks_products_of_any_number_of_pairs, ())
{
    // e(P, [a1]Q) e(P, [a2]Q) ... e(-P, [a1 + a2 + ...]Q) is one; the counts go past one Miller loop's share.
    const auto count = *rc::gen::element<std::size_t>(1, 2, max_pairs - 1, max_pairs, max_pairs + 3);
    const G1 p = to_affine(multiply(g1_generator, any_scalar()));
    Bytes input;
    Jacobian<Fp2> sum{Fp2::one(), Fp2::one(), Fp2::zero()};
    for (std::size_t i = 0; i < count; ++i)
    {
        const G2 q = to_affine(multiply_slowly(g2_generator, any_scalar()));
        append_pair(input, p, q);
        sum = sum + q;
    }
    RC_ASSERT(bn254_pairing_check(input) == false);
    RC_PRE(!sum.is_infinity());
    append_pair(input, -p, to_affine(sum));
    RC_ASSERT(bn254_pairing_check(input) == true);
    // Pairs with infinity on either side do not count.
    append_pair(input, {}, to_affine(sum));
    append_pair(input, p, {});
    RC_ASSERT(bn254_pairing_check(input) == true);
}

TEST(Bn254Pairing, of_nothing_is_one)
{
    EXPECT_EQ(bn254_pairing_check({}), true);
}
}  // namespace
}  // namespace jiffy::crypto::bn254
