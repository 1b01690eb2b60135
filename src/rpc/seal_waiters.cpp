// SPDX-License-Identifier: Apache-2.0
#include "rpc/seal_waiters.hpp"

#include <chrono>

namespace jiffy::rpc
{
namespace
{
constexpr std::chrono::milliseconds look_interval{10};
}  // namespace

bool SealWaiters::when_sealed(std::uint64_t number, Job& job)
{
    {
        const std::lock_guard lock{mutex_};
        // Asked under the lock, which the notifying thread takes after a seal: no seal can fall in between.
        if (history_.sealed_number() < number)
        {
            if (by_number_.size() >= capacity_)
                return false;
            by_number_.emplace(number, std::move(job));
            return true;
        }
    }
    job();
    return true;
}

bool SealWaiters::post(Job& job)
{
    if (!posted_.try_push(job))
        return false;
    doorbell_.ring();
    return true;
}

void SealWaiters::run_due(std::chrono::steady_clock::time_point now)
{
    timed_replies_.expire(now);
    while (auto job = posted_.try_pop())
        (*job)();

    std::vector<Job> due;
    {
        const std::lock_guard lock{mutex_};
        const auto end = by_number_.upper_bound(history_.sealed_number());
        for (auto place = by_number_.begin(); place != end; ++place)
            due.push_back(std::move(place->second));
        by_number_.erase(by_number_.begin(), end);
    }
    for (auto& job : due)
        job();
}

void SealWaiters::wait()
{
    // Nobody rings for a reply with a deadline.
    doorbell_.wait_until(std::chrono::steady_clock::now() + look_interval);
}
}  // namespace jiffy::rpc
