// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254.hpp"
#include "crypto/bn254_points_test.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto::bn254
{
namespace
{
template <class Field>
bool same(const Jacobian<Field>& a, const Jacobian<Field>& b)
{
    if (a.is_infinity() || b.is_infinity())
        return a.is_infinity() && b.is_infinity();
    return to_affine(a) == to_affine(b);
}

G1 any_g1()
{
    return to_affine(multiply_slowly(g1_generator, *any_u256() % (group_order - U256{1}) + U256{1}));
}

RC_GTEST_PROP(Bn254Curve, multiplication_is_repeated_addition, ())
{
    const G1 point = any_g1();
    const U256 scalar = *rc::gen::oneOf(any_u256(),
        rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 40), [](std::uint64_t n) { return U256{n}; }),
        rc::gen::map(
            rc::gen::inRange<std::uint64_t>(0, 40), [](std::uint64_t n) { return group_order - U256{20} + U256{n}; }));
    RC_ASSERT(same(multiply(point, scalar), multiply_slowly(point, scalar)));
}

TEST(Bn254Curve, multiples_at_the_ends)
{
    EXPECT_TRUE(multiply(g1_generator, U256{0}).is_infinity());
    EXPECT_TRUE(multiply(g1_generator, group_order).is_infinity());
    EXPECT_EQ(to_affine(multiply(g1_generator, U256{1})), g1_generator);
    EXPECT_EQ(to_affine(multiply(g1_generator, group_order - U256{1})), -g1_generator);
    EXPECT_TRUE(same(multiply(g1_generator, U256::max()), multiply_slowly(g1_generator, U256::max())));
}

RC_GTEST_PROP(Bn254Curve, multiplication_distributes_over_addition, ())
{
    const G1 point = any_g1();
    const U256 a = *any_u256() >> 1;
    const U256 b = *any_u256() >> 1;
    const auto sum = multiply(point, a + b);
    const auto first = multiply(point, a);
    const auto second = multiply(point, b);
    RC_ASSERT(same(sum, second.is_infinity() ? first : first + to_affine(second)));
}

TEST(Bn254Curve, additions_that_the_general_formula_cannot_do)
{
    const Jacobian<Fp> generator{g1_generator.x, g1_generator.y, Fp::one()};
    const Jacobian<Fp> infinity{Fp::one(), Fp::one(), Fp::zero()};
    EXPECT_TRUE((generator + -g1_generator).is_infinity());
    EXPECT_TRUE(same(generator + g1_generator, twice(generator)));
    EXPECT_TRUE(same(infinity + g1_generator, generator));
    EXPECT_TRUE(twice(infinity).is_infinity());
}

RC_GTEST_PROP(Bn254Curve, psi_multiplies_by_p_in_the_group, ())
{
    const G2 point = to_affine(multiply_slowly(g2_generator, *any_u256() % (group_order - U256{1}) + U256{1}));
    RC_ASSERT(is_on_curve(point));
    RC_ASSERT(has_prime_order(point));
    RC_ASSERT(psi(point) == to_affine(multiply_slowly(point, field_modulus)));
}

/// A square root by the method for p = 3 mod 4; empty if there is none.
std::optional<Fp> square_root(const Fp& a)
{
    const U256 exponent = (field_modulus + U256{1}) >> 2;
    Fp root = Fp::one();
    for (unsigned i = 256; i-- > 0;)
    {
        root = square(root);
        if (((exponent >> i).low() & 1) != 0)
            root = root * a;
    }
    if (square(root) != a)
        return std::nullopt;
    return root;
}

/// A square root by those of the norm and of half the trace; empty if there is none.
std::optional<Fp2> square_root(const Fp2& a)
{
    const auto norm_root = square_root(square(a.c0) + square(a.c1));
    if (!norm_root)
        return std::nullopt;
    for (const Fp& root : {*norm_root, -*norm_root})
        if (const auto real = square_root(half(a.c0 + root)); real && !real->is_zero())
            if (const Fp2 candidate{*real, a.c1 * inverse(twice(*real))}; square(candidate) == a)
                return candidate;
    return std::nullopt;
}

