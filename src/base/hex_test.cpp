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
    EXPECT_EQ(from_hex("0x"), Bytes{});
    EXPECT_EQ(from_hex("0x0"), std::nullopt);
    EXPECT_EQ(from_hex("0x0g"), std::nullopt);
    EXPECT_EQ(fixed_from_hex<20>("0x00"), std::nullopt);
}

TEST(Hex, quantities)
{
    EXPECT_EQ(to_quantity(0), "0x0");
    EXPECT_EQ(to_quantity(1024), "0x400");
    EXPECT_EQ(to_quantity(U256::max()), "0x" + std::string(64, 'f'));
    EXPECT_EQ(quantity_from_hex("0x400"), U256{1024});
    EXPECT_EQ(quantity_from_hex("0x" + std::string(64, 'f')), U256::max());
    EXPECT_EQ(quantity_from_hex("0x1" + std::string(64, '0')), std::nullopt);
    EXPECT_EQ(quantity_from_hex("0x"), std::nullopt);
    EXPECT_EQ(quantity_from_hex("12"), std::nullopt);
    EXPECT_EQ(quantity64_from_hex("0x10000000000000000"), std::nullopt);
}
}  // namespace
}  // namespace jiffy::base
