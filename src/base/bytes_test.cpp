// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace jiffy::base
{
namespace
{
TEST(FixedBytes, begin_as_zeros_and_compare_as_big_endian_numbers)
{
    FixedBytes<3> value;
    EXPECT_TRUE(value.is_zero());
    value[2] = 0xff;
    EXPECT_FALSE(value.is_zero());
    FixedBytes<3> larger;
    larger[0] = 1;
    EXPECT_LT(value, larger);
    EXPECT_NE(value, larger);
    EXPECT_EQ((FixedBytes<3>::from(Bytes{1, 0, 0})), larger);
}

TEST(ByteStrings, are_equal_by_length_and_content)
{
    const Bytes string{1, 2, 3};
    EXPECT_TRUE(equal({}, Bytes{}));
    EXPECT_TRUE(equal(string, to_bytes(string)));
    EXPECT_FALSE(equal(string, BytesView{string}.first(2)));
    EXPECT_FALSE(equal(string, Bytes{1, 2, 4}));
    EXPECT_FALSE(equal({}, string));
}

TEST(ByteStrings, are_appended)
{
    Bytes string{1};
    append(string, {});
    append(string, Bytes{2, 3});
    EXPECT_EQ(string, (Bytes{1, 2, 3}));
}
}  // namespace
}  // namespace jiffy::base
