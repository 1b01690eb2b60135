// SPDX-License-Identifier: Apache-2.0
#include "rpc/outbox.hpp"

#include "rpc/websocket_frames.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace jiffy::rpc
{
namespace
{
std::string frame_of(Opcode opcode, std::string_view payload)
{
    std::string frame;
    append_frame_head(frame, opcode, payload.size());
    return frame.append(payload);
}

Message message_of(std::string head, std::string tail = {})
{
    return {std::make_shared<const std::string>(std::move(head)),
        tail.empty() ? nullptr : std::make_shared<const std::string>(std::move(tail))};
}

/// Takes all that there is, at most so much at a time.
std::string send_all(Outbox& outbox, std::size_t most, std::size_t& pushed)
{
    std::string sent;
    pushed += outbox.fill();
    while (!outbox.unsent().empty())
    {
        const auto piece = outbox.unsent().substr(0, most);
        sent += piece;
        outbox.sent(piece.size());
        pushed += outbox.fill();
    }
    return sent;
}

TEST(Outbox, makes_a_long_message_ready_bit_by_bit)
{
    Outbox outbox;
    const std::string text(1'000'000, 't');
    outbox.add(message_of(text), false);
    outbox.fill();
    EXPECT_LT(outbox.unsent().size(), 100'000U);
    EXPECT_FALSE(outbox.has_room());
    EXPECT_EQ(outbox.answer_bytes(), text.size());
    std::size_t pushed = 0;
    EXPECT_EQ(send_all(outbox, 10'000, pushed), frame_of(Opcode::text, text));
    EXPECT_EQ(outbox.answer_bytes(), 0U);
    EXPECT_EQ(pushed, 0U);
    EXPECT_TRUE(outbox.empty());
    EXPECT_TRUE(outbox.has_room());
}

TEST(Outbox, sends_control_frames_between_messages)
{
    Outbox outbox;
    const std::string text(100'000, 't');
    outbox.add(message_of(text, "tail"), true);
    outbox.add(message_of("second"), false);
    outbox.fill();
    outbox.add_pong("first ping");
    outbox.add_pong("last ping");
    std::size_t pushed = 0;
    EXPECT_EQ(send_all(outbox, 1'000, pushed),
        frame_of(Opcode::text, text + "tail") + frame_of(Opcode::pong, "last ping") + frame_of(Opcode::text, "second"));
    EXPECT_EQ(pushed, text.size() + 4);
    outbox.add_pong("now");
    outbox.add_ping();
    EXPECT_EQ(send_all(outbox, 1'000, pushed), frame_of(Opcode::pong, "now") + frame_of(Opcode::ping, ""));
}

TEST(Outbox, gives_up_what_it_has_not_begun_when_it_closes)
{
    const std::string text(100'000, 't');
    const auto reason = close_payload(CloseCode::try_again_later, "too slow");
    std::size_t pushed = 0;
    Outbox begun;
    begun.add(message_of(text), false);
    begun.add(message_of("second"), false);
    begun.fill();
    begun.add_pong("ping");
    begun.close(reason);
    EXPECT_EQ(begun.answer_bytes(), text.size());
    EXPECT_EQ(send_all(begun, 1'000, pushed), frame_of(Opcode::text, text) + frame_of(Opcode::close, reason));
    Outbox idle;
    idle.close(reason);
    EXPECT_EQ(send_all(idle, 1'000, pushed), frame_of(Opcode::close, reason));
}

RC_GTEST_PROP(Outbox, sends_every_message_once_in_order, ())
{
    Outbox outbox;
    std::string expected;
    std::string sent;
    std::size_t expected_pushed = 0;
    std::size_t pushed = 0;
    const auto steps = *rc::gen::inRange(1, 20);
    for (int i = 0; i < steps; ++i)
    {
        const auto head = std::string(*rc::gen::inRange<std::size_t>(0, 40'000), static_cast<char>('a' + i));
        const auto tail = std::string(*rc::gen::inRange<std::size_t>(0, 70'000), static_cast<char>('A' + i));
        const bool is_pushed = *rc::gen::arbitrary<bool>();
        expected += frame_of(Opcode::text, head + tail);
        if (outbox.has_room() && *rc::gen::arbitrary<bool>())
            outbox.ready() += frame_of(Opcode::text, head + tail);
        else
        {
            outbox.add(message_of(head, tail), is_pushed);
            expected_pushed += is_pushed ? head.size() + tail.size() : 0;
            pushed += outbox.fill();
        }
        const auto taken = outbox.unsent().substr(0, *rc::gen::inRange<std::size_t>(0, 80'000));
        sent += taken;
        outbox.sent(taken.size());
        if (*rc::gen::arbitrary<bool>())
            pushed += outbox.fill();
    }
    sent += send_all(outbox, 50'000, pushed);
    RC_ASSERT(sent == expected);
    RC_ASSERT(pushed == expected_pushed);
    RC_ASSERT(outbox.answer_bytes() == 0U);
}
}  // namespace
}  // namespace jiffy::rpc
