// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/client_session.hpp"

#include <atomic>
#include <chrono>

namespace jiffy::feed
{
struct ClientOptions
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string token;
    store::ChainIdentity chain;
    /// Costs the server's time, and saves little beside signatures.
    bool takes_compressed = false;
    /// Time until the next try to connect, after the first failure; it doubles with each up to the longest one, and
    /// varies by half, so that many do not come at once.
    std::chrono::milliseconds shortest_wait{50};
    std::chrono::milliseconds longest_wait{5000};
    /// Silence after which the connection is taken for dead; longer than the server's between heartbeats.
    std::chrono::milliseconds longest_silence{5000};
};

/// Told on the client's thread.
struct ClientEvents
{
    RecordTaker on_records;
    /// The server says where it is.
    std::function<void(const Welcome&)> on_welcome = [](const Welcome&) {};
    /// One that passes is followed by another try; any other ends the client.
    std::function<void(const Fault&)> on_fault = [](const Fault&) {};
};

/// Figures of a client; readable by any thread.
struct ClientMetrics
{
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> bytes = 0;
    /// One more than the newest record that was taken, and than the newest that the server is known to have.
    std::atomic<std::uint64_t> taken_before = 0;
    std::atomic<std::uint64_t> released_before = 0;
};

/// Follows a feed: connects, takes records in order, and after a loss of the connection goes on where it was. A thread
/// of its own.
class Client
{
public:
    Client(ClientOptions options, const ClientStart& start, ClientEvents events);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    void start();
    /// Ends the thread; what is being taken is taken to its end.
    void stop();

    [[nodiscard]] const ClientMetrics& metrics() const noexcept;
    /// Behind what was taken, for the next client. After `stop`.
    [[nodiscard]] ClientStart position() const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};
}  // namespace jiffy::feed
