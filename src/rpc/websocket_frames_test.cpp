// SPDX-License-Identifier: Apache-2.0
#include "rpc/websocket_frames.hpp"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace jiffy::rpc
{
namespace
{
using Kind = ClientFrame::Kind;

constexpr std::size_t largest_message = 100'000;

/// What a reader has found, with a copy of the payload.
struct Seen
{
    Kind kind = Kind::message;
    std::string payload;
    CloseCode code = CloseCode::normal;

    friend bool operator==(const Seen&, const Seen&) = default;
};

void showValue(const Seen& seen, std::ostream& stream)  // NOLINT(readability-identifier-naming): RapidCheck's name
{
    stream << static_cast<int>(seen.kind) << ' ' << static_cast<int>(seen.code) << " of " << seen.payload.size();
}

/// A client's frame, made byte by byte as RFC 6455, 5.2, draws it. `first` is its first byte.
std::string client_frame(unsigned first, std::string_view payload, std::string_view mask = "\x12\x34\xab\xcd")
{
    std::string frame{static_cast<char>(first)};
    const auto put = [&frame](std::size_t value, int bytes)
    {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
            frame.push_back(static_cast<char>(value >> shift));
    };
    if (payload.size() < 126)
        put(0x80 | payload.size(), 1);
    else if (payload.size() < 65'536)
        put(0xfe, 1), put(payload.size(), 2);
    else
        put(0xff, 1), put(payload.size(), 8);
    frame.append(mask);
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    return frame;
}

void drain(ClientFrameReader& reader, std::vector<Seen>& seen)
{
    while (const auto frame = reader.next())
        seen.push_back({frame->kind, std::string{frame->payload}, frame->code});
}

/// Reads the stream as it comes in pieces that end at these places.
std::vector<Seen> read_in_pieces(std::string_view stream, std::vector<std::size_t> ends)
{
    ends.push_back(stream.size());
    std::ranges::sort(ends);
    ClientFrameReader reader{largest_message};
    std::vector<Seen> seen;
    for (std::size_t at = 0; const auto end : ends)
        while (at < end)
        {
            const auto room = reader.room();
            const auto count = std::min(room.size(), end - at);
            std::memcpy(room.data(), stream.data() + at, count);
            reader.add(count);
            at += count;
            drain(reader, seen);
        }
    return seen;
}

std::vector<Seen> read(std::string_view stream)
{
    return read_in_pieces(stream, {});
}

Seen violation(CloseCode code)
{
    return {Kind::violation, {}, code};
}

TEST(WebSocketFrames, reads_the_examples_of_the_standard)
{
    // RFC 6455, 5.7; what a server sends there is masked here.
    EXPECT_EQ(read("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), (std::vector<Seen>{{Kind::message, "Hello"}}));
    EXPECT_EQ(
        read(client_frame(0x01, "Hel") + client_frame(0x80, "lo")), (std::vector<Seen>{{Kind::message, "Hello"}}));
    EXPECT_EQ(read("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), (std::vector<Seen>{{Kind::pong, "Hello"}}));
    EXPECT_EQ(
        read(client_frame(0x82, std::string(256, 'b'))), (std::vector<Seen>{{Kind::message, std::string(256, 'b')}}));
    EXPECT_EQ(read(client_frame(0x82, std::string(65'536, 'b'))),
        (std::vector<Seen>{{Kind::message, std::string(65'536, 'b')}}));
}

TEST(WebSocketFrames, reads_control_frames_between_the_parts_of_a_message)
{
    EXPECT_EQ(read(client_frame(0x01, "one ") + client_frame(0x89, "ping") + client_frame(0x00, "two ") +
                   client_frame(0x8a, "") + client_frame(0x80, "three") + client_frame(0x81, "next")),
        (std::vector<Seen>{
            {Kind::ping, "ping"}, {Kind::pong, ""}, {Kind::message, "one two three"}, {Kind::message, "next"}}));
}

TEST(WebSocketFrames, refuses_what_breaks_the_rules)
{
    const auto fails = [](std::string_view stream, CloseCode code)
    {
        EXPECT_EQ(read(stream), std::vector{violation(code)}) << testing::PrintToString(stream);
        EXPECT_EQ(read(client_frame(0x81, "before") + std::string{stream} + client_frame(0x81, "after")),
            (std::vector<Seen>{{Kind::message, "before"}, violation(code)}));
    };
    const auto text = [](std::string_view bytes) { return std::string{bytes}; };
    constexpr auto error = CloseCode::protocol_error;
    for (const unsigned reserved : {0xc1U, 0xa1U, 0x91U, 0xc9U})
        fails(client_frame(reserved, "x"), error);
    for (const unsigned opcode : {0x83U, 0x87U, 0x8bU, 0x8fU})
        fails(client_frame(opcode, "x"), error);
    fails(text("\x81\x01x"), error);
    fails(client_frame(0x80, "no beginning"), error);
    fails(client_frame(0x09, "a ping in parts"), error);
    fails(client_frame(0x89, std::string(126, 'p')), error);
    fails(client_frame(0x88, "x"), error);
    // Lengths that have a shorter form, and one with the highest bit.
    fails(std::string{"\x81\xfe\x00\x7d", 4} + std::string(200, 'x'), error);
    fails(std::string{"\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff", 10} + std::string(200, 'x'), error);
    fails(std::string{"\x82\xff\x80\x00\x00\x00\x00\x01\x00\x00", 10} + std::string(200, 'x'), error);
    EXPECT_EQ(read(client_frame(0x01, "one") + client_frame(0x81, "two")), std::vector{violation(error)});
}

TEST(WebSocketFrames, bounds_a_message_with_all_its_parts)
{
    const std::string most(largest_message, 'm');
    EXPECT_EQ(read(client_frame(0x81, most)), (std::vector<Seen>{{Kind::message, most}}));
    EXPECT_EQ(read(client_frame(0x81, most + "m")), std::vector{violation(CloseCode::too_big)});
    EXPECT_EQ(read(client_frame(0x01, most) + client_frame(0x80, "")), (std::vector<Seen>{{Kind::message, most}}));
    EXPECT_EQ(read(client_frame(0x01, most) + client_frame(0x80, "m")), std::vector{violation(CloseCode::too_big)});
    // Before any of it has come.
    EXPECT_EQ(read(client_frame(0x81, most + "m").substr(0, 10)), std::vector{violation(CloseCode::too_big)});
}

TEST(WebSocketFrames, wants_text_to_be_text)
{
    const std::string good = "gr\xc3\xbc\xc3\x9f";
    EXPECT_EQ(read(client_frame(0x81, good)), (std::vector<Seen>{{Kind::message, good}}));
    EXPECT_EQ(read(client_frame(0x01, good.substr(0, 3)) + client_frame(0x80, good.substr(3))),
        (std::vector<Seen>{{Kind::message, good}}))
        << "a character in two parts";
    EXPECT_EQ(read(client_frame(0x81, good.substr(0, 3))), std::vector{violation(CloseCode::invalid_text)});
    EXPECT_EQ(read(client_frame(0x01, "\xff") + client_frame(0x80, "ascii")),
        std::vector{violation(CloseCode::invalid_text)});
    EXPECT_EQ(read(client_frame(0x82, "\xff")), (std::vector<Seen>{{Kind::message, "\xff"}}))
        << "but not what is binary";
}

TEST(WebSocketFrames, reads_why_a_client_closes)
{
    const auto closes = [](std::string payload) { return read(client_frame(0x88, payload) + client_frame(0x81, "x")); };
    EXPECT_EQ(closes({}), (std::vector<Seen>{{Kind::close, {}, CloseCode::normal}}));
    EXPECT_EQ(closes("\x03\xe9why"), (std::vector<Seen>{{Kind::close, "why", CloseCode::going_away}}));
    EXPECT_EQ(closes("\x0b\xb8"), (std::vector<Seen>{{Kind::close, {}, static_cast<CloseCode>(3000)}}));
    EXPECT_EQ(closes("\x03\xe9\xff"), std::vector{violation(CloseCode::invalid_text)});
    for (const char* code : {"\x03\xe7", "\x03\xec", "\x03\xed", "\x03\xee", "\x03\xf7", "\x07\xd0", "\x13\x88"})
        EXPECT_EQ(closes(code), std::vector{violation(CloseCode::protocol_error)}) << testing::PrintToString(code);
}

TEST(WebSocketFrames, touches_no_more_memory_than_it_needs)
{
    ClientFrameReader reader{largest_message};
    const auto small = reader.room().size();
    const auto frame = client_frame(0x82, std::string(largest_message, 'x'));
    std::vector<Seen> seen;
    for (std::size_t at = 0; at < frame.size();)
    {
        const auto room = reader.room();
        EXPECT_LE(room.size(), 4 * frame.size());
        const auto count = std::min(room.size(), frame.size() - at);
        std::memcpy(room.data(), frame.data() + at, count);
        reader.add(count);
        drain(reader, seen);
        at += count;
    }
    EXPECT_EQ(seen.size(), 1U);
    EXPECT_EQ(reader.room().size(), small) << "a large message is forgotten";
}

TEST(WebSocketFrames, writes_the_shortest_head)
{
    const auto head = [](std::size_t size)
    {
        std::string output = "x";
        append_frame_head(output, Opcode::text, size);
        return output;
    };
    EXPECT_EQ(head(125), "x\x81\x7d");
    EXPECT_EQ(head(126), (std::string{"x\x81\x7e\x00\x7e", 5}));
    EXPECT_EQ(head(65'535), "x\x81\x7e\xff\xff");
    EXPECT_EQ(head(65'536), (std::string{"x\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 11}));
    for (const std::size_t size : {0UL, 125UL, 126UL, 65'535UL, 65'536UL})
    {
        const std::string text(size, 't');
        std::string output = "x" + std::string(frame_head_room, '\0') + text;
        finish_text_frame(output, 1);
        EXPECT_EQ(output, head(size) + text);
    }
    EXPECT_EQ(close_payload(CloseCode::try_again_later, "why"), "\x03\xf5why");
    EXPECT_EQ(close_payload(CloseCode::try_again_later, std::string(200, 'w')).size(), 125U);
}

RC_GTEST_PROP(WebSocketFrames, unmasking_is_its_own_inverse_and_sees_what_is_not_ascii, (const std::string& bytes))
{
    const auto mask = *rc::gen::arbitrary<std::array<char, 4>>();
    auto changed = bytes;
    unmask(changed, mask);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        RC_ASSERT(changed[i] == static_cast<char>(bytes[i] ^ mask[i % 4]));
    const bool is_ascii = std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    RC_ASSERT(unmask(changed, mask) == is_ascii);
    RC_ASSERT(changed == bytes);
}

/// Messages in parts of any size, with control frames in between, and what a reader should make of them.
struct Conversation
{
    std::string stream;
    std::vector<Seen> expected;
};

Conversation arbitrary_conversation()
{
    Conversation made;
    const auto byte = rc::gen::inRange('a', static_cast<char>('z' + 1));
    const auto add = [&made](unsigned first, const std::string& payload)
    { made.stream += client_frame(first, payload, *rc::gen::container<std::string>(4, rc::gen::arbitrary<char>())); };
    const auto maybe_control = [&]
    {
        const bool is_ping = *rc::gen::arbitrary<bool>();
        if (*rc::gen::inRange(0, 4) != 0)
            return;
        const auto payload = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
        add(is_ping ? 0x89 : 0x8a, payload.substr(0, 125));
        made.expected.push_back({is_ping ? Kind::ping : Kind::pong, payload.substr(0, 125)});
    };
    const auto count = *rc::gen::inRange(0, 6);
    for (int i = 0; i < count; ++i)
    {
        const auto parts = *rc::gen::inRange(1, 5);
        const bool is_text = *rc::gen::arbitrary<bool>();
        std::string message;
        for (int part = 0; part < parts; ++part)
        {
            maybe_control();
            const auto size = *rc::gen::weightedOneOf<std::size_t>({{8, rc::gen::inRange<std::size_t>(0, 300)},
                {1, rc::gen::inRange<std::size_t>(300, largest_message / 4)}});
            const std::string payload(size, *byte);
            const unsigned opcode = part != 0 ? 0x0 : is_text ? 0x1 : 0x2;
            add((part + 1 == parts ? 0x80 : 0x00) | opcode, payload);
            message += payload;
        }
        made.expected.push_back({Kind::message, message});
    }
    return made;
}

RC_GTEST_PROP(WebSocketFrames, are_the_same_in_whatever_pieces_they_come, ())
{
    const auto [stream, expected] = arbitrary_conversation();
    const auto ends =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, stream.size() + 1));
    RC_ASSERT(read_in_pieces(stream, ends) == expected);
}

RC_GTEST_PROP(WebSocketFrames, are_the_same_in_whatever_pieces_they_come_if_they_are_wrong, ())
{
    auto stream = arbitrary_conversation().stream;
    for (auto changes = *rc::gen::inRange(1, 4); changes > 0 && !stream.empty(); --changes)
        stream[*rc::gen::inRange<std::size_t>(0, stream.size())] = *rc::gen::arbitrary<char>();
    const auto whole = read(stream);
    const auto ends =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, stream.size() + 1));
    RC_ASSERT(read_in_pieces(stream, ends) == whole);
    const auto is_end = [](const Seen& seen) { return seen.kind == Kind::violation || seen.kind == Kind::close; };
    const auto end = std::ranges::find_if(whole, is_end);
    RC_ASSERT((end == whole.end() || end + 1 == whole.end()));
}
}  // namespace
}  // namespace jiffy::rpc
