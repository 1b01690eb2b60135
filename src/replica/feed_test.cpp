// SPDX-License-Identifier: Apache-2.0
#include "feed/client.hpp"
#include "feed/proxy_test.hpp"
#include "feed/publisher.hpp"
#include "replica/traffic_test.hpp"

#include <gtest/gtest.h>
#include <random>

namespace jiffy::replica
{
namespace
{
constexpr std::size_t wanted_cuts = 200;

store::ChainIdentity identity_of(const TestChain& chain)
{
    return {TestChain::chain_id, chain.history.find(0)->hash()};
}

/// A sequencer that serves its log.
struct Leader
{
    explicit Leader(bool is_optimism)
      : chain{is_optimism}
    {
        feed::PublisherOptions options;
        // So that connections which live for a short time only get further.
        options.server.limits.batch.bytes = 300;
        publisher = feed::Publisher::listen(options).value();
        EXPECT_TRUE(publisher->begin(identity_of(chain), feed::beginning_of(identity_of(chain)), nullptr));
        publisher->start(chain.release_options.terms, chain.releaser->signer());
        chain.releaser.emplace(chain.history, *chain.sealer, chain.clock, chain.behind_genesis(), chain.release_options,
            sequencer::frame_by_frame(
                [this](const types::LogFrame& frame)
                {
                    publisher->append(types::encode(frame, TestChain::chain_id));
                    ++next;
                },
                [this]
                {
                    publisher->release();
                    released_before = next;
                    return true;
                }),
            [this] { publisher->notify(); });
        chain.start_sequencer();
    }

    std::unique_ptr<feed::Publisher> publisher;
    TrafficChain chain;
    /// Sequence numbers of the log.
    std::uint64_t next = 1;
    std::uint64_t released_before = 1;
};

/// A chain that follows by way of the feed; its client may come and go.
struct FeedReplica
{
    explicit FeedReplica(bool is_optimism)
      : chain{is_optimism}
      , follower{chain.follower()}
      , position{feed::beginning_of(identity_of(chain))}
    {
    }

    void connect(std::uint16_t port, bool takes_compressed)
    {
        feed::ClientOptions options;
        options.port = port;
        options.chain = identity_of(chain);
        options.takes_compressed = takes_compressed;
        options.shortest_wait = options.longest_wait = std::chrono::milliseconds{1};
        client.emplace(std::move(options), position,
            feed::ClientEvents{
                .on_records = [this](std::span<const BytesView> records, const feed::FeedPosition&)
                { return std::ranges::all_of(records, [this](BytesView record) { return apply(record); }); },
                .on_fault = [this](const feed::Fault& fault) { is_lost = is_lost || !is_passing(fault.kind); }});
        client->start();
    }

    void disconnect()
    {
        client->stop();
        position = client->position();
    }

    bool apply(BytesView record)
    {
        auto frame = types::decode_log_frame(record, {TestChain::chain_id, chain.world.id_counts()});
        return frame && follower.apply(std::move(*frame));
    }

    /// Waits until it has all frames below this one.
    void catch_up(std::uint64_t sequence)
    {
        while (client->metrics().taken_before < sequence && !is_lost)
            std::this_thread::yield();
        ASSERT_FALSE(is_lost);
    }

    TrafficChain chain;
    Follower follower;
    feed::ClientStart position;
    std::atomic<bool> is_lost = false;
    std::optional<feed::Client> client;
};

void require_same(const Leader& leader, FeedReplica& replica)
{
    const auto& said = leader.chain.history;
    const auto& followed = replica.chain.history;
    replica.chain.sealer->process_pending();
    ASSERT_EQ(followed.sealed_number(), said.sealed_number());
    for (std::uint64_t number = 1; number <= said.sealed_number() + 1; ++number)
    {
        const auto block = said.find(number);
        const auto copy = followed.find(number);
        ASSERT_EQ(block == nullptr, copy == nullptr);
        if (block == nullptr)
            continue;
        ASSERT_EQ(copy->sealed() == nullptr, block->sealed() == nullptr);
        if (block->sealed() != nullptr)
        {
            ASSERT_EQ(copy->sealed()->header, block->sealed()->header);
        }
        require_same_block(*block, *copy);
        ASSERT_EQ(copy->released_count(), block->released_count());
        for (std::uint32_t i = 0; i < block->released_count(); ++i)
            require_promise(block->transactions[i], *sequencer::preconfirmation_of({block, i}), {copy, i});
    }
    EXPECT_EQ(replica.chain.world.id_counts(), leader.chain.world.id_counts());
    EXPECT_EQ(replica.chain.world.pin().as_difference().value(), leader.chain.world.pin().as_difference().value());
}

void follow_through_cuts(bool is_optimism)
{
    std::mt19937_64 random{is_optimism ? 5U : 6U};
    const auto pick = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
    Leader leader{is_optimism};
    feed::Proxy proxy{leader.publisher->port(),
        [network = std::minstd_rand{7}]() mutable { return feed::Proxy::Plan{.lifetime = 1 + network() % 4000}; }};
    FeedReplica replica{is_optimism};
    replica.connect(proxy.port(), false);
    for (bool takes_compressed = true; proxy.cuts() < wanted_cuts; takes_compressed = !takes_compressed)
    {
        some_traffic(leader.chain, 10, pick);
        leader.chain.sealer->process_pending();
        if (pick(4) == 0)
        {
            replica.disconnect();
            replica.connect(proxy.port(), takes_compressed);
        }
        // Further ahead only now and then, for the history is bounded.
        if (pick(3) != 0)
            replica.catch_up(leader.released_before);
        ASSERT_LT(leader.chain.history.sealed_number(), 250U);
    }
    // The end of a block, so that all that was written is released.
    leader.chain.pass(1100);
    leader.chain.sealer->process_pending();
    leader.chain.pass(20);
    FeedReplica late{is_optimism};
    late.connect(leader.publisher->port(), true);
    ASSERT_EQ(leader.released_before, leader.next);
    replica.catch_up(leader.next);
    late.catch_up(leader.next);
    replica.disconnect();
    late.disconnect();
    EXPECT_EQ(replica.position.sequence, late.position.sequence);
    EXPECT_EQ(replica.position.hash, late.position.hash);
    require_same(leader, replica);
    require_same(leader, late);
    std::printf("%zu cuts, %llu records\n", proxy.cuts(), static_cast<unsigned long long>(late.position.sequence));
}

TEST(FeedReplica, follows_a_chain_through_cuts_and_restarts)
{
    follow_through_cuts(false);
}

TEST(FeedReplica, follows_a_chain_of_the_op_stack_through_cuts_and_restarts)
{
    follow_through_cuts(true);
}
}  // namespace
}  // namespace jiffy::replica
