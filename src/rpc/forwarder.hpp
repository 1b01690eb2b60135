// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/error.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace jiffy::rpc
{
/// Where a WebSocket is to be had.
struct WebSocketEndpoint
{
    std::string host;
    std::string port;
    /// Begins with a slash.
    std::string path = "/";
};

/// Reads `ws://HOST[:PORT][/PATH]`, or the same with http://, since a node serves both on one port. The error is one
/// line for people; there is no encryption.
std::expected<WebSocketEndpoint, std::string> parse_websocket_url(std::string_view url);

struct ForwarderLimits
{
    /// Requests that wait for their answers, and bytes of them together.
    std::size_t requests = 4'096;
    std::size_t bytes = std::size_t{64} << 20;
    /// Bytes of an answer.
    std::size_t answer = std::size_t{32} << 20;
    /// Time to connect.
    std::chrono::milliseconds connecting{5'000};
    /// Silence after which the connection is taken for dead; half of it brings a ping.
    std::chrono::milliseconds silence{10'000};
    /// Time until the next try to connect, after the first failure; it doubles with each up to the longest one.
    std::chrono::milliseconds shortest_wait{50};
    std::chrono::milliseconds longest_wait{1'000};
};

/// Why there is no result.
struct ForwardFault
{
    enum class Kind : std::uint8_t
    {
        /// The other node's answer is this error.
        refused,
        /// Nothing was sent.
        unsent,
        /// The connection was lost before the answer came.
        lost,
    };
    Kind kind = Kind::unsent;
    Error error;
};

/// The result, as JSON, or why there is none.
using ForwardedAnswer = std::expected<std::string, ForwardFault>;

/// Figures of a forwarder; readable by any thread.
struct ForwarderMetrics
{
    std::atomic<std::uint64_t> sent = 0;
    /// Not sent, or without an answer because the connection was lost.
    std::atomic<std::uint64_t> failed = 0;
    std::atomic<std::uint64_t> connections = 0;
};

/// Passes requests on to another node, over one WebSocket that is kept open: each is written as it comes, whatever
/// answers are still to come. A thread of its own.
class Forwarder
{
public:
    /// Told once: on the forwarder's thread, or at once if there is no room. It must neither wait nor do much.
    using Done = std::move_only_function<void(ForwardedAnswer)>;

    explicit Forwarder(WebSocketEndpoint endpoint, const ForwarderLimits& limits = {});
    Forwarder(const Forwarder&) = delete;
    Forwarder& operator=(const Forwarder&) = delete;
    ~Forwarder();

    void start();
    /// Drops what waits, and ends the thread.
    void stop();

    /// Any thread; takes no lock. `parameters` is a JSON array. While there is no connection nothing waits for one,
    /// but for that which is being made.
    void forward(std::string_view method, std::string parameters, Done done);
    /// Any thread.
    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] const ForwarderMetrics& metrics() const noexcept;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};
}  // namespace jiffy::rpc
