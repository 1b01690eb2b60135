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
    const std::lock_guard lock{mutex_};
    if (by_time_.size() >= capacity_)
        return false;
    by_time_.emplace(time, std::move(job));
    return true;
}

std::optional<std::chrono::steady_clock::time_point> SealWaiters::run_due()
{
    std::vector<Job> due;
    std::optional<std::chrono::steady_clock::time_point> next;
    {
        const auto take = [&due](auto& jobs, const auto& limit)
        {
            const auto end = jobs.upper_bound(limit);
            for (auto place = jobs.begin(); place != end; ++place)
                due.push_back(std::move(place->second));
            jobs.erase(jobs.begin(), end);
        };
        const std::lock_guard lock{mutex_};
        take(by_number_, history_.sealed_number());
        take(by_time_, std::chrono::steady_clock::now());
        if (!by_time_.empty())
            next = by_time_.begin()->first;
    }
    for (auto& job : due)
        job();
    return next;
}
}  // namespace jiffy::rpc
