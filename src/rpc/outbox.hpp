// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/channel.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace jiffy::rpc
{
/// What is to be sent to a WebSocket client: bytes that are ready, some frames' worth at a time so that one system call
/// sends many, and the messages behind them. A long message is turned into bytes bit by bit.
class Outbox
{
public:
    /// Bytes that may be appended to now, if `has_room`.
    [[nodiscard]] std::string& ready() noexcept { return ready_; }
    [[nodiscard]] std::string_view unsent() const noexcept { return ready_; }
    /// Whole frames may be appended to `ready`: nothing waits behind it, and it is not too much already.
    [[nodiscard]] bool has_room() const noexcept { return queue_.empty() && ready_.size() < enough; }
    [[nodiscard]] bool empty() const noexcept { return ready_.empty() && queue_.empty(); }

    /// A text message, in its turn.
    void add(Message message, bool is_pushed);
    /// The answer to a ping, before the messages that wait. One that takes the place of another which was not sent yet
    /// answers for both (RFC 6455, 5.5.3).
    void add_pong(std::string_view payload);
    void add_ping();
    /// The end: gives up the messages of which nothing is sent yet.
    void close(std::string_view payload);

    /// The first `count` of the bytes are sent.
    void sent(std::size_t count);
    /// Makes messages ready as long as there is room; the bytes of pushed ones that do not wait any more.
    std::size_t fill();

    /// Of answers that wait.
    [[nodiscard]] std::size_t answer_bytes() const noexcept { return answer_bytes_; }

private:
    /// More would only wait in the system.
    static constexpr std::size_t enough = std::size_t{64} << 10;

    struct Entry
    {
        Message message;
        /// Not asked for.
        bool is_pushed = false;
    };

    void append_control();

    std::string ready_;
    std::deque<Entry> queue_;
    /// Of the first message: bytes that are ready, or sent.
    std::size_t begun_ = 0;
    bool has_begun_ = false;
    std::size_t answer_bytes_ = 0;
    /// Frames that go out between two messages.
    std::string pong_;
    std::string close_;
};
}  // namespace jiffy::rpc
