// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "sequencer/records.hpp"

#include <chrono>
#include <functional>
#include <unordered_map>

namespace jiffy::rpc
{
/// Something to be done once an account has a nonce, or not at all after a time.
struct NonceWaiter
{
    Address address;
    std::uint64_t nonce = 0;
    std::chrono::steady_clock::time_point deadline;
    /// Whether that is so already.
    std::function<bool()> has_come;
    std::move_only_function<void()> job;
};

/// Those who wait for nonces. One thread only.
class NonceWaiters
{
public:
    explicit NonceWaiters(std::uint64_t hash_seed)
      : by_address_(0, KeyHasher{hash_seed})
    {
    }

    /// Runs the job now if the nonce has come already. To be called before `serve` is told of anything that the newest
    /// state does not have yet.
    void add(NonceWaiter waiter);
    /// Runs the jobs that the block's transactions from number `first` up to and without `end` have made due.
    void serve(const sequencer::BlockRecord& block, std::size_t first, std::size_t end);
    /// Forgets those whose time is over.
    void expire(std::chrono::steady_clock::time_point now);
    [[nodiscard]] bool empty() const noexcept { return by_address_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return by_address_.size(); }

private:
    std::unordered_multimap<Address, NonceWaiter, KeyHasher> by_address_;
};
}  // namespace jiffy::rpc
