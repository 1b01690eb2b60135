// SPDX-License-Identifier: Apache-2.0
#include "rpc/seal_waiters.hpp"

#include <chrono>

namespace jiffy::rpc
{
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

bool SealWaiters::at(std::chrono::steady_clock::time_point time, Job& job)
{
    if (timed_job_count_.load(std::memory_order_relaxed) >= capacity_)
        return false;
    TimedJob timed{time, std::move(job)};
    if (!timed_jobs_.try_push(timed))
    {
        job = std::move(timed.job);
        return false;
    }
    timed_job_count_.fetch_add(1, std::memory_order_relaxed);
    doorbell_.ring();
    return true;
}

void SealWaiters::run_due()
{
    while (auto timed = timed_jobs_.try_pop())
        by_time_.emplace(timed->time, std::move(timed->job));

    std::vector<Job> due;
    const auto take = [&due](auto& jobs, const auto& limit)
    {
        const auto end = jobs.upper_bound(limit);
        for (auto place = jobs.begin(); place != end; ++place)
            due.push_back(std::move(place->second));
        jobs.erase(jobs.begin(), end);
    };
    take(by_time_, std::chrono::steady_clock::now());
    timed_job_count_.fetch_sub(due.size(), std::memory_order_relaxed);
    {
        const std::lock_guard lock{mutex_};
        take(by_number_, history_.sealed_number());
    }
    for (auto& job : due)
        job();
}

void SealWaiters::wait()
{
    if (by_time_.empty())
        doorbell_.wait();
    else
        doorbell_.wait_until(by_time_.begin()->first);
}
}  // namespace jiffy::rpc
