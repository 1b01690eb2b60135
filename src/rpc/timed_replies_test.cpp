// SPDX-License-Identifier: Apache-2.0
#include "rpc/timed_replies.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace jiffy::rpc
{
namespace
{
using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST(TimedReplies, those_that_are_given_are_forgotten)
{
    TimedReplies replies;
    std::size_t expired = 0;
    std::vector<std::shared_ptr<TimedReply>> open;
    const auto end = steady_clock::now() + 60s;
    for (int i = 0; i < 100'000; ++i)
    {
        const auto reply = std::make_shared<TimedReply>(Reply{"1", [](const Answer&) {}}, end,
            [&expired]
            {
                ++expired;
                return Error{};
            });
        replies.add(reply);
        // So that it is looked at before it is given.
        if (i % 100 == 0)
            replies.expire(end - 1s);
        if (i % 1'000 == 0)
            open.push_back(reply);
        else
            reply->take()->error({});
        ASSERT_LE(replies.size(), 2'000U);
    }
    replies.expire(end - 1s);
    EXPECT_EQ(expired, 0U);
    replies.expire(end);
    EXPECT_EQ(expired, open.size());
    EXPECT_EQ(replies.size(), 0U);
    for (const auto& reply : open)
        EXPECT_FALSE(reply->take());
}

TEST(TimedReplies, one_that_is_taken_and_dropped_says_so_at_once)
{
    TimedReplies replies;
    std::string answered;
    const auto now = steady_clock::now();
    const auto reply =
        std::make_shared<TimedReply>(Reply{"1", [&answered](Answer answer) { answered = std::move(answer).text(); }},
            now + 60s, [] { return Error{}; });
    replies.add(reply);
    replies.expire(now);
    {
        const auto taken = reply->take();
        EXPECT_EQ(answered, "");
    }
    EXPECT_NE(answered.find("the request was dropped"), std::string::npos) << answered;
}

TEST(TimedReplies, each_is_given_once)
{
    constexpr std::size_t count = 20'000;
    constexpr std::size_t takers = 3;
    const auto begin = steady_clock::now();
    std::vector<std::atomic<int>> taken(count);
    std::vector<std::atomic<int>> expired(count);
    std::vector<std::atomic<int>> answers(count);
    std::vector<std::shared_ptr<TimedReply>> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(std::make_shared<TimedReply>(Reply{"1", [&answer = answers[i]](const Answer&) { ++answer; }},
            begin + std::chrono::milliseconds{i % 100},
            [&expiry = expired[i]]
            {
                ++expiry;
                return Error{};
            }));
    TimedReplies replies;
    std::atomic<std::size_t> running = takers;
    {
        std::vector<std::jthread> threads;
        for (std::size_t own = 0; own < takers; ++own)
            threads.emplace_back(
                [&, own]
                {
                    for (std::size_t i = 0; i < count; ++i)
                    {
                        if (i % takers == own)
                            replies.add(all[i]);
                        if (i % 2 != 0)
                            continue;
                        if (auto reply = all[i]->take())
                        {
                            ++taken[i];
                            reply->error({});
                        }
                    }
                    --running;
                });
        for (std::size_t round = 0; running != 0; ++round)
            replies.expire(begin + std::chrono::milliseconds{round % 100});
    }
    replies.expire(begin + 100ms);
    EXPECT_EQ(replies.size(), 0U);
    for (std::size_t i = 0; i < count; ++i)
    {
        ASSERT_EQ(answers[i], 1) << i;
        ASSERT_EQ(taken[i] + expired[i], 1) << i;
        if (i % 2 != 0)
            ASSERT_EQ(expired[i], 1) << i;
    }
}

}  // namespace
}  // namespace jiffy::rpc
