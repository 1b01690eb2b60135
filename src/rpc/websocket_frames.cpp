// SPDX-License-Identifier: Apache-2.0
#include "rpc/websocket_frames.hpp"

#include <algorithm>
#include <cstring>
#include <simdjson.h>

namespace jiffy::rpc
{
namespace
{
constexpr std::size_t usual_capacity = std::size_t{64} << 10;
constexpr std::size_t least_room = std::size_t{16} << 10;
/// RFC 6455, 5.5.
constexpr std::size_t largest_control_payload = 125;

constexpr unsigned last_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_bits = 0x7f;
/// Lengths of the first byte that say that the length stands behind it, in two bytes or in eight.
constexpr unsigned short_length = 126;
constexpr unsigned long_length = 127;

constexpr bool is_control(Opcode opcode) noexcept
{
    return opcode == Opcode::close || opcode == Opcode::ping || opcode == Opcode::pong;
}

/// RFC 6455, 7.4, and IANA's registry: what may stand in a close frame.
constexpr bool is_sent(unsigned code) noexcept
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

void append_big_endian(std::string& output, std::uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;)
        output.push_back(static_cast<char>(value >> (8 * i)));
}
}  // namespace

bool unmask(std::span<char> bytes, std::array<char, 4> mask) noexcept
{
    std::uint32_t narrow = 0;
    std::memcpy(&narrow, mask.data(), sizeof narrow);
    const std::uint64_t wide = std::uint64_t{narrow} << 32 | narrow;
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    std::uint64_t seen = 0;
    std::size_t i = 0;
    for (; i + sizeof wide <= bytes.size(); i += sizeof wide)
    {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, sizeof word);
        word ^= wide;
        seen |= word;
        std::memcpy(bytes.data() + i, &word, sizeof word);
    }
    for (; i < bytes.size(); ++i)
    {
        bytes[i] = static_cast<char>(bytes[i] ^ mask[i % mask.size()]);
        seen |= static_cast<unsigned char>(bytes[i]);
    }
    return (seen & high_bits) == 0;
}

std::span<char> ClientFrameReader::room()
{
    if (begin_ == end_ && !is_in_message_)
    {
        begin_ = end_ = 0;
        if (capacity_ > usual_capacity)
        {
            buffer_.reset();
            capacity_ = 0;
        }
    }
    if (capacity_ - end_ < least_room)
    {
        // To move what is there must make room for more than was moved, or it would be done again and again.
        const auto kept = (is_in_message_ ? message_size_ : 0) + end_ - begin_;
        move_to_front(kept + least_room <= capacity_ / 2 ? capacity_ : std::max(usual_capacity, 2 * capacity_));
    }
    return {buffer_.get() + end_, capacity_ - end_};
}

void ClientFrameReader::move_to_front(std::size_t capacity)
{
    auto larger = capacity != capacity_ ? std::make_unique_for_overwrite<char[]>(capacity) : nullptr;
    char* target = larger ? larger.get() : buffer_.get();
    const auto joined = is_in_message_ ? message_size_ : 0;
    const auto rest = end_ - begin_;
    if (joined != 0)
        std::memmove(target, buffer_.get() + message_begin_, joined);
    if (rest != 0)
        std::memmove(target + joined, buffer_.get() + begin_, rest);
    message_begin_ = 0;
    begin_ = joined;
    end_ = joined + rest;
    if (larger)
        buffer_ = std::move(larger);
    capacity_ = capacity;
}

std::optional<ClientFrame> ClientFrameReader::next()
{
    while (!is_over_)
    {
        const auto head = read_head();
        if (!head)
            return violate(head.error());
        if (!*head || end_ - begin_ < (*head)->size + (*head)->payload_size)
            return std::nullopt;
        const std::span payload{buffer_.get() + begin_ + (*head)->size, (*head)->payload_size};
        begin_ += (*head)->size + (*head)->payload_size;
        const bool is_ascii = unmask(payload, (*head)->mask);
        if (is_control((*head)->opcode))
            return take_control(**head, {payload.data(), payload.size()});
        if (auto message = take_part(**head, payload, is_ascii))
            return message;
    }
    return std::nullopt;
}

