// SPDX-License-Identifier: Apache-2.0
#include "sequencer/clock.hpp"

#include <gtest/gtest.h>

namespace jiffy::sequencer
{
namespace
{
TEST(SystemClock, begins_where_it_is_told_and_never_runs_backwards)
{
    const SystemClock clock;
    auto last = clock.now();
    for (int i = 0; i < 1000; ++i)
    {
        const auto time = clock.now();
        EXPECT_GE(time, last);
        last = time;
    }
    EXPECT_GE(clock.behind_wall_time(), 0);
    EXPECT_GE(SystemClock{1'700'000'000}.now(), 1'700'000'000U * 1'000'000);
    EXPECT_GT(SystemClock{1'700'000'000}.behind_wall_time(), 0);
}

TEST(SystemClock, says_when_it_will_show_a_time)
{
    using std::chrono::microseconds;
    const SystemClock clock;
    for (const std::int64_t ahead : {1'000'000, 0, -1'000'000})
    {
        const auto before = std::chrono::steady_clock::now();
        const auto time = clock.now();
        const auto when = clock.when(time + static_cast<std::uint64_t>(ahead));
        const auto after = std::chrono::steady_clock::now();
        // Each clock was read between the two, and rounding takes a microsecond.
        const auto doubt = after - before + microseconds{2};
        EXPECT_GE(when, before + microseconds{ahead} - doubt);
        EXPECT_LE(when, after + microseconds{ahead} + microseconds{2});
    }
}
}  // namespace
}  // namespace jiffy::sequencer
