// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254_points_test.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto::bn254
{
namespace
{
using Oracle = boost::multiprecision::cpp_int;

Oracle to_oracle(const U256& value)
{
    Oracle result = 0;
    for (int i = 3; i >= 0; --i)
        result = (result << 64) | value.limbs[i];
    return result;
}

const Oracle p = to_oracle(field_modulus);

/// The number that the element stands for, having checked that it is held below p.
Oracle to_oracle(const Fp& element)
{
    RC_ASSERT(element.montgomery < field_modulus);
    return to_oracle(element.value());
}

void expect_equal(const Fp& element, const Oracle& expected)
{
    RC_ASSERT(to_oracle(element) == ((expected % p) + p) % p);
}

RC_GTEST_PROP(Bn254Field, arithmetic_is_that_of_the_oracle, ())
{
    const Fp a = *any_fp();
    const Fp b = *any_fp();
    const Oracle x = to_oracle(a);
    const Oracle y = to_oracle(b);
    expect_equal(a + b, x + y);
    expect_equal(a - b, x - y);
    expect_equal(-a, -x);
    expect_equal(a * b, x * y);
    expect_equal(square(a), x * x);
    expect_equal(twice(a), 2 * x);
    RC_ASSERT(twice(half(a)) == a);
    expect_equal(half(a) + half(a), x);
    expect_equal(difference_of_products(a, b, b, b), x * y - y * y);
    expect_equal(nine_times_minus(a, b), 9 * x - y);
    expect_equal(nine_times_minus(a, negated_factor(b)), 9 * x + y);
    RC_ASSERT(inverse(a) * a == (a.is_zero() ? Fp::zero() : Fp::one()));
}

RC_GTEST_PROP(Bn254Field, sums_of_products, ())
{
    std::array<Fp, 12> f;
    for (auto& element : f)
        element = *any_fp();
    std::array<Oracle, 12> o;
    std::ranges::transform(f, o.begin(), [](const Fp& element) { return to_oracle(element); });
    expect_equal(sum_of_products(Factors{f[0], f[1]}, Factors{f[2], f[3]}), o[0] * o[1] + o[2] * o[3]);
    expect_equal(sum_of_products(Factors{f[0], f[1]}, Factors{f[2], f[3]}, Factors{f[4], f[5]}, Factors{f[6], f[7]}),
        o[0] * o[1] + o[2] * o[3] + o[4] * o[5] + o[6] * o[7]);
    expect_equal(sum_of_products(Factors{f[0], f[1]}, Factors{f[2], f[3]}, Factors{f[4], f[5]}, Factors{f[6], f[7]},
                     Factors{f[8], f[9]}, Factors{f[10], f[11]}),
        o[0] * o[1] + o[2] * o[3] + o[4] * o[5] + o[6] * o[7] + o[8] * o[9] + o[10] * o[11]);
}

TEST(Bn254Field, sums_of_the_largest_products)
{
    // p itself may stand for zero, and p - 1 squared six times is the largest sum that reduced elements make.
    const Fp zero{field_modulus};
    const Fp last{field_modulus - U256{1}};
    const Factors zeros{zero, zero};
    const Factors squares{last, last};
    EXPECT_EQ(sum_of_products(zeros, zeros, zeros, zeros, zeros, zeros), Fp::zero());
    EXPECT_EQ(sum_of_products(zeros, zeros, zeros, zeros), Fp::zero());
    const Fp square_of_last = last * last;
    EXPECT_EQ(sum_of_products(squares, squares, squares, squares), twice(twice(square_of_last)));
    EXPECT_EQ(sum_of_products(squares, squares, squares, squares, squares, squares),
        twice(twice(square_of_last)) + twice(square_of_last));
}

RC_GTEST_PROP(Bn254Field, decoding_refuses_numbers_from_p_on, ())
{
    const U256 number =
        *rc::gen::oneOf(any_u256(), rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 5),
                                        [](std::uint64_t n) { return field_modulus - U256{2} + U256{n}; }));
    const auto element = decode_fp(to_hash(number).data());
    RC_ASSERT(element.has_value() == (number < field_modulus));
    if (element)
        RC_ASSERT(element->value() == number);
}
}  // namespace
}  // namespace jiffy::crypto::bn254
