// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

namespace jiffy::cli::gas_worst
{
/// Processor time of this thread, in nanoseconds: what another process takes of the core is not the program's.
inline double processor_nanoseconds()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// The median of what `run` gives, called so often.
template <class Run>
double median_of(unsigned repetitions, const Run& run)
{
    std::vector<double> times;
    for (unsigned i = 0; i < repetitions; ++i)
        times.push_back(run());
    std::ranges::sort(times);
    return times[times.size() / 2];
}
}  // namespace jiffy::cli::gas_worst
