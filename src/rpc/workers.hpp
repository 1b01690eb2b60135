// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace jiffy::rpc
{
/// Threads for requests that take long, behind a bounded queue.
class Workers
{
public:
    Workers(unsigned count, std::size_t capacity);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();

    /// False, with `job` left alone, if the queue is full or closed.
    bool submit(std::move_only_function<void()>& job);
    /// Ends the threads; jobs that have not begun are dropped.
    void stop();

private:
    void run();

    std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::move_only_function<void()>> jobs_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};
}  // namespace jiffy::rpc
