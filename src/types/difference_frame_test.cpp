// SPDX-License-Identifier: Apache-2.0
#include "types/difference_frame.hpp"

#include "types/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
std::uint32_t small_number()
{
    return *rc::gen::inRange<std::uint32_t>(0, 1000);
}

DifferenceFrame some_frame()
{
    DifferenceFrame frame;
    frame.before = {small_number(), small_number(), small_number() + 1};
    frame.after = {frame.before.accounts + small_number(), frame.before.slots + small_number(), frame.before.codes};
    for (std::uint32_t id = small_number(); id < frame.after.accounts; id += 1 + small_number() / 4)
    {
        AccountUpdate account;
        account.id = id;
        if (id >= frame.before.accounts)
            account.address = generators::fixed<20>();
        account.deleted = *rc::gen::inRange(0, 5) == 0;
        if (!account.deleted)
        {
            account.storage_cleared = *rc::gen::inRange(0, 5) == 0;
            account.nonce = generators::number();
            account.balance = generators::wide_number();
            account.code = small_number() % frame.after.codes;
        }
        frame.accounts.push_back(account);
    }
    for (std::uint32_t id = small_number(); id < frame.after.slots && frame.after.accounts != 0;
        id += 1 + small_number() / 4)
    {
        SlotUpdate slot;
        slot.id = id;
        if (id >= frame.before.slots)
        {
            slot.account = small_number() % frame.after.accounts;
            slot.key = generators::wide_number();
        }
        slot.value = generators::wide_number();
        frame.slots.push_back(slot);
    }
    for (std::size_t count = *rc::gen::inRange<std::size_t>(0, 3); count != 0; --count)
        frame.codes.push_back({generators::fixed<32>(), generators::bytes()});
    frame.after.codes += static_cast<std::uint32_t>(frame.codes.size());
    return frame;
}

RC_GTEST_PROP(DifferenceFrameProperty, decodes_to_what_was_encoded, ())
{
    const auto frame = some_frame();
    const auto decoded = decode_difference_frame(encode(frame));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == frame);
}

RC_GTEST_PROP(DifferenceFrameProperty, has_one_encoding, ())
{
    auto encoded = encode(some_frame());
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
