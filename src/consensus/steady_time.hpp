// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/failure_detector.hpp"

#include <chrono>
#include <poll.h>
#include <vector>

namespace jiffy::consensus
{
/// Now, in microseconds of the clock that does not step.
inline Time steady_time()
{
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<Time>(std::chrono::floor<std::chrono::microseconds>(since).count());
}

inline std::chrono::steady_clock::time_point time_point_of(Time time)
{
    constexpr Time most = Time{1} << 60;
    return std::chrono::steady_clock::time_point{
        std::chrono::microseconds{static_cast<std::int64_t>(std::min(time, most))}};
}

/// Waits for one of the events, until a time at most; the number of those that have come. It may be fewer and sooner.
inline int poll_until(std::vector<pollfd>& waited, Time end)
{
    constexpr Time most = 1'000'000;
    const auto now = steady_time();
    const auto wait = end > now ? std::min(end - now, most) : 0;
    const timespec time{
        .tv_sec = static_cast<time_t>(wait / 1'000'000), .tv_nsec = static_cast<long>(wait % 1'000'000 * 1000)};
    return ::ppoll(waited.data(), waited.size(), &time, nullptr);
}
}  // namespace jiffy::consensus
