// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace jiffy::sequencer
{
/// Wakes one waiting thread. To ring takes no lock, and a system call only if the other thread sleeps; rings before the
/// next wait are one. The waiting thread sleeps at once: spinning or yielding would take the processor from those that
/// it waits for.
class Doorbell
{
public:
    /// Any thread. What was done before is seen after the wait that it ends.
    void ring() noexcept
    {
        if (state_.exchange(State::rung) == State::asleep)
            wake();
    }
    /// One thread.
    void wait() noexcept { sleep(nullptr); }
    /// False if the time came first.
    bool wait_until(std::chrono::steady_clock::time_point time) noexcept { return sleep(&time); }

private:
    enum class State : std::uint32_t
    {
        silent,
        rung,
        asleep,
    };

    void wake() noexcept;
    bool sleep(const std::chrono::steady_clock::time_point* end) noexcept;

    std::atomic<State> state_ = State::silent;
};
}  // namespace jiffy::sequencer
