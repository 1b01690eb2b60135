// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/doorbell.hpp"
#include "sequencer/history.hpp"
#include "sequencer/queues.hpp"

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
      , timed_jobs_{capacity}
    {
    }

    /// Runs `job` once the block is sealed: on the calling thread if it is, else on the notifying one. False, with
    /// `job` left alone, if too many wait.
    bool when_sealed(std::uint64_t number, Job& job);
    /// Runs `job` at the time, on the notifying thread. Takes no lock, for the sequencing thread calls it.
    bool at(std::chrono::steady_clock::time_point time, Job& job);

    /// Any thread: there is something new for the notifying thread.
    void notify() { doorbell_.ring(); }
    /// Notifying thread: runs what is due.
    void run_due();
    /// Notifying thread: waits until somebody notifies or the next timed job is due.
    void wait();

private:
    struct TimedJob
    {
        std::chrono::steady_clock::time_point time;
        Job job;
    };

    const sequencer::History& history_;
    std::size_t capacity_;
    sequencer::Doorbell doorbell_;
    std::mutex mutex_;
    std::multimap<std::uint64_t, Job> by_number_;
    /// Timed jobs on their way into `by_time_`, which is the notifying thread's own.
    sequencer::MpscQueue<TimedJob> timed_jobs_;
    std::multimap<std::chrono::steady_clock::time_point, Job> by_time_;
    std::atomic<std::size_t> timed_job_count_ = 0;
};
}  // namespace jiffy::rpc