TEST(Bn254Curve, points_of_the_twist_outside_the_group)
{
    // The cofactor is about p, so points found by their x are never of order r.
    const Fp2 b = square(g2_generator.y) - square(g2_generator.x) * g2_generator.x;
    int found = 0;
    for (std::uint64_t i = 1; i < 60; ++i)
    {
        const Fp2 x{Fp::from(U256{i}), Fp::from(U256{3 * i})};
        const auto y = square_root(square(x) * x + b);
        if (!y)
            continue;
        const G2 point{x, *y};
        ASSERT_TRUE(is_on_curve(point));
        EXPECT_EQ(has_prime_order(point), multiply_slowly(point, group_order).is_infinity());
        EXPECT_FALSE(has_prime_order(point));
        // The Miller loop's own test and that for pairs with infinity must both refuse it.
        Byte input[192] = {};
        const auto put = [&](std::size_t place, const Fp& value)
        { store_big_endian(input + 32 * place, value.value()); };
        put(2, point.x.c1);
        put(3, point.x.c0);
        put(4, point.y.c1);
        put(5, point.y.c0);
        EXPECT_EQ(bn254_pairing_check(input), std::nullopt);
        put(0, g1_generator.x);
        put(1, g1_generator.y);
        EXPECT_EQ(bn254_pairing_check(input), std::nullopt);
        // The part of it that is in the group is accepted.
        const U256 cofactor = field_modulus + field_modulus - group_order;
        EXPECT_TRUE(has_prime_order(to_affine(multiply_slowly(point, cofactor))));
        ++found;
    }
    EXPECT_GT(found, 15);
}

TEST(Bn254Curve, malformed_points_are_refused)
{
    const auto encoded = [](const U256& x, const U256& y)
    {
        Bn254Point point;
        store_big_endian(point.data(), x);
        store_big_endian(point.data() + 32, y);
        return point;
    };
    const auto generator = encoded(1, 2);
    EXPECT_EQ(bn254_add(generator, {}), generator);
    EXPECT_EQ(bn254_add({}, generator), generator);
    EXPECT_EQ(bn254_add(generator, encoded(1, field_modulus - U256{2})), Bn254Point{});
    EXPECT_EQ(bn254_multiply({}, U256{5}), Bn254Point{});
    for (const auto& point :
        {encoded(1, 3), encoded(0, 1), encoded(field_modulus, 0), encoded(field_modulus + U256{1}, 2),
            encoded(1, field_modulus + U256{2}), encoded(U256::max(), U256::max())})
    {
        EXPECT_EQ(bn254_add(point, generator), std::nullopt);
        EXPECT_EQ(bn254_add(generator, point), std::nullopt);
        EXPECT_EQ(bn254_add({}, point), std::nullopt);
        EXPECT_EQ(bn254_multiply(point, U256{0}), std::nullopt);
    }
}

RC_GTEST_PROP(Bn254Curve, signed_digits_make_up_the_number, (std::uint64_t high, std::uint64_t low))
{
    const Uint128 number = ((static_cast<Uint128>(high) << 64) | low) >> 1;
    const auto width = *rc::gen::inRange(2U, 7U);
    const auto digits = signed_digits(number, width);
    Uint128 sum = 0;
    std::size_t since_last = width;
    for (std::size_t i = digits.digits.size(); i-- > 0;)
    {
        const int digit = digits.digits[i];
        sum = 2 * sum + static_cast<Uint128>(digit);
        RC_ASSERT(digit == 0 || (digit % 2 != 0 && std::abs(digit) < (1 << (width - 1)) && since_last >= width));
        RC_ASSERT((digit == 0) || i < digits.count);
        since_last = digit != 0 ? 1 : since_last + 1;
    }
    RC_ASSERT(sum == number);
}
}  // namespace
}  // namespace jiffy::crypto::bn254
