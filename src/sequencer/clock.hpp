// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

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

/// The system's monotonic clock, set once to the wall time: to a whole second, so that blocks begin with seconds.
class SystemClock final : public Clock
{
public:
    SystemClock() noexcept
      : steady_origin_{std::chrono::steady_clock::now()}
      , origin_{
            static_cast<std::uint64_t>(
                std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count()) *
            1'000'000}
    {
    }

    [[nodiscard]] std::uint64_t now() const noexcept override
    {
        const auto elapsed = std::chrono::steady_clock::now() - steady_origin_;
        return origin_ +
               static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count());
    }
    [[nodiscard]] std::chrono::steady_clock::time_point when(std::uint64_t time) const noexcept override
    {
        return steady_origin_ + std::chrono::microseconds{static_cast<std::int64_t>(time - origin_)};
    }

private:
    std::chrono::steady_clock::time_point steady_origin_;
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
