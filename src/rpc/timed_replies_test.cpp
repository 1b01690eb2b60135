// SPDX-License-Identifier: Apache-2.0
#include "rpc/timed_replies.hpp"

#include <gtest/gtest.h>

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
        EXPECT_EQ(reply->take(), nullptr);
}

}  // namespace
}  // namespace jiffy::rpc
