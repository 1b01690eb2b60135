// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace jiffy::consensus
{
/// Microseconds of a clock that does not step.
using Time = std::uint64_t;

struct DetectorOptions
{
    /// Silence that is never suspicious.
    Time floor = 150'000;
    /// Silence that always is.
    Time cap = 2'000'000;
    /// Of the longest silence that was none in the end.
    std::uint64_t factor = 3;
    /// For how long a silence is remembered, at least; at most twice as long.
    Time memory = 10'000'000;
};

/// Suspects a peer that has been silent for longer than it usually is. A wrong suspicion costs time, never records.
class FailureDetector
{
public:
    FailureDetector(const DetectorOptions& options, Time now)
      : options_{options}
      , last_{now}
      , window_begin_{now}
    {
    }

    /// Something has come.
    void heard(Time now) noexcept
    {
        if (now - window_begin_ >= options_.memory)
        {
            earlier_gap_ = now - window_begin_ >= 2 * options_.memory ? 0 : gap_;
            gap_ = 0;
            window_begin_ = now;
        }
        gap_ = std::max(gap_, now - last_);
        last_ = now;
    }

    /// Begins to wait anew; the silence before was none.
    void restart(Time now) noexcept { last_ = now; }

    /// When it suspects, if nothing comes.
    [[nodiscard]] Time deadline() const noexcept
    {
        const auto usual = options_.factor * std::min(std::max(gap_, earlier_gap_), options_.cap);
        return last_ + std::min(std::max(options_.floor, usual), options_.cap);
    }

    [[nodiscard]] bool suspects(Time now) const noexcept { return now >= deadline(); }

private:
    DetectorOptions options_;
    Time last_;
    Time window_begin_;
    /// The longest in this window of time, and in the one before.
    Time gap_ = 0;
    Time earlier_gap_ = 0;
};
}  // namespace jiffy::consensus
