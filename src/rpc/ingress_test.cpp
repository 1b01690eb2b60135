// SPDX-License-Identifier: Apache-2.0
#include "rpc/ingress.hpp"

#include "rpc/server.hpp"
#include "rpc/test_client.hpp"
#include "sequencer/test_chain.hpp"

#include <algorithm>
#include <barrier>
#include <future>
#include <gtest/gtest.h>
#include <ranges>
#include <thread>

namespace jiffy::rpc
{
namespace
{
constexpr auto far_away = sequencer::Instant::max();

struct IngressTest : testing::Test
{
    IngressTest() { chain.start_sequencer(); }

    std::expected<void, std::uint64_t> add(Ingress& ingress, Byte name, std::size_t size = 1)
    {
        return ingress.add(Bytes(size, name),
            [this](const Arrival& arrival)
            {
                order.push_back(arrival.raw.front());
                tickets.push_back(arrival.ticket.number());
            });
    }

    sequencer::TestChain chain;
    std::vector<Byte> order;
    std::vector<std::uint64_t> tickets;
};

TEST_F(IngressTest, works_in_the_order_of_arrival)
{
    Ingress ingress;
    ingress.begin(*chain.sequencer);
    for (Byte name = 0; name < 5; ++name)
        EXPECT_TRUE(add(ingress, name));
    EXPECT_EQ(ingress.waiting(), 5U);
    ingress.work(sequencer::Instant{});
    EXPECT_EQ(order, (std::vector<Byte>{0})) << "one at least";
    ingress.work(far_away);
    EXPECT_EQ(order, (std::vector<Byte>{0, 1, 2, 3, 4}));
    EXPECT_EQ(tickets, (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
    EXPECT_TRUE(ingress.empty());
}

TEST_F(IngressTest, refuses_what_is_too_much)
{
    Ingress ingress{{.longest_wait = 1'000'000, .capacity = 3}};
    ingress.begin(*chain.sequencer);
    for (Byte name = 0; name < 3; ++name)
        EXPECT_TRUE(add(ingress, name));
    EXPECT_FALSE(add(ingress, 3));
    EXPECT_EQ(ingress.refused().load(), 1U);
    ingress.work(sequencer::Instant{});
    EXPECT_TRUE(add(ingress, 4));
    ingress.work(far_away);
    EXPECT_EQ(order, (std::vector<Byte>{0, 1, 2, 4}));
    EXPECT_EQ(tickets, (std::vector<std::uint64_t>{0, 1, 2, 3})) << "what is refused takes no place in the order";
}

TEST_F(IngressTest, tells_how_long_the_wait_would_be)
{
    Ingress ingress{{.longest_wait = 0, .patience = 0}};
    ingress.begin(*chain.sequencer);
    EXPECT_FALSE(ingress.refusal());
    EXPECT_TRUE(add(ingress, 0)) << "nobody waits";
    const auto asked = ingress.refusal();
    ASSERT_TRUE(asked) << "without a transaction at hand";
    EXPECT_GT(*asked, 0U);
    EXPECT_EQ(ingress.refused(), 1U);
    const auto refused = add(ingress, 1);
    ASSERT_FALSE(refused);
    EXPECT_GT(refused.error(), 0U);
    EXPECT_LE(refused.error(), 1'000U);
}

TEST_F(IngressTest, counts_what_waits_for_the_sequencing_thread)
{
    Ingress ingress{{.longest_wait = 0, .patience = 0}};
    ingress.begin(*chain.sequencer);
    auto result = std::make_shared<std::optional<sequencer::SubmissionResult>>();
    auto submission = chain.make(0, sequencer::TestChain::transfer(0), false, result);
    ASSERT_TRUE(chain.sequencer->submit(submission));
    EXPECT_FALSE(add(ingress, 0));
    chain.step();
    EXPECT_TRUE(result->has_value());
    EXPECT_TRUE(add(ingress, 1));
}

TEST_F(IngressTest, has_a_bound_in_bytes)
{
    Ingress ingress{{}, 1'000};
    ingress.begin(*chain.sequencer);
    EXPECT_TRUE(add(ingress, 0, 900));
    EXPECT_FALSE(add(ingress, 1, 101));
    EXPECT_TRUE(add(ingress, 2, 100));
    ingress.work(far_away);
    EXPECT_TRUE(add(ingress, 3, 1'000));
}

TEST_F(IngressTest, wakes_the_sequencing_thread_once_for_many)
{
    Ingress ingress;
    ingress.begin(*chain.sequencer);
    std::vector<bool> more_follow;
    std::vector<std::promise<void>> executed(6);
    const auto hand_in = [&](std::uint64_t nonce)
    {
        EXPECT_TRUE(ingress.add(Bytes(1),
            [&, nonce](Arrival arrival)
            {
                more_follow.push_back(arrival.more_follow);
                auto submission = chain.make(0, sequencer::TestChain::transfer(nonce), false, {});
                submission.await_release = false;
                submission.complete = [&executed, nonce](const sequencer::SubmissionResult& result)
                {
                    EXPECT_TRUE(std::holds_alternative<sequencer::TransactionPlace>(result));
                    executed[nonce].set_value();
                };
                submission.ticket = std::move(arrival.ticket);
                submission.more_follow = arrival.more_follow;
                EXPECT_TRUE(chain.sequencer->submit(submission));
            }));
    };
    for (std::uint64_t nonce = 0; nonce < executed.size(); ++nonce)
        hand_in(nonce);
    chain.sequencer->start();
    // Its time is over after one, and that one must not wait for the others' turn.
    ingress.work(sequencer::Instant{});
    executed[0].get_future().wait();
    ingress.work(far_away);
    for (auto& each : executed | std::views::drop(1))
        each.get_future().wait();
    EXPECT_EQ(more_follow, (std::vector<bool>{true, true, false, false, false, false}));
    chain.sequencer->stop();
}

TEST_F(IngressTest, takes_bursts_from_many_threads)
{
    constexpr std::size_t rounds = 2'000;
    constexpr std::size_t each = 4;
    constexpr std::size_t thread_count = 3;
    Ingress ingress{{.longest_wait = 0, .patience = 3'600'000'000}};
    ingress.begin(*chain.sequencer);
    {
        std::barrier round_ends{thread_count, [&]() noexcept { ingress.work(far_away); }};
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < thread_count; ++i)
            threads.emplace_back(
                [&]
                {
                    for (std::size_t round = 0; round < rounds; ++round)
                    {
                        for (std::size_t k = 0; k < each; ++k)
                            EXPECT_TRUE(add(ingress, 0));
                        round_ends.arrive_and_wait();
                    }
                });
    }
    EXPECT_EQ(order.size(), rounds * each * thread_count);
    EXPECT_TRUE(std::ranges::is_sorted(tickets));
}

TEST_F(IngressTest, is_worked_on_by_the_server_whoever_adds)
{
    ServerOptions options;
    options.port = 0;
    options.threads = 2;
    const auto server = std::move(*Server::listen(options));
    Ingress ingress;
    ingress.begin(*chain.sequencer);
    server->start(
        [&](const std::string&, const std::shared_ptr<Channel>&, Responder respond)
        {
            for (int i = 0; i < 10; ++i)
                EXPECT_TRUE(ingress.add(Bytes(1), [](const Arrival&) {}));
            auto answer = std::make_shared<Responder>(std::move(respond));
            EXPECT_TRUE(ingress.add(Bytes(1), [answer](const Arrival&) { (*answer)(std::string{"done"}); }));
        },
        {}, &ingress);
    std::promise<void> worked;
    ASSERT_TRUE(ingress.add(Bytes(1), [&worked](const Arrival&) { worked.set_value(); })) << "from a thread of ours";
    worked.get_future().wait();
    EXPECT_EQ(TestClient{server->port()}.post("request").body, "done");
    server->stop();
}
}  // namespace
}  // namespace jiffy::rpc
