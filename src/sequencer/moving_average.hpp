// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace jiffy::sequencer
{
/// An average over about the last 64 values, which forgets those before. One thread at a time adds, any may read.
class MovingAverage
{
public:
    explicit MovingAverage(std::uint64_t initial) noexcept
      : average_{initial}
    {
    }

    void add(std::uint64_t value) noexcept
    {
        const auto average = get();
        average_.store(average - average / weight + value / weight, std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint64_t get() const noexcept { return average_.load(std::memory_order_relaxed); }

private:
    static constexpr std::uint64_t weight = 64;

    std::atomic<std::uint64_t> average_;
};
}  // namespace jiffy::sequencer
