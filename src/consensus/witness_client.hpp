// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/witness_register.hpp"

#include <atomic>
#include <chrono>
#include <expected>
#include <functional>

namespace jiffy::consensus
{
struct WitnessClientOptions
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string token;
    store::ChainIdentity chain;
    /// Time for the connection and the answer.
    std::chrono::milliseconds longest_wait{1000};
};

/// Figures of a client; readable by any thread.
struct WitnessClientFigures
{
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::uint64_t> answers = 0;
    std::atomic<std::uint64_t> connections = 0;
    /// Requests that ended without an answer.
    std::atomic<std::uint64_t> failures = 0;
};

/// The witness's current configuration, after the request; or why there is no answer, one line for people. Then the
/// outcome of a proposal is unknown: it may be asked again.
using WitnessAnswer = std::expected<Configuration, std::string>;

/// Asks a witness. A thread of its own; one connection, which is kept.
class WitnessClient
{
public:
    /// `on_answer` is called on the client's thread, once for each request that no later one has taken the place of.
    WitnessClient(WitnessClientOptions options, std::function<void(const WitnessAnswer&)> on_answer);
    WitnessClient(const WitnessClient&) = delete;
    WitnessClient& operator=(const WitnessClient&) = delete;
    ~WitnessClient();

    void start();
    void stop();

    /// Never waits. A request that comes while another one is on its way takes its place, and that one's answer is not
    /// told: whoever asks again, or has something newer to ask, wants the newest answer. One thread at a time.
    void request(const WitnessRequest& request);

    [[nodiscard]] const WitnessClientFigures& figures() const noexcept;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};
}  // namespace jiffy::consensus
