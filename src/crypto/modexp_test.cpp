// SPDX-License-Identifier: Apache-2.0
#include "crypto/modexp.hpp"

#include "base/uint256.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto
{
namespace
{
using Oracle = boost::multiprecision::cpp_int;

Bytes power(const Bytes& base, const Bytes& exponent, const Bytes& modulus)
{
    Bytes result(modulus.size(), 0xaa);
    modular_power(base, exponent, modulus, result);
    return result;
}

Oracle to_oracle(const Bytes& bytes)
{
    Oracle result = 0;
    for (const Byte byte : bytes)
        result = (result << 8) | byte;
    return result;
}

Bytes from_oracle(Oracle value, std::size_t length)
{
    Bytes result(length);
    for (std::size_t i = length; i-- > 0;)
    {
        result[i] = static_cast<Byte>(value & 0xff);
        value >>= 8;
    }
    return result;
}

TEST(ModularPower, known_answers)
{
    EXPECT_EQ(power({3}, {5}, {100}), Bytes{43});
    EXPECT_EQ(power({0, 0, 3}, {0, 5}, {0, 0, 100}), (Bytes{0, 0, 43}));
    EXPECT_EQ(power({2}, {1, 0}, {1, 0, 0}), (Bytes{0, 0, 0}));
    EXPECT_EQ(power({7}, {3}, {0x01, 0x00}), (Bytes{0, 87}));
}

TEST(ModularPower, zeros_ones_and_empty_numbers)
{
    EXPECT_EQ(power({5}, {2}, {}), Bytes{});
    EXPECT_EQ(power({5}, {2}, {0, 0}), (Bytes{0, 0}));
    EXPECT_EQ(power({5}, {2}, {0, 1}), (Bytes{0, 0}));
    EXPECT_EQ(power({5}, {}, {0, 1}), (Bytes{0, 0}));
    EXPECT_EQ(power({}, {}, {7}), Bytes{1});
    EXPECT_EQ(power({0}, {0, 0}, {7}), Bytes{1});
    EXPECT_EQ(power({}, {3}, {7}), Bytes{0});
    EXPECT_EQ(power({7}, {3}, {7}), Bytes{0});
}

// The second example of EIP-198: Fermat's little theorem at the prime field of secp256k1.
TEST(ModularPower, fermat)
{
    Bytes prime(32, 0xff);
    prime[27] = 0xfe;
    prime[30] = 0xfc;
    prime[31] = 0x2f;
    Bytes exponent = prime;
    exponent[31] -= 1;
    Bytes one(32, 0);
    one[31] = 1;
    EXPECT_EQ(power({3}, exponent, prime), one);
}

RC_GTEST_PROP(ModularPower, agrees_with_an_independent_one, ())
{
    const auto number = rc::gen::mapcat(rc::gen::element<std::size_t>(0, 1, 7, 8, 9, 31, 32, 33, 64, 100),
        [](std::size_t length)
        {
            return rc::gen::container<Bytes>(length, rc::gen::weightedOneOf<Byte>({{3, rc::gen::arbitrary<Byte>()},
                                                         {1, rc::gen::element<Byte>(0, 1, 255)}}));
        });
    const auto base = *number;
    const auto exponent = *number;
    const auto modulus = *number;
    const Oracle m = to_oracle(modulus);
    const Oracle expected = m == 0 ? Oracle{0} : Oracle{powm(to_oracle(base), to_oracle(exponent), m)};
    RC_ASSERT(power(base, exponent, modulus) == from_oracle(expected, modulus.size()));
}
}  // namespace
}  // namespace jiffy::crypto
