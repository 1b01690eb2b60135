// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <time.h>

namespace jiffy::sequencer
{
/// Unix time in microseconds that never runs backwards.
class Clock
{
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual std::uint64_t now() const noexcept = 0;
    /// When, on the steady clock, this one will show `time`, as far as one can tell.
    [[nodiscard]] virtual std::chrono::steady_clock::time_point when(std::uint64_t time) const noexcept = 0;
};

/// The system's monotonic clock, set once: to a whole second, so that blocks begin with seconds. It goes on while the
/// machine is suspended, and is slewed by the kernel like the wall clock, but never stepped.
class SystemClock final : public Clock
{
public:
    /// Set to wall time.
    SystemClock() noexcept
      : SystemClock{wall_time()}
    {
    }
    /// Shows `start`, in seconds, now.
    explicit SystemClock(std::uint64_t start) noexcept
      : origin_{start * 1'000'000 - microseconds_of(CLOCK_BOOTTIME)}
    {
    }

    /// Seconds of Unix time.
    [[nodiscard]] static std::uint64_t wall_time() noexcept { return microseconds_of(CLOCK_REALTIME) / 1'000'000; }

    [[nodiscard]] std::uint64_t now() const noexcept override { return origin_ + microseconds_of(CLOCK_BOOTTIME); }
    /// As if the machine were not suspended until then.
    [[nodiscard]] std::chrono::steady_clock::time_point when(std::uint64_t time) const noexcept override
    {
        return std::chrono::steady_clock::now() + std::chrono::microseconds{static_cast<std::int64_t>(time - now())};
    }
    /// Microseconds that the wall clock is ahead.
    [[nodiscard]] std::int64_t behind_wall_time() const noexcept
    {
        return static_cast<std::int64_t>(microseconds_of(CLOCK_REALTIME) - now());
    }

private:
    static std::uint64_t microseconds_of(clockid_t clock) noexcept
    {
        timespec time{};
        ::clock_gettime(clock, &time);
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_nsec) / 1000;
    }

    /// Unix time less the time since the machine was started.
    std::uint64_t origin_;
};

/// A clock that a test sets.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(std::uint64_t start) noexcept
      : now_{start}
    {
    }

    void advance(std::uint64_t microseconds) noexcept { now_ += microseconds; }
    /// What no clock of ours does.
    void step_back(std::uint64_t microseconds) noexcept { now_ -= microseconds; }
    [[nodiscard]] std::uint64_t now() const noexcept override { return now_; }
    /// Soon: whoever waits looks again.
    [[nodiscard]] std::chrono::steady_clock::time_point when(std::uint64_t) const noexcept override
    {
        return std::chrono::steady_clock::now() + std::chrono::milliseconds{1};
    }

private:
    std::atomic<std::uint64_t> now_;
};
}  // namespace jiffy::sequencer
