// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace jiffy::rpc
{
/// A text in one part or two; the second may be shared by everybody who is told the same.
struct Message
{
    std::shared_ptr<const std::string> head;
    /// May be null.
    std::shared_ptr<const std::string> tail;

    [[nodiscard]] std::size_t size() const noexcept { return head->size() + (tail ? tail->size() : 0); }
};

/// The way back to a client that stays: a WebSocket connection, to which anybody may push text at any time.
struct Channel
{
    std::atomic<bool> closed = false;
    /// Bytes of pushed messages that are not written yet.
    std::atomic<std::size_t> queued_bytes = 0;
    /// Subscriptions whose messages go here.
    std::atomic<std::uint32_t> subscription_count = 0;
    /// Queues a message; callable from any thread, never waits. Does nothing once the channel is closed, and closes it
    /// if the client lets too much pile up.
    std::function<void(Message)> send;
    /// Gives up what is queued and closes the connection with a reason that the client is told, of at most 123 bytes
    /// (RFC 6455); callable from any thread.
    std::function<void(std::string reason)> cut;
};
}  // namespace jiffy::rpc
