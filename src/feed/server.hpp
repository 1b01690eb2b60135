// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/log_source.hpp"

#include <chrono>
#include <expected>

namespace jiffy::feed
{
/// What a subscriber may cost before it is refused or cut.
struct ServerLimits
{
    std::size_t subscribers = 64;
    /// What one of them has on its way at most, beside the socket's buffer.
    BatchLimits batch;
    /// Bytes that the system keeps for a subscriber which does not read.
    int send_buffer = 256 << 10;
    /// Time to say `Hello`.
    std::chrono::milliseconds greeting{5000};
    /// Time to take one message.
    std::chrono::milliseconds stall{10'000};
    /// Time to read why it is cut.
    std::chrono::milliseconds farewell{2000};
    /// Silence after which a subscriber is told that the server is there.
    std::chrono::milliseconds heartbeat{1000};
};

struct ServerOptions
{
    std::string host = "127.0.0.1";
    /// 0 lets the system choose one.
    std::uint16_t port = 0;
    /// What subscribers must know; empty if anybody may subscribe.
    std::string token;
    ServerLimits limits;
};

/// Figures of a server; readable by any thread.
struct ServerMetrics
{
    std::atomic<std::uint64_t> subscribers = 0;
    std::atomic<std::uint64_t> bytes = 0;
    /// Subscribers that were too slow, or did not keep to the protocol.
    std::atomic<std::uint64_t> cut = 0;
};

/// What is served. All of it outlives the server's `stop`.
struct FeedSource
{
    store::ChainIdentity chain;
    /// What is signed now, and by whom.
    types::StatementTerms terms;
    Address signer{};
    const RecordWindow* window = nullptr;
    /// For what is no longer in the window; may be null.
    const LogSource* log = nullptr;
};

/// Sends the records of a log to whoever subscribes. Each subscriber takes them at its own pace from where they are:
/// nothing is kept for it but the message on its way. One thread serves all; another one reads the log for those that
/// are behind.
class Server
{
public:
    /// Binds the port; the error is one line for people.
    static std::expected<std::unique_ptr<Server>, std::string> listen(const ServerOptions& options);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] const ServerMetrics& metrics() const noexcept;

    void start(const FeedSource& source);
    /// Tells subscribers goodbye and ends the threads.
    void stop();

    /// Another term has begun: who subscribes from now on is told so. Any thread.
    void set_terms(const types::StatementTerms& terms, const Address& signer);

    /// More is released. Wakes the server if a subscriber waits for it; never waits itself. Any thread.
    void notify() noexcept;

private:
    struct Implementation;
    explicit Server(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};
}  // namespace jiffy::feed
