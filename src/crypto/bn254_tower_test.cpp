// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254_points_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto::bn254
{
namespace
{
template <class Field>
Field power(const Field& base, const U256& exponent)
{
    Field result = Field::one();
    for (unsigned i = 256; i-- > 0;)
    {
        result = result * result;
        if (((exponent >> i).low() & 1) != 0)
            result = result * base;
    }
    return result;
}

RC_GTEST_PROP(Bn254Tower, quadratic_field, ())
{
    const Fp2 a = *any_fp2();
    const Fp2 b = *any_fp2();
    RC_ASSERT((a * b) == (Fp2{a.c0 * b.c0 - a.c1 * b.c1, a.c0 * b.c1 + a.c1 * b.c0}));
    RC_ASSERT(square(a) == a * a);
    RC_ASSERT(multiply_by_xi(a) == (a * Fp2{Fp::from(9), Fp::one()}));
    RC_ASSERT(a * b.c0 == (a * Fp2{b.c0, Fp::zero()}));
    RC_ASSERT(difference_of_products(a, b, b, b) == a * b - b * b);
    RC_ASSERT(difference_of_products(a, a, a, b) == a * (a - b));
    RC_ASSERT(twice(half(a)) == a);
    RC_ASSERT(inverse(a) * a == (a.is_zero() ? Fp2::zero() : Fp2::one()));
}

RC_GTEST_PROP(Bn254Tower, top_field_is_a_ring_with_inverses, ())
{
    const Fp12 a = *any_fp12();
    const Fp12 b = *any_fp12();
    const Fp12 c = *any_fp12();
    RC_ASSERT(a * b == b * a);
    RC_ASSERT((a * b) * c == a * (b * c));
    RC_ASSERT(a * Fp12::one() == a);
    RC_ASSERT(square(a) == a * a);
    if (a != Fp12{})
        RC_ASSERT(a * inverse(a) == Fp12::one());
}

TEST(Bn254Tower, the_generators_have_their_squares)
{
    const Fp12 w{{}, {Fp2::one(), {}, {}}};
    const Fp12 v{{{}, Fp2::one(), {}}, {}};
    const Fp12 xi{{{Fp::from(9), Fp::one()}, {}, {}}, {}};
    EXPECT_EQ(w * w, v);
    EXPECT_EQ(v * v * v, xi);
}

RC_GTEST_PROP(Bn254Tower, a_line_is_a_sparse_element, ())
{
    const Fp12 a = *any_fp12();
    const Line line{*any_fp2(), *any_fp2(), *any_fp2()};
    RC_ASSERT(a * line == (a * Fp12{{line.l0, {}, {}}, {line.l1, line.l3, {}}}));
}

RC_GTEST_PROP(Bn254Tower, frobenius_maps_are_powers_of_p, ())
{
    const Fp12 a = *any_fp12();
    RC_ASSERT(frobenius(a) == power(a, field_modulus));
    RC_ASSERT(frobenius_squared(a) == frobenius(frobenius(a)));
    RC_ASSERT(frobenius_cubed(a) == frobenius(frobenius_squared(a)));
    RC_ASSERT(conjugate(a) == frobenius_cubed(frobenius_cubed(a)));
}

RC_GTEST_PROP(Bn254Tower, cyclotomic_squares, ())
{
    const Fp12 a = *any_fp12();
    if (a == Fp12{})
        return;
    const Fp12 unitary = conjugate(a) * inverse(a);
    const Fp12 cyclotomic = frobenius_squared(unitary) * unitary;
    RC_ASSERT(cyclotomic_square(cyclotomic) == cyclotomic * cyclotomic);
    RC_ASSERT(conjugate(cyclotomic) * cyclotomic == Fp12::one());
}
}  // namespace
}  // namespace jiffy::crypto::bn254
