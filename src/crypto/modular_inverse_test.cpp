// SPDX-License-Identifier: Apache-2.0
#include "crypto/modular_inverse.hpp"

#include "crypto/bn254_curve.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto
{
namespace
{
void expect_inverse(const U256& number, const U256& prime)
{
    const U256 a = number % prime;
    const U256 inverse = modular_inverse(a, InverseModulus{prime});
    RC_ASSERT(inverse < prime);
    RC_ASSERT(multiply_modulo(a, inverse, prime) == (a.is_zero() ? U256{0} : U256{1}));
}

RC_GTEST_PROP(ModularInverse,
    times_the_number_is_one,
    (std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d))
{
    const unsigned shift = *rc::gen::inRange(0U, 256U);
    expect_inverse(U256{a, b, c, d} >> shift, bn254::field_modulus);
    expect_inverse(U256{a, b, c, d} >> shift, bn254::group_order);
    expect_inverse(U256{a, b, c, d} >> shift, U256{65537});
}

RC_GTEST_PROP(ModularInverse, at_the_ends, ())
{
    for (const U256& prime : {bn254::field_modulus, bn254::group_order, U256{3}})
        for (std::uint64_t i = 0; i < 50; ++i)
        {
            expect_inverse(U256{i}, prime);
            expect_inverse(prime - U256{i % 3 + 1}, prime);
            expect_inverse(U256{1} << (5 * i), prime);
        }
}
}  // namespace
}  // namespace jiffy::crypto
