// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/timed_replies.hpp"
#include "sequencer/doorbell.hpp"
#include "sequencer/history.hpp"
#include "sequencer/queues.hpp"

#include <functional>
#include <map>
#include <mutex>

namespace jiffy::rpc
{
/// Requests that are held until a block is sealed, requests that are answered at the latest at some time, and what else
/// is to be done on the thread that follows the chain, which is the notifying one.
class SealWaiters
{
public:
    using Job = std::move_only_function<void()>;

    SealWaiters(const sequencer::History& history, std::size_t capacity)
      : history_{history}
      , capacity_{capacity}
      , posted_{capacity}
    {
    }

    /// Runs `job` once the block is sealed: on the calling thread if it is, else on the notifying one. False, with
    /// `job` left alone, if too many wait.
    bool when_sealed(std::uint64_t number, Job& job);
    /// Any thread: gives the reply when its time is over, a few milliseconds late at most. Takes no lock, and costs
    /// next to nothing for one that is given soon.
    void expire_in_time(std::shared_ptr<TimedReply> reply) noexcept { timed_replies_.add(std::move(reply)); }
    /// Any thread: runs `job` soon on the notifying thread. Takes no lock, for the sequencing thread calls it. False,
    /// with `job` left alone, if too many wait.
    bool post(Job& job);

    /// Any thread: there is something new for the notifying thread.
    void notify() { doorbell_.ring(); }
    /// Notifying thread: runs what is due.
    void run_due(std::chrono::steady_clock::time_point now);
    /// Notifying thread: waits until somebody notifies or it is time to look at the clock again.
    void wait();

private:
    const sequencer::History& history_;
    std::size_t capacity_;
    sequencer::Doorbell doorbell_;
    std::mutex mutex_;
    std::multimap<std::uint64_t, Job> by_number_;
    sequencer::MpscQueue<Job> posted_;
    TimedReplies timed_replies_;
};
}  // namespace jiffy::rpc
