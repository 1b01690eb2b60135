// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jiffy::cli::load
{
enum class ReadState : std::uint8_t
{
    /// More bytes are needed.
    incomplete,
    complete,
    malformed,
};

/// An answer at the beginning of what was received.
struct HttpResponse
{
    unsigned status = 0;
    std::string_view body;
    /// Bytes of head and body.
    std::size_t size = 0;
    /// The other side closes the connection after it.
    bool closes = false;
};

/// Reads the answer at the beginning of `input`, as far as a JSON-RPC server needs it: HTTP/1.1 with a Content-Length.
/// A chunked answer, or one above `largest_response`, counts as malformed.
ReadState read_http_response(std::string_view input, HttpResponse& response);

inline constexpr std::size_t largest_response = 64U << 20;

/// Appends the head of a POST request whose body has `body_size` bytes. `target` is what `http_target` made.
void append_http_head(std::string& output, std::string_view target, std::size_t body_size);

/// The part of every head that stays the same.
std::string http_target(std::string_view host, std::string_view path);

/// Opcodes of RFC 6455, 5.2.
enum class FrameType : std::uint8_t
{
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xa,
};

/// A WebSocket frame of a server at the beginning of what was received.
struct Frame
{
    FrameType type = FrameType::text;
    bool is_last = true;
    std::string_view payload;
    /// Bytes of head and payload.
    std::size_t size = 0;
};

/// Reads the frame at the beginning of `input`. A masked one counts as malformed (RFC 6455, 5.1), and so does one above
/// `largest_response` or with a reserved bit.
ReadState read_frame(std::string_view input, Frame& frame);

/// Appends a whole message in one frame, masked with `mask` (RFC 6455, 5.3).
void append_frame(std::string& output, FrameType type, std::string_view payload, std::uint32_t mask);

/// The request that turns a connection into a WebSocket.
std::string upgrade_request(std::string_view host, std::string_view path);

/// True if the head of a response agrees to `upgrade_request`.
bool accepts_upgrade(std::string_view head);
}  // namespace jiffy::cli::load
