// SPDX-License-Identifier: Apache-2.0
#include "types/difference_frame.hpp"

#include "types/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
RC_GTEST_PROP(DifferenceFrameProperty, decodes_to_what_was_encoded, ())
{
    const auto frame = generators::difference_frame();
    const auto decoded = decode_difference_frame(encode(frame));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == frame);
}

RC_GTEST_PROP(DifferenceFrameProperty, has_one_encoding, ())
{
    auto encoded = encode(generators::difference_frame());
    const auto place = *rc::gen::inRange<std::size_t>(0, encoded.size());
    encoded[place] ^= static_cast<Byte>(1 << *rc::gen::inRange(0, 8));
    // What a changed byte still leaves readable is another frame, and written in its only way.
    if (const auto decoded = decode_difference_frame(encoded))
        RC_ASSERT(encode(*decoded) == encoded);
    encoded[place] ^= 1;
    encoded.resize(*rc::gen::inRange<std::size_t>(0, encoded.size()));
    if (const auto decoded = decode_difference_frame(encoded))
        RC_ASSERT(encode(*decoded) == encoded);
}

TEST(DifferenceFrame, refuses_what_is_none)
{
    EXPECT_EQ(decode_difference_frame({}), failure(FrameError::malformed));
    EXPECT_EQ(decode_difference_frame(Bytes{2}), failure(FrameError::unknown_version));
    EXPECT_EQ(decode_difference_frame(Bytes{1, 0, 0, 1, 0, 0, 1, 0, 0, 0}), failure(FrameError::trailing_bytes));
    EXPECT_EQ(decode_difference_frame(Bytes{1, 1, 0, 1, 0, 0, 1, 0, 0}), failure(FrameError::bad_id))
        << "fewer ids than before";
    EXPECT_EQ(
        decode_difference_frame(Bytes{1, 0, 0, 1, 0, 0, 1, 0xff, 0xff, 0xff, 0x7f, 0}), failure(FrameError::malformed))
        << "more accounts than bytes";
    EXPECT_EQ(decode_difference_frame(Bytes{1, 0x80, 0, 0, 1, 0, 0, 1, 0, 0}), failure(FrameError::malformed))
        << "a number longer than needed";
}
}  // namespace
}  // namespace jiffy::types
