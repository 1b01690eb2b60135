// SPDX-License-Identifier: Apache-2.0
#include "base/uint256.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>
#include <random>
#include <rapidcheck/gtest.h>

namespace jiffy::base
{
namespace
{
using Oracle = boost::multiprecision::cpp_int;

const Oracle two_256 = Oracle{1} << 256;

Oracle to_oracle(const U256& value)
{
    Oracle result = 0;
    for (int i = 3; i >= 0; --i)
        result = (result << 64) | value.limbs[i];
    return result;
}

U256 from_oracle(Oracle value)
{
    value %= two_256;
    if (value < 0)
        value += two_256;
    U256 result;
    for (auto& limb : result.limbs)
    {
        limb = static_cast<std::uint64_t>(value & ~std::uint64_t{0});
        value >>= 64;
    }
    return result;
}

/// Numbers of every width, with runs of ones and zeros, for the carries that uniform numbers never make.
rc::Gen<U256> any_number()
{
    const auto limb = rc::gen::weightedOneOf<std::uint64_t>({{4, rc::gen::arbitrary<std::uint64_t>()},
        {2, rc::gen::element<std::uint64_t>(0, 1, ~0ULL, 1ULL << 63, ~0ULL >> 1)},
        {1, rc::gen::inRange<std::uint64_t>(0, 256)}});
    const auto number = rc::gen::apply(
        [](std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d, unsigned words)
        {
            U256 value{a, b, c, d};
            for (unsigned i = words; i < 4; ++i)
                value.limbs[i] = 0;
            return value;
        },
        limb, limb, limb, limb, rc::gen::inRange<unsigned>(0, 5));
    // At their natural size the first cases would be numbers of few words only.
    return rc::gen::resize(rc::kNominalSize, number);
}

/// Numbers whose limbs are next to 0, 2^63 or 2^64: they reach the corrections of division's estimates.
class ExtremeNumbers
{
public:
    U256 next()
    {
        constexpr std::uint64_t ends[] = {0, 1, (1ULL << 63) - 1, 1ULL << 63, (1ULL << 63) + 1, ~0ULL - 1, ~0ULL};
        U256 value;
        const auto words = random_() % 5;
        for (std::size_t i = 0; i < words; ++i)
            value.limbs[i] = random_() % 8 == 0 ? random_() : ends[random_() % std::size(ends)];
        return value;
    }

private:
    std::mt19937_64 random_{1};
};

RC_GTEST_PROP(Uint256, arithmetic_is_modulo_two_to_256, ())
{
    const auto a = *any_number();
    const auto b = *any_number();
    RC_ASSERT(a + b == from_oracle(to_oracle(a) + to_oracle(b)));
    RC_ASSERT(a - b == from_oracle(to_oracle(a) - to_oracle(b)));
    RC_ASSERT(a * b == from_oracle(to_oracle(a) * to_oracle(b)));
    RC_ASSERT((a < b) == (to_oracle(a) < to_oracle(b)));
    RC_ASSERT(a.bit_length() == (a.is_zero() ? 0 : msb(to_oracle(a)) + 1));
}

RC_GTEST_PROP(Uint256, division, ())
{
    const auto a = *any_number();
    const auto b = *any_number();
    const auto result = divide(a, b);
    if (b.is_zero())
    {
        RC_ASSERT(result.quotient.is_zero() && result.remainder.is_zero());
        return;
    }
    RC_ASSERT(result.quotient == from_oracle(to_oracle(a) / to_oracle(b)));
    RC_ASSERT(result.remainder == from_oracle(to_oracle(a) % to_oracle(b)));
}

TEST(Uint256, division_of_extreme_numbers)
{
    ExtremeNumbers numbers;
    for (int i = 0; i < 200'000; ++i)
    {
        const U256 a = numbers.next();
        const U256 b = numbers.next();
        if (b.is_zero())
            continue;
        const auto [quotient, remainder] = divide(a, b);
        ASSERT_LT(remainder, b) << i;
        ASSERT_EQ(multiply_wide(quotient, b).high(), U256{}) << i;
        ASSERT_EQ(quotient * b + remainder, a) << i;
    }
}

TEST(Uint256, modular_products_of_extreme_numbers)
{
    ExtremeNumbers numbers;
    for (int i = 0; i < 20'000; ++i)
    {
        const U256 a = numbers.next();
        const U256 b = numbers.next();
        const U256 m = numbers.next();
        if (m.is_zero())
            continue;
        ASSERT_EQ(multiply_modulo(a, b, m), from_oracle((to_oracle(a) * to_oracle(b)) % to_oracle(m))) << i;
        ASSERT_EQ(add_modulo(a, b, m), from_oracle((to_oracle(a) + to_oracle(b)) % to_oracle(m))) << i;
    }
}

RC_GTEST_PROP(Uint256, signed_division_truncates, ())
{
    const auto a = *any_number();
    const auto b = *any_number();
    const auto result = divide_signed(a, b);
    if (b.is_zero())
    {
        RC_ASSERT(result.quotient.is_zero() && result.remainder.is_zero());
        return;
    }
    const auto signed_value = [](const U256& value)
    { return value.is_negative() ? Oracle{to_oracle(value) - two_256} : to_oracle(value); };
    RC_ASSERT(result.quotient == from_oracle(signed_value(a) / signed_value(b)));
    RC_ASSERT(result.remainder == from_oracle(signed_value(a) % signed_value(b)));
}

TEST(Uint256, signed_division_at_the_ends)
{
    const U256 smallest = U256{1} << 255;
    const U256 minus_one = U256::max();
    EXPECT_EQ(divide_signed(smallest, minus_one).quotient, smallest);
    EXPECT_EQ(divide_signed(smallest, minus_one).remainder, U256{});
    EXPECT_EQ(divide_signed(smallest, U256{}).quotient, U256{});
    EXPECT_EQ(divide_signed(smallest, U256{}).remainder, U256{});
    EXPECT_EQ(divide_signed(-U256{7}, U256{2}).quotient, -U256{3});
    EXPECT_EQ(divide_signed(-U256{7}, U256{2}).remainder, -U256{1});
    EXPECT_EQ(divide_signed(U256{7}, -U256{2}).remainder, U256{1});
}

RC_GTEST_PROP(Uint256, modular_arithmetic, ())
{
    const auto a = *any_number();
    const auto b = *any_number();
    const auto m = *any_number();
    if (m.is_zero())
    {
        RC_ASSERT(add_modulo(a, b, m).is_zero() && multiply_modulo(a, b, m).is_zero());
        return;
    }
    RC_ASSERT(add_modulo(a, b, m) == from_oracle((to_oracle(a) + to_oracle(b)) % to_oracle(m)));
    RC_ASSERT(multiply_modulo(a, b, m) == from_oracle((to_oracle(a) * to_oracle(b)) % to_oracle(m)));
}

RC_GTEST_PROP(Uint256, power_and_shifts, ())
{
    const auto a = *any_number();
    const auto b = *any_number();
    RC_ASSERT(power(a, b) == from_oracle(powm(to_oracle(a), to_oracle(b), two_256)));
    const auto count = *rc::gen::inRange<std::uint64_t>(0, 300);
    RC_ASSERT((a << count) == from_oracle(to_oracle(a) << static_cast<unsigned>(count)));
    RC_ASSERT((a >> count) == from_oracle(to_oracle(a) >> static_cast<unsigned>(count)));
}

TEST(Uint256, powers_at_the_ends)
{
    EXPECT_EQ(power(U256{}, U256{}), U256{1});
    EXPECT_EQ(power(U256{}, U256::max()), U256{});
    EXPECT_EQ(power(U256{2}, U256{}), U256{1});
    EXPECT_EQ(power(U256{2}, U256{255}), U256{1} << 255);
    EXPECT_EQ(power(U256{2}, U256{256}), U256{});
    EXPECT_EQ(power(U256{2}, (U256{0, 1, 0, 0})), U256{});
    EXPECT_EQ(power(U256::max(), U256::max()), U256::max());
}

RC_GTEST_PROP(Uint256, wide_products, ())
{
    const auto a = *any_number();
    const auto b = *any_number();
    const auto product = multiply_wide(a, b);
    RC_ASSERT(product.high() == from_oracle((to_oracle(a) * to_oracle(b)) >> 256));
    RC_ASSERT((U256{product.limbs[0], product.limbs[1], product.limbs[2], product.limbs[3]}) == a * b);
}

RC_GTEST_PROP(Uint256, big_endian_round_trip, ())
{
    const auto a = *any_number();
    Byte bytes[32];
    store_big_endian(bytes, a);
    RC_ASSERT(load_big_endian(bytes) == a);
    RC_ASSERT(to_u256(to_hash(a)) == a);
    const BytesView minimal = BytesView{bytes}.last(a.byte_length());
    RC_ASSERT(to_u256(minimal) == a);
    RC_ASSERT((minimal.empty() || minimal[0] != 0));
    RC_ASSERT(to_u256(to_address(a)) == (a & ((U256{1} << 160) - U256{1})));
}
}  // namespace
}  // namespace jiffy::base
