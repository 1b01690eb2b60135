// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_wire.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace jiffy::cli::load
{
namespace
{
/// Any 16 bytes in base64 do: the key only proves that the server has understood the request (RFC 6455, 1.3, has this
/// one and its answer).
constexpr std::string_view websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view websocket_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr std::size_t largest_head = 16 * 1024;

char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character + 32) : character;
}

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t'))
        text.remove_suffix(1);
    return text;
}

/// Calls `visit(name, value)` for each header field of a head that ends with an empty line, without its first line.
template <class Visit>
void for_each_field(std::string_view head, Visit visit)
{
    auto begin = head.find("\r\n");
    while (begin != std::string_view::npos)
    {
        begin += 2;
        const auto end = head.find("\r\n", begin);
        if (end == std::string_view::npos || end == begin)
            return;
        const auto line = head.substr(begin, end - begin);
        if (const auto colon = line.find(':'); colon != std::string_view::npos)
            visit(line.substr(0, colon), trimmed(line.substr(colon + 1)));
        begin = end;
    }
}

std::optional<std::size_t> parse_size(std::string_view text)
{
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return size;
}

void append_number(std::string& output, std::size_t number)
{
    char digits[20];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
    output.append(digits, end);
}

void append_big_endian(std::string& output, std::uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;)
        output.push_back(static_cast<char>(value >> (8 * i)));
}
}  // namespace

ReadState read_http_response(std::string_view input, HttpResponse& response)
{
    const auto head_end = input.substr(0, largest_head).find("\r\n\r\n");
    if (head_end == std::string_view::npos)
        return input.size() < largest_head ? ReadState::incomplete : ReadState::malformed;
    const auto head = input.substr(0, head_end + 4);
    constexpr std::string_view version = "HTTP/1.";
    constexpr std::size_t status_at = version.size() + 2;
    if (!head.starts_with(version) || head.size() < status_at + 4)
        return ReadState::malformed;
    const auto status = parse_size(head.substr(status_at, 3));
    if (!status)
        return ReadState::malformed;

    std::optional<std::size_t> length;
    bool is_chunked = false;
    bool is_wrong = false;
    response.closes = false;
    for_each_field(head,
        [&](std::string_view name, std::string_view value)
        {
            // Of the few fields that matter, no two have the same length, so most are passed over at once.
            if (name.size() == 14 && equal_ignoring_case(name, "content-length"))
            {
                length = parse_size(value);
                is_wrong |= !length;
            }
            else if (name.size() == 17 && equal_ignoring_case(name, "transfer-encoding"))
                is_chunked = true;
            else if (name.size() == 10 && equal_ignoring_case(name, "connection"))
                response.closes = equal_ignoring_case(value, "close");
        });
    if (is_wrong || is_chunked || length.value_or(0) > largest_response)
        return ReadState::malformed;
    // 204 has no body and need not say so.
    const auto body_size = length.value_or(0);
    if (!length && *status != 204)
        return ReadState::malformed;
    if (input.size() - head.size() < body_size)
        return ReadState::incomplete;
    response.status = static_cast<unsigned>(*status);
    response.body = input.substr(head.size(), body_size);
    response.size = head.size() + body_size;
    return ReadState::complete;
}

std::string http_target(std::string_view host, std::string_view path)
{
    std::string target = "POST ";
    target.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    target.append("\r\nContent-Type: application/json\r\nContent-Length: ");
    return target;
}

void append_http_head(std::string& output, std::string_view target, std::size_t body_size)
{
    output.append(target);
    append_number(output, body_size);
    output.append("\r\n\r\n");
}

ReadState read_frame(std::string_view input, Frame& frame)
{
    if (input.size() < 2)
        return ReadState::incomplete;
    const auto byte = [input](std::size_t i) { return static_cast<unsigned char>(input[i]); };
    constexpr unsigned last_bit = 0x80;
    constexpr unsigned reserved_bits = 0x70;
    constexpr unsigned mask_bit = 0x80;
    if ((byte(0) & reserved_bits) != 0 || (byte(1) & mask_bit) != 0)
        return ReadState::malformed;
    std::size_t head_size = 2;
    std::uint64_t length = byte(1);
    if (length >= 126)
    {
        head_size += length == 126 ? 2 : 8;
        if (input.size() < head_size)
            return ReadState::incomplete;
        length = 0;
        for (std::size_t i = 2; i < head_size; ++i)
            length = length << 8 | byte(i);
    }
    if (length > largest_response)
        return ReadState::malformed;
    if (input.size() - head_size < length)
        return ReadState::incomplete;
    frame.type = static_cast<FrameType>(byte(0) & 0x0f);
    frame.is_last = (byte(0) & last_bit) != 0;
    frame.payload = input.substr(head_size, length);
    frame.size = head_size + length;
    return ReadState::complete;
}

void append_frame(std::string& output, FrameType type, std::string_view payload, std::uint32_t mask)
{
    constexpr unsigned last_bit = 0x80;
    constexpr unsigned mask_bit = 0x80;
    output.push_back(static_cast<char>(last_bit | static_cast<unsigned>(type)));
    if (payload.size() < 126)
        output.push_back(static_cast<char>(mask_bit | payload.size()));
    else if (payload.size() < 65'536)
    {
        output.push_back(static_cast<char>(mask_bit | 126));
        append_big_endian(output, payload.size(), 2);
    }
    else
    {
        output.push_back(static_cast<char>(mask_bit | 127));
        append_big_endian(output, payload.size(), 8);
    }
    char key[4];
    std::memcpy(key, &mask, sizeof key);
    output.append(key, sizeof key);

    const auto begin = output.size();
    output.append(payload);
    const std::uint64_t wide_mask = std::uint64_t{mask} << 32 | mask;
    char* bytes = output.data() + begin;
    std::size_t i = 0;
    for (; i + sizeof wide_mask <= payload.size(); i += sizeof wide_mask)
    {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + i, sizeof word);
        word ^= wide_mask;
        std::memcpy(bytes + i, &word, sizeof word);
    }
    for (; i < payload.size(); ++i)
        bytes[i] = static_cast<char>(bytes[i] ^ key[i % sizeof key]);
}

std::string upgrade_request(std::string_view host, std::string_view path)
{
    std::string request = "GET ";
    request.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    request.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
    request.append(websocket_key).append("\r\n\r\n");
    return request;
}

bool accepts_upgrade(std::string_view head)
{
    if (!head.starts_with("HTTP/1.1 101"))
        return false;
    bool is_accepted = false;
    for_each_field(head, [&is_accepted](std::string_view name, std::string_view value)
        { is_accepted |= equal_ignoring_case(name, "sec-websocket-accept") && value == websocket_accept; });
    return is_accepted;
}
}  // namespace jiffy::cli::load
