// SPDX-License-Identifier: Apache-2.0
#include "node/snapshots.hpp"

#include "node/recovery.hpp"
#include "replica/traffic_test.hpp"
#include "sequencer/block_coding.hpp"
#include "store/order_log.hpp"
#include "store/simulated_disk.hpp"
#include "world/state_trie_build.hpp"

#include <gtest/gtest.h>
#include <random>

namespace jiffy::node
{
namespace
{
using replica::TrafficChain;
using sequencer::TestChain;
using store::SimulatedDisk;

/// A chain in a data directory, from its start to its end. One thread.
struct Life
{
    explicit Life(SimulatedDisk& disk)
      : data{disk, "chain", {TestChain::chain_id, chain.history.find(0)->hash()}}
    {
        store::LogOptions log_options;
        log_options.file_size = 32 << 10;
        log_options.secret = Hash{{0x5e}};
        auto opened = store::WriteAheadLog::open(disk, data.path, data.chain, log_options);
        if (!opened)
        {
            fail(opened.error().text);
            return;
        }
        log = std::move(*opened);
        const auto found = load_newest_snapshot(data, restored, 0, crypto::scalar_kernels());
        if (!found)
        {
            fail(found.error());
            return;
        }
        damaged = found->damaged;
        const auto& checkpoint = found->checkpoint;
        const auto sequence = checkpoint ? checkpoint->log_sequence : 1;
        first_block = checkpoint ? begin_with(*checkpoint) : 0;
        replica::Follower follower{chain.specification, world(), history(), sealer(),
            sequencer::Assembler{
                crypto::scalar_kernels(), checkpoint ? checkpoint->position : history().sealed_head()->release_end()},
            checkpoint ? std::optional{checkpoint->epoch} : std::nullopt};
        std::optional<feed::FeedPosition> unknown;
        if (const auto followed = follow_log(*log, sequence, TestChain::chain_id, world(), follower, unknown);
            !followed)
        {
            fail(followed.error());
            return;
        }
        sealer().process_pending();
        order_log.emplace(*log, store::OrderLogOptions{.chain_id = TestChain::chain_id, .waits_for_disk = true},
            [this](const store::Error& error) { fail(error.text); });
        terms.epoch = follower.epoch() ? follower.epoch()->terms.epoch + 1 : 1;
        sequencer::ReleaseOptions release = chain.release_options;
        release.terms = terms;
        release.mini_block_interval = 50'000;
        auto block = follower.assembler().block();
        const bool knows_parent = follower.knows_parent();
        releaser.emplace(history(), sealer(), chain.clock,
            sequencer::ReleaseStartingPoint{std::move(follower).finish(), world().id_counts(), TestChain::genesis_time},
            release,
            sequencer::frame_by_frame([this](const types::LogFrame& frame) { order_log->append(frame); },
                [this] { return order_log->make_durable(); }),
            [] {});
        sequencer.emplace(chain.specification, world(), history(), sealer(), *releaser, chain.clock,
            sequencer::ChainStart{TestChain::genesis_time, std::move(block), knows_parent}, chain.options);
        releaser->process_pending();
        const auto place_behind = [this](std::uint64_t number)
        {
            const auto behind = order_log->place_behind(number);
            return behind ? std::optional{replica::LogPlace{behind->sequence, behind->epoch}} : std::nullopt;
        };
        snapshots.emplace(data, world(), history(), *log, place_behind, crypto::scalar_kernels(),
            SnapshotOptions{.interval = 1, .kept = 2}, snapshot_metrics);
    }

    std::uint64_t begin_with(const replica::Checkpoint& checkpoint)
    {
        auto block = *sequencer::decode_block_record(checkpoint.block);
        auto trie = world::build_state_trie(restored->pin(), crypto::scalar_kernels());
        EXPECT_EQ(trie->latest().root_hash, block->sealed()->header.state_root);
        block->close(restored->commit_number());
        block->end_release(checkpoint.position);
        late_history.emplace(256);
        late_history->begin(block, checkpoint.ancestors);
        late_sealer.emplace(
            *late_history, crypto::scalar_kernels(), std::move(trie), [](const sequencer::BlockPointer&) {});
        return block->number();
    }

    void fail(std::string reason) { fault = std::move(reason); }
    [[nodiscard]] bool is_alive() const { return fault.empty() && !releaser->has_failed(); }
    world::World& world() { return late_history ? *restored : chain.world; }
    sequencer::History& history() { return late_history ? *late_history : chain.history; }
    sequencer::Sealer& sealer() { return late_sealer ? *late_sealer : *chain.sealer; }

    void step()
    {
        sequencer->step();
        releaser->process_pending();
        sealer().process_pending();
    }

