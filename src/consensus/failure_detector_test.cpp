// SPDX-License-Identifier: Apache-2.0
#include "consensus/failure_detector.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::consensus
{
namespace
{
constexpr Time ms = 1000;

TEST(FailureDetector, suspects_silence_beyond_the_floor)
{
    FailureDetector detector{{}, 0};
    EXPECT_FALSE(detector.suspects(150 * ms - 1));
    EXPECT_TRUE(detector.suspects(150 * ms));
    detector.heard(40 * ms);
    EXPECT_EQ(detector.deadline(), 190 * ms);
}

TEST(FailureDetector, waits_longer_for_one_that_was_late_and_forgets_that)
{
    FailureDetector detector{{}, 0};
    detector.heard(300 * ms);
    EXPECT_EQ(detector.deadline(), 300 * ms + 900 * ms);
    detector.heard(5000 * ms);
    EXPECT_EQ(detector.deadline(), 5000 * ms + 2000 * ms) << "never longer than the cap";
    Time now = 5000 * ms;
    while (now < 19'900 * ms)
        detector.heard(now += 50 * ms);
    EXPECT_EQ(detector.deadline(), now + 2000 * ms) << "remembered for one window more";
    while (now < 20'100 * ms)
        detector.heard(now += 50 * ms);
    EXPECT_EQ(detector.deadline(), now + 150 * ms);
}

TEST(FailureDetector, what_was_waited_for_before_it_begins_again_was_no_silence)
{
    FailureDetector detector{{}, 0};
    detector.restart(1000 * ms);
    EXPECT_EQ(detector.deadline(), 1150 * ms);
    detector.heard(1010 * ms);
    EXPECT_EQ(detector.deadline(), 1160 * ms);
}

RC_GTEST_PROP(FailureDetectorProperty, never_suspects_before_the_floor_nor_waits_beyond_the_cap, ())
{
    const DetectorOptions options;
    Time now = *rc::gen::inRange<Time>(0, 1'000'000);
    FailureDetector detector{options, now};
    for (auto count = *rc::gen::inRange(0, 100); count != 0; --count)
    {
        now += *rc::gen::inRange<Time>(0, 3'000'000);
        *rc::gen::arbitrary<bool>() ? detector.heard(now) : detector.restart(now);
        RC_ASSERT(detector.deadline() >= now + options.floor);
        RC_ASSERT(detector.deadline() <= now + options.cap);
    }
}
}  // namespace
}  // namespace jiffy::consensus
