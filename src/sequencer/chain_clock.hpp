// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/clock.hpp"

namespace jiffy::sequencer
{
/// The chain's time: a clock, less what the chain has fallen behind it because it could not catch up with a long pause.
class ChainClock
{
public:
    explicit ChainClock(const Clock& clock) noexcept
      : clock_{clock}
    {
    }

    /// Microseconds of the chain's time.
    [[nodiscard]] std::uint64_t now() const noexcept { return clock_.now() - lag_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::chrono::steady_clock::time_point when(std::uint64_t time) const noexcept
    {
        return clock_.when(time + lag_.load(std::memory_order_relaxed));
    }
    /// Sequencing thread: the chain's time was `microseconds` ago what the clock shows now.
    void fall_behind(std::uint64_t microseconds) noexcept { lag_.fetch_add(microseconds, std::memory_order_relaxed); }

private:
    const Clock& clock_;
    std::atomic<std::uint64_t> lag_ = 0;
};
}  // namespace jiffy::sequencer