    /// Hands in a transfer and lets it be released.
    void send(std::size_t account, std::uint64_t nonce)
    {
        auto submission = chain.make(account, TestChain::transfer(nonce, 4'000'000'000), false,
            std::make_shared<std::optional<sequencer::SubmissionResult>>());
        sequencer->submit(submission);
        step();
    }

    [[nodiscard]] std::uint64_t nonce(std::size_t account)
    {
        types::Account value;
        return world().latest().account(chain.accounts[account].address, value) == state::Presence::present
                   ? value.nonce
                   : 0;
    }

    TrafficChain chain;
    DataDirectory data;
    std::string fault;
    std::uint64_t first_block = 0;
    std::vector<std::uint64_t> damaged;
    types::StatementTerms terms = chain.release_options.terms;
    std::unique_ptr<store::WriteAheadLog> log;
    std::optional<store::OrderLog> order_log;
    std::optional<world::World> restored;
    std::optional<sequencer::History> late_history;
    std::optional<sequencer::Sealer> late_sealer;
    std::optional<sequencer::Releaser> releaser;
    std::optional<sequencer::Sequencer> sequencer;
    SnapshotMetrics snapshot_metrics;
    std::optional<Snapshots> snapshots;
};

TEST(Snapshots, a_chain_goes_on_from_the_newest_one_wherever_the_power_failed)
{
    std::uint64_t from_snapshots = 0;
    std::uint64_t released_logs = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed)
    {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937_64 random{seed};
        const auto pick = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
        auto disk = std::make_unique<SimulatedDisk>(random());
        std::uint64_t time = TestChain::genesis_time * 1'000'000;
        std::array<std::uint64_t, 3> promised{};
        Hash head;
        std::uint64_t head_number = 0;
        for (int start = 0; start < 5; ++start)
        {
            if (pick(2) == 0)
                disk->stop_at_operation(disk->operations() + pick(120));
            Life life{*disk};
            if (life.is_alive())
            {
                from_snapshots += life.first_block != 0 ? 1 : 0;
                released_logs += life.log->first_sequence() != 1 ? 1 : 0;
                for (std::size_t account = 0; account < promised.size(); ++account)
                    ASSERT_GE(life.nonce(account), promised[account]);
                // What was sealed and synced before is so still.
                if (head_number != 0 && life.history().find(head_number))
                    ASSERT_EQ(life.history().find(head_number)->hash(), head);
                ASSERT_GE(life.history().sealed_number() + 1, head_number);
                life.chain.clock.advance(time - std::min(time, life.chain.clock.now()));
                for (std::size_t steps = pick(30); steps != 0 && life.is_alive(); --steps)
                {
                    const auto account = pick(promised.size());
                    life.send(account, life.nonce(account));
                    if (life.is_alive())
                        promised[account] = life.nonce(account);
                    life.chain.clock.advance(1000 * pick(500));
                    life.step();
                    if (pick(4) == 0)
                        life.snapshots->take();
                }
                if (life.is_alive())
                {
                    head_number = life.history().sealed_number();
                    head = life.history().sealed_head()->hash();
                }
                time = life.chain.clock.now();
            }
            disk = disk->crash(random());
        }
        Life last{*disk};
        ASSERT_TRUE(last.is_alive()) << last.fault;
        for (std::size_t account = 0; account < promised.size(); ++account)
            ASSERT_GE(last.nonce(account), promised[account]);
        last.chain.clock.advance(time + 3'000'000 - std::min(time, last.chain.clock.now()));
        last.step();
        // The root that was kept up from the snapshot on is that of the state from scratch.
        const auto newest = last.history().sealed_head();
        const auto state = last.world().pin_at(*newest->state_commit());
        ASSERT_TRUE(state.has_value());
        const auto trie = world::build_state_trie(*state, crypto::scalar_kernels());
        EXPECT_EQ(trie->latest().root_hash, newest->sealed()->header.state_root);
        EXPECT_GE(last.history().sealed_number(), head_number);
    }
    EXPECT_GT(from_snapshots, 40U);
    EXPECT_GT(released_logs, 10U);
}

TEST(Snapshots, a_damaged_one_is_passed_over_for_an_older_one)
{
    SimulatedDisk disk{7};
    std::uint64_t nonce = 0;
    {
        Life life{disk};
        ASSERT_TRUE(life.is_alive()) << life.fault;
        for (int i = 0; i < 3; ++i)
        {
            life.send(0, life.nonce(0));
            life.chain.clock.advance(1'100'000);
            life.step();
            ASSERT_TRUE(life.snapshots->take());
        }
        life.send(0, life.nonce(0));
        nonce = life.nonce(0);
    }
    const auto numbers = store::list_snapshots(disk, "chain");
    ASSERT_TRUE(numbers);
    ASSERT_EQ(numbers->size(), 2U);
    const auto path = "chain/snapshot-" + std::to_string(numbers->back());
    const auto size = (*disk.open(path))->size();
    for (const auto bit : {std::uint64_t{700}, *size * 8 - 9})
    {
        auto damaged = disk.restart(3);
        damaged->flip_bit(path, bit);
        Life life{*damaged};
        ASSERT_TRUE(life.is_alive()) << life.fault;
        EXPECT_EQ(life.first_block, numbers->front());
        EXPECT_EQ(life.damaged, std::vector{numbers->back()});
        EXPECT_EQ(life.nonce(0), nonce);
    }
}
}  // namespace
}  // namespace jiffy::node
