// SPDX-License-Identifier: Apache-2.0
#include "sequencer/tickets.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace jiffy::sequencer
{
namespace
{
constexpr std::uint64_t longest_wait = 1000;

struct Order
{
    Tickets tickets;
    ReorderBuffer<std::uint64_t> buffer{tickets, longest_wait};
    std::vector<std::uint64_t> served;

    void put(std::uint64_t number, std::uint64_t now = 0)
    {
        buffer.put(number, number, now, [this](std::uint64_t value) { served.push_back(value); });
    }
    void advance(std::uint64_t now)
    {
        buffer.advance(now, [this](std::uint64_t value) { served.push_back(value); });
    }
};

TEST(ReorderBuffer, waits_for_what_is_missing_until_it_comes_or_is_given_up_or_for_too_long)
{
    Order order;
    std::vector<Tickets::Ticket> tickets;
    for (int i = 0; i < 6; ++i)
        tickets.push_back(order.tickets.take());
    for (auto& ticket : tickets)
        if (ticket.number() != 3)
            ticket.use();
    order.put(1);
    order.put(2);
    EXPECT_TRUE(order.served.empty());
    order.put(0);
    EXPECT_EQ(order.served, (std::vector<std::uint64_t>{0, 1, 2}));
    order.put(4, 5);
    EXPECT_TRUE(order.buffer.is_waiting());
    {
        const auto gone = std::move(tickets[3]);
    }
    order.advance(6);
    EXPECT_EQ(order.served.back(), 4U);
    order.put(6, 10);
    order.advance(10 + longest_wait);
    EXPECT_EQ(order.served.back(), 4U);
    order.advance(11 + longest_wait);
    EXPECT_EQ(order.served.back(), 6U) << "5 did not come in time";
    order.put(5, 2000);
    EXPECT_EQ(order.served.back(), 5U) << "what is late has its turn at once";
}

TEST(ReorderBuffer, does_not_wait_for_one_while_thousands_come)
{
    Order order;
    for (std::uint64_t number = 1; number < 20'000; ++number)
        order.put(number);
    EXPECT_GT(order.served.size(), 15'000U);
    EXPECT_TRUE(std::ranges::is_sorted(order.served));
}

TEST(ReorderBuffer, waits_no_longer_when_the_clock_steps_backwards)
{
    Order order;
    order.put(1, 1'000'000);
    order.advance(400'000);
    EXPECT_TRUE(order.served.empty()) << "a step backwards is no long wait";
    order.advance(400'000 + longest_wait);
    EXPECT_TRUE(order.served.empty());
    order.advance(400'001 + longest_wait);
    EXPECT_EQ(order.served, (std::vector<std::uint64_t>{1}));
}

TEST(ReorderBuffer, gives_everything_away_in_the_end)
{
    Order order;
    for (const std::uint64_t number : {9U, 2U, 5U})
        order.put(number);
    order.buffer.flush([&order](std::uint64_t value) { order.served.push_back(value); });
    EXPECT_EQ(order.served, (std::vector<std::uint64_t>{2, 5, 9}));
    EXPECT_FALSE(order.buffer.is_waiting());
}

RC_GTEST_PROP(ReorderBufferProperty, serves_everything_once_and_in_order_if_nothing_is_late, ())
{
    Order order;
    const auto count = *rc::gen::inRange<std::uint64_t>(1, 200);
    std::vector<std::uint64_t> used;
    std::vector<std::uint64_t> shuffled;
    for (std::uint64_t i = 0; i < count; ++i)
    {
        auto ticket = order.tickets.take();
        if (*rc::gen::inRange(0, 4) == 0)
            continue;
        ticket.use();
        used.push_back(i);
        shuffled.insert(
            shuffled.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(shuffled.size()) + 1),
            i);
    }
    for (const auto number : shuffled)
        order.put(number);
    RC_ASSERT(order.served == used);
    RC_ASSERT(!order.buffer.is_waiting());
}
}  // namespace
}  // namespace jiffy::sequencer
