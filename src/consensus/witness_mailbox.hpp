// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/link_socket.hpp"
#include "consensus/witness_client.hpp"

#include <mutex>

namespace jiffy::consensus
{
/// A witness whose answers one thread waits for in `poll`.
class WitnessMailbox
{
public:
    explicit WitnessMailbox(WitnessClientOptions options)
      : client_{std::move(options), [this](const WitnessAnswer& answer) { put(answer); }}
    {
    }

    void start() { client_.start(); }
    void stop() { client_.stop(); }
    /// As `WitnessClient::request`.
    void request(const WitnessRequest& request) { client_.request(request); }
    /// Readable when there is an answer.
    [[nodiscard]] int number() const noexcept { return event_.number(); }
    /// The newest answer since the last call.
    [[nodiscard]] std::optional<WitnessAnswer> take()
    {
        event_.clear();
        const std::lock_guard lock{mutex_};
        return std::exchange(answer_, std::nullopt);
    }
    /// Asks, and waits for the answer.
    WitnessAnswer ask(const WitnessRequest& request);
    [[nodiscard]] const WitnessClientFigures& figures() const noexcept { return client_.figures(); }

private:
    void put(const WitnessAnswer& answer)
    {
        {
            const std::lock_guard lock{mutex_};
            answer_ = answer;
        }
        event_.set();
    }

    WakeEvent event_;
    std::mutex mutex_;
    std::optional<WitnessAnswer> answer_;
    /// Last, so that it ends before what it calls.
    WitnessClient client_;
};
}  // namespace jiffy::consensus
