// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"

#include <gtest/gtest.h>

namespace jiffy::base
{
namespace
{
TEST(Hex, bytes)
{
    EXPECT_EQ(to_hex(Bytes{0x00, 0xab, 0x1f}), "0x00ab1f");
    EXPECT_EQ(from_hex("0x00Ab1f"), (Bytes{0x00, 0xab, 0x1f}));
    EXPECT_EQ(to_hex({}), "0x");
    EXPECT_EQ(to_hex_digits(Bytes{0x00, 0xab, 0x1f}), "00ab1f");
    EXPECT_EQ(from_hex("00aB1F"), (Bytes{0x00, 0xab, 0x1f}));
    EXPECT_EQ(from_hex("0X1f"), Bytes{0x1f});
    EXPECT_EQ(from_hex(""), Bytes{});
    EXPECT_EQ(from_hex("0x"), Bytes{});
    EXPECT_EQ(from_hex("0x0"), std::nullopt);
    EXPECT_EQ(from_hex("0x0g"), std::nullopt);
    EXPECT_EQ(from_hex("0x0x"), std::nullopt);
    EXPECT_EQ(from_hex("0x:0"), std::nullopt);
    EXPECT_EQ(from_hex("0x\xff\xff"), std::nullopt);
}

TEST(Hex, fixed_bytes)
{
    const std::string digits = "00ab1f" + std::string(29, '0') + "12345";
    const auto address = fixed_from_hex<20>("0x" + digits);
    ASSERT_TRUE(address);
    EXPECT_EQ(to_hex_digits(address->view()), digits);
    EXPECT_EQ(fixed_from_hex<20>(digits), address);
    EXPECT_EQ(fixed_from_hex<20>("0x00"), std::nullopt);
    EXPECT_EQ(fixed_from_hex<20>("0x" + digits + "00"), std::nullopt);
    EXPECT_EQ(fixed_from_hex<20>("0x" + std::string(39, '0') + "g"), std::nullopt);
}

TEST(Hex, quantities)
{
    EXPECT_EQ(to_quantity(0), "0x0");
    EXPECT_EQ(to_quantity(1024), "0x400");
    EXPECT_EQ(to_quantity(U256::max()), "0x" + std::string(64, 'f'));
    EXPECT_EQ(quantity_from_hex("0x400"), U256{1024});
    EXPECT_EQ(quantity_from_hex("0x" + std::string(64, 'f')), U256::max());
    EXPECT_EQ(quantity_from_hex("0x1" + std::string(64, '0')), std::nullopt);
    EXPECT_EQ(quantity_from_hex("0x" + std::string(100, '0') + "1"), U256{1});
    EXPECT_EQ(quantity_from_hex("0x1g"), std::nullopt);
    EXPECT_EQ(quantity_from_hex(""), std::nullopt);
    EXPECT_EQ(quantity_from_hex("0x"), std::nullopt);
    EXPECT_EQ(quantity_from_hex("12"), std::nullopt);
    EXPECT_EQ(quantity64_from_hex("0xffffffffffffffff"), ~0ULL);
    EXPECT_EQ(quantity64_from_hex("0x10000000000000000"), std::nullopt);
}
}  // namespace
}  // namespace jiffy::base
