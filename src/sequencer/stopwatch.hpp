// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/latency_histogram.hpp"

#include <chrono>

namespace jiffy::sequencer
{
using Instant = std::chrono::steady_clock::time_point;

inline Instant read_stopwatch() noexcept
{
    return std::chrono::steady_clock::now();
}

/// Records the time from one reading to another, in microseconds.
inline void record(LatencyHistogram& histogram, Instant begin, Instant end) noexcept
{
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(end - begin).count();
    histogram.record(elapsed > 0 ? static_cast<std::uint64_t>(elapsed) : 0);
}
}  // namespace jiffy::sequencer
