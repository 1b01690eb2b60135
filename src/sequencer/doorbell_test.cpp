// SPDX-License-Identifier: Apache-2.0
#include "sequencer/doorbell.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace jiffy::sequencer
{
namespace
{
TEST(Doorbell, remembers_one_ring_and_says_when_the_time_came_first)
{
    Doorbell doorbell;
    doorbell.ring();
    doorbell.ring();
    doorbell.wait();
    const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds{2};
    EXPECT_FALSE(doorbell.wait_until(soon));
    EXPECT_GE(std::chrono::steady_clock::now(), soon);
    EXPECT_FALSE(doorbell.wait_until(soon)) << "a time in the past";
    doorbell.ring();
    EXPECT_TRUE(doorbell.wait_until(soon));
}

TEST(Doorbell, loses_no_ring_between_two_threads)
{
    Doorbell there;
    Doorbell back;
    constexpr int rounds = 20'000;
    int value = 0;
    std::thread other{[&]
        {
            for (int i = 0; i < rounds; ++i)
            {
                there.wait();
                ++value;
                back.ring();
            }
        }};
    for (int i = 0; i < rounds; ++i)
    {
        there.ring();
        // Both ways of waiting, and a time that never comes first.
        if (i % 2 == 0)
            back.wait();
        else
            EXPECT_TRUE(back.wait_until(std::chrono::steady_clock::now() + std::chrono::hours{1}));
        EXPECT_EQ(value, i + 1);
    }
    other.join();
}
}  // namespace
}  // namespace jiffy::sequencer