std::expected<std::optional<ClientFrameReader::Head>, CloseCode> ClientFrameReader::read_head() const noexcept
{
    const auto available = end_ - begin_;
    const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(buffer_[begin_ + i]); };
    if (available < 2)
        return std::nullopt;
    Head head;
    head.opcode = static_cast<Opcode>(byte(0) & 0x0f);
    head.is_last = (byte(0) & last_bit) != 0;
    const unsigned first_length = byte(1) & length_bits;
    head.payload_size = first_length;
    // Extensions were not agreed on, and a client has to mask (5.1, 5.2).
    if ((byte(0) & reserved_bits) != 0 || (byte(1) & mask_bit) == 0)
        return std::unexpected{CloseCode::protocol_error};
    if (const auto fault = fault_of(head))
        return std::unexpected{*fault};

    const std::size_t length_size = first_length < short_length ? 0 : first_length == short_length ? 2 : 8;
    head.size = 2 + length_size + head.mask.size();
    if (available < 2 + length_size)
        return std::nullopt;
    if (length_size != 0)
    {
        std::uint64_t length = 0;
        for (std::size_t i = 0; i < length_size; ++i)
            length = length << 8 | byte(2 + i);
        // The shortest form is the only one, and the highest bit is never set.
        const std::uint64_t least = length_size == 2 ? short_length : 0x1'0000;
        if (length < least || length >> 63 != 0)
            return std::unexpected{CloseCode::protocol_error};
        head.payload_size = static_cast<std::size_t>(length);
    }
    if (!is_control(head.opcode) && head.payload_size > largest_message_ - (is_in_message_ ? message_size_ : 0))
        return std::unexpected{CloseCode::too_big};
    if (available < head.size)
        return std::nullopt;
    std::memcpy(head.mask.data(), buffer_.get() + begin_ + 2 + length_size, head.mask.size());
    return head;
}

std::optional<CloseCode> ClientFrameReader::fault_of(const Head& head) const noexcept
{
    switch (head.opcode)
    {
        case Opcode::continuation:
            return is_in_message_ ? std::nullopt : std::optional{CloseCode::protocol_error};
        case Opcode::text:
        case Opcode::binary:
            return is_in_message_ ? std::optional{CloseCode::protocol_error} : std::nullopt;
        case Opcode::close:
        case Opcode::ping:
        case Opcode::pong:
            // Any length in more than a byte is too long, too.
            return head.is_last && head.payload_size <= largest_control_payload
                       ? std::nullopt
                       : std::optional{CloseCode::protocol_error};
    }
    return CloseCode::protocol_error;
}

std::optional<ClientFrame> ClientFrameReader::take_part(const Head& head,
    std::span<char> payload,
    bool is_ascii) noexcept
{
    if (head.opcode == Opcode::continuation)
    {
        char* end = buffer_.get() + message_begin_ + message_size_;
        if (end != payload.data())
            std::memmove(end, payload.data(), payload.size());
        is_ascii_ = is_ascii_ && is_ascii;
    }
    else
    {
        message_begin_ = static_cast<std::size_t>(payload.data() - buffer_.get());
        message_size_ = 0;
        is_text_ = head.opcode == Opcode::text;
        is_ascii_ = is_ascii;
    }
    message_size_ += payload.size();
    is_in_message_ = !head.is_last;
    if (is_in_message_)
        return std::nullopt;
    const std::string_view message{buffer_.get() + message_begin_, message_size_};
    if (is_text_ && !is_ascii_ && !simdjson::validate_utf8(message))
        return violate(CloseCode::invalid_text);
    return ClientFrame{ClientFrame::Kind::message, message, CloseCode::normal};
}

ClientFrame ClientFrameReader::take_control(const Head& head, std::string_view payload) noexcept
{
    if (head.opcode == Opcode::ping)
        return {ClientFrame::Kind::ping, payload, CloseCode::normal};
    if (head.opcode == Opcode::pong)
        return {ClientFrame::Kind::pong, payload, CloseCode::normal};
    ClientFrame frame{ClientFrame::Kind::close, {}, CloseCode::normal};
    if (!payload.empty())
    {
        if (payload.size() < 2)
            return violate(CloseCode::protocol_error);
        const auto byte = [payload](std::size_t i) { return unsigned{static_cast<unsigned char>(payload[i])}; };
        const unsigned code = byte(0) << 8 | byte(1);
        frame.payload = payload.substr(2);
        if (!is_sent(code))
            return violate(CloseCode::protocol_error);
        if (!simdjson::validate_utf8(frame.payload))
            return violate(CloseCode::invalid_text);
        frame.code = static_cast<CloseCode>(code);
    }
    // What comes behind it is nothing to anybody.
    is_over_ = true;
    return frame;
}

ClientFrame ClientFrameReader::violate(CloseCode code) noexcept
{
    is_over_ = true;
    return {ClientFrame::Kind::violation, {}, code};
}

void append_frame_head(std::string& output, Opcode opcode, std::size_t payload_size)
{
    output.push_back(static_cast<char>(last_bit | static_cast<unsigned>(opcode)));
    if (payload_size < short_length)
        return output.push_back(static_cast<char>(payload_size));
    const bool is_short = payload_size < 0x1'0000;
    output.push_back(static_cast<char>(is_short ? short_length : long_length));
    append_big_endian(output, payload_size, is_short ? 2 : 8);
}

void finish_text_frame(std::string& output, std::size_t begin)
{
    const auto size = output.size() - begin - frame_head_room;
    std::string head;
    append_frame_head(head, Opcode::text, size);
    output.replace(begin, frame_head_room, head);
}

std::string close_payload(CloseCode code, std::string_view reason)
{
    std::string payload;
    append_big_endian(payload, static_cast<std::uint16_t>(code), 2);
    return payload.append(reason.substr(0, largest_control_payload - payload.size()));
}
}  // namespace jiffy::rpc
