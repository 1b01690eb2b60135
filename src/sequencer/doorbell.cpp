// SPDX-License-Identifier: Apache-2.0
#include "sequencer/doorbell.hpp"

#include <cerrno>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace jiffy::sequencer
{
void Doorbell::wake() noexcept
{
    ::syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

bool Doorbell::sleep(const std::chrono::steady_clock::time_point* end) noexcept
{
    static_assert(sizeof(state_) == sizeof(std::uint32_t) && std::atomic<State>::is_always_lock_free);
    timespec time{};
    if (end != nullptr)
    {
        // The steady clock is CLOCK_MONOTONIC, which the system call takes for an absolute time.
        const auto since_start = end->time_since_epoch();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since_start);
        time.tv_sec = seconds.count();
        time.tv_nsec = std::chrono::nanoseconds{since_start - seconds}.count();
    }
    for (;;)
    {
        auto expected = State::silent;
        // Rung already, or for a second time round, woken by a ring.
        if (!state_.compare_exchange_strong(expected, State::asleep) && expected == State::rung)
        {
            state_.exchange(State::silent);
            return true;
        }
        const auto result =
            ::syscall(SYS_futex, &state_, FUTEX_WAIT_BITSET_PRIVATE, static_cast<std::uint32_t>(State::asleep),
                end != nullptr ? &time : nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
        if (result == -1 && errno == ETIMEDOUT)
            return state_.exchange(State::silent) == State::rung;
    }
}
}  // namespace jiffy::sequencer
