// SPDX-License-Identifier: Apache-2.0
#include "rpc/workers.hpp"

#include "sequencer/thread_priority.hpp"

namespace jiffy::rpc
{
Workers::Workers(unsigned count, std::size_t capacity)
  : capacity_{capacity}
{
    for (unsigned i = 0; i < count; ++i)
        threads_.emplace_back([this] { run(); });
}

Workers::~Workers()
{
    stop();
}

bool Workers::submit(std::move_only_function<void()>& job)
{
    {
        const std::lock_guard lock{mutex_};
        if (stopping_ || jobs_.size() >= capacity_)
            return false;
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

void Workers::stop()
{
    std::deque<std::move_only_function<void()>> dropped;
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        dropped.swap(jobs_);
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable())
            thread.join();
}

void Workers::run()
{
    sequencer::lower_thread_priority();
    for (;;)
    {
        std::move_only_function<void()> job;
        {
            std::unique_lock lock{mutex_};
            wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (stopping_)
                return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}
}  // namespace jiffy::rpc
