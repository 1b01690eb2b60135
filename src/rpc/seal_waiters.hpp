// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/history.hpp"

#include <functional>
#include <map>
#include <mutex>

namespace jiffy::rpc
{
/// Requests that are held until a block is sealed, and requests that are answered at the latest at some time.
class SealWaiters
{
public:
    using Job = std::move_only_function<void()>;

    SealWaiters(const sequencer::History& history, std::size_t capacity)
      : history_{history}
      , capacity_{capacity}
    {
    }

    /// Runs `job` once the block is sealed: on the calling thread if it is, else on the notifying one. False, with
    /// `job` left alone, if too many wait.
    bool when_sealed(std::uint64_t number, Job& job);
    /// Runs `job` at the time, on the notifying thread.
    bool at(std::chrono::steady_clock::time_point time, Job& job);

    /// Notifying thread: runs what is due and tells when the next timed job is.
    std::optional<std::chrono::steady_clock::time_point> run_due();

private:
    const sequencer::History& history_;
    std::size_t capacity_;
    std::mutex mutex_;
    std::multimap<std::uint64_t, Job> by_number_;
    std::multimap<std::chrono::steady_clock::time_point, Job> by_time_;
};
}  // namespace jiffy::rpc
