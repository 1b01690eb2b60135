// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace jiffy::rpc
{
/// RFC 6455, 5.2.
enum class Opcode : std::uint8_t
{
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xa,
};

/// Why a connection ends (RFC 6455, 7.4.1, and IANA's registry).
enum class CloseCode : std::uint16_t
{
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    invalid_text = 1007,
    too_big = 1009,
    try_again_later = 1013,
};

/// Something whole that a client has sent.
struct ClientFrame
{
    enum class Kind : std::uint8_t
    {
        /// In one frame or in many.
        message,
        ping,
        pong,
        /// `code` is the client's; `normal` if it gave none.
        close,
        /// What it sent breaks the rules; `code` is what to close the connection with. Nothing more can be read.
        violation,
    };

    Kind kind = Kind::message;
    /// Valid until something is asked of the reader again.
    std::string_view payload;
    CloseCode code = CloseCode::normal;
};

/// Reads the frames of a WebSocket client (RFC 6455, without extensions) out of a byte stream that comes in any
/// pieces. Payloads are unmasked, and the parts of a message joined, where they lie in the buffer.
class ClientFrameReader
{
public:
    /// `largest_message` in bytes, of all its frames together.
    explicit ClientFrameReader(std::size_t largest_message) noexcept
      : largest_message_{largest_message}
    {
    }

    /// Where the next bytes of the stream go: some room always. Memory that nothing is written to is never touched.
    [[nodiscard]] std::span<char> room();
    /// So many bytes were written at the beginning of that room.
    void add(std::size_t count) noexcept { end_ += count; }

    /// The next frame or message that is whole; none if more bytes are needed, or after a violation.
    std::optional<ClientFrame> next();

private:
    struct Head
    {
        Opcode opcode{};
        bool is_last = false;
        std::size_t size = 0;
        std::size_t payload_size = 0;
        std::array<char, 4> mask{};
    };

    /// The head at `begin_`; none if more bytes are needed. The error, seen as early as it can be, is what is wrong.
    [[nodiscard]] std::expected<std::optional<Head>, CloseCode> read_head() const noexcept;
    [[nodiscard]] std::optional<CloseCode> fault_of(const Head& head) const noexcept;
    /// The message that ends with this part of it, if one does.
    std::optional<ClientFrame> take_part(const Head& head, std::span<char> payload, bool is_ascii) noexcept;
    ClientFrame take_control(const Head& head, std::string_view payload) noexcept;
    ClientFrame violate(CloseCode code) noexcept;
    void move_to_front(std::size_t capacity);

    std::size_t largest_message_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    /// What was not read yet.
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    /// The parts of a message that has not ended, joined, before `begin_`.
    std::size_t message_begin_ = 0;
    std::size_t message_size_ = 0;
    bool is_in_message_ = false;
    bool is_text_ = false;
    bool is_ascii_ = true;
    bool is_over_ = false;
};

/// Appends the head of a server's frame with a payload of so many bytes: the whole message, not masked.
void append_frame_head(std::string& output, Opcode opcode, std::size_t payload_size);

/// Makes a text frame of what stands behind `begin`, where `frame_head_room` bytes were left for its head.
void finish_text_frame(std::string& output, std::size_t begin);
inline constexpr std::size_t frame_head_room = 4;

/// Payload of a close frame: the code and a reason, which is cut to what fits (RFC 6455, 5.5.1).
std::string close_payload(CloseCode code, std::string_view reason = {});

/// XORs the bytes with the mask, over and over (RFC 6455, 5.3). True if all of them are ASCII then.
bool unmask(std::span<char> bytes, std::array<char, 4> mask) noexcept;
}  // namespace jiffy::rpc
