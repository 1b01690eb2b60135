// SPDX-License-Identifier: Apache-2.0
#include "replica/traffic_test.hpp"
#include "sequencer/importer_test.hpp"
#include "store/log_reader.hpp"
#include "store/order_log.hpp"
#include "store/simulated_disk.hpp"
#include "types/equivocation.hpp"

#include <gtest/gtest.h>
#include <random>
#include <set>

namespace jiffy::replica
{
namespace
{
using store::SimulatedDisk;

constexpr std::size_t crashes_in_a_row = 4;

std::size_t wanted_crashes()
{
    const char* text = std::getenv("JIFFY_CRASHES");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 400;
}

/// What somebody outside holds in hand.
struct Promise
{
    sequencer::TransactionRecord record;
    types::SignedPreconfirmation statement;
};

struct Promises
{
    std::vector<Promise> transactions;
    std::vector<types::SignedMiniBlock> mini_blocks;
};

/// A sequencer that keeps its log on a disk, from its start to its end. One thread.
class Life
{
public:
    Life(SimulatedDisk& disk, bool is_optimism, bool waits_for_disk)
      : chain{is_optimism}
    {
        // So that contradictions are evidence, whatever the level: there must be none in either.
        chain.release_options.terms.durability = types::Durability::disk;
        chain.release_options.mini_block_interval = 50'000;
        store::LogOptions log_options;
        log_options.file_size = 48 << 10;
        log_options.secret = Hash{{0x5e}};
        auto opened = store::WriteAheadLog::open(
            disk, "chain", {TestChain::chain_id, chain.history.find(0)->hash()}, log_options);
        if (!opened)
        {
            fault = opened.error().text;
            return;
        }
        log = std::move(*opened);
        auto follower = chain.follower();
        if (!follow(follower))
            return;
        order_log.emplace(*log,
            store::OrderLogOptions{.chain_id = TestChain::chain_id, .waits_for_disk = waits_for_disk},
            [this](const store::Error& error) { fault = error.text; });
        chain.sealer->process_pending();
        const auto newest = chain.history.open_block();
        next_block_ = newest->number();
        next_transaction_ = newest->released_count();
        next_mini_block_ = newest->mini_blocks.size();
        chain.resume(std::move(follower),
            sequencer::frame_by_frame([this](const types::LogFrame& frame) { order_log->append(frame); },
                [this] { return order_log->make_durable(); }));
    }

    [[nodiscard]] bool is_alive() const { return chain.releaser && fault.empty() && !chain.releaser->has_failed(); }

    /// Adds what was released since the last call.
    void collect(Promises& promises)
    {
        while (const auto block = chain.history.find(next_block_))
        {
            for (; next_transaction_ < block->released_count(); ++next_transaction_)
                promises.transactions.push_back({block->transactions[next_transaction_],
                    *sequencer::preconfirmation_of({block, next_transaction_})});
            for (; next_mini_block_ < block->mini_blocks.size(); ++next_mini_block_)
            {
                const auto& record = block->mini_blocks[next_mini_block_];
                promises.mini_blocks.push_back({record.terms, record.header, record.signature});
            }
            if (!chain.history.find(next_block_ + 1))
                return;
            ++next_block_;
            next_transaction_ = 0;
            next_mini_block_ = 0;
        }
    }

    std::unique_ptr<store::WriteAheadLog> log;
    std::optional<store::OrderLog> order_log;
    TrafficChain chain;
    /// Why it cannot go on.
    std::string fault;

private:
    bool follow(Follower& follower)
    {
        auto reader = log->reader_from(log->first_sequence());
        for (;;)
        {
            const auto record = reader->next();
            if (!record)
            {
                fault = record.error().text;
                return false;
            }
            if (!*record)
                return true;
            auto frame = types::decode_log_frame((*record)->payload, {TestChain::chain_id, chain.world.id_counts()});
            if (!frame || !follower.apply(std::move(*frame)))
            {
                ADD_FAILURE() << "record " << (*record)->sequence << " cannot be followed";
                fault = "a record that cannot be followed";
                return false;
            }
        }
    }

    /// What was collected already.
    std::uint64_t next_block_ = 0;
    std::uint32_t next_transaction_ = 0;
    std::size_t next_mini_block_ = 0;
};

/// That what was promised is in the chain as it was promised.
void require_kept(const Life& life, const Promises& promises)
{
    for (const auto& [record, statement] : promises.transactions)
    {
        const auto place = life.chain.history.find_transaction(record.hash);
        ASSERT_TRUE(place.has_value());
        EXPECT_EQ(sequencer::preconfirmation_of(*place), statement);
        EXPECT_EQ(place->record().receipt, record.receipt);
        EXPECT_EQ(place->record().transaction, record.transaction);
        EXPECT_EQ(place->record().sender, record.sender);
    }
    for (const auto& promised : promises.mini_blocks)
    {
        const auto place = life.chain.history.find_mini_block(promised.mini_block.number);
        ASSERT_TRUE(place.has_value());
        EXPECT_EQ(place->record().header, promised.mini_block);
        EXPECT_EQ(place->record().terms, promised.terms);
    }
}

/// That nothing that was ever said contradicts what the chain says now.
void require_no_evidence(const Life& life, const Promises& promises)
{
    const auto& history = life.chain.history;
    for (const auto& promise : promises.transactions)
    {
        const auto& said = promise.statement.statement;
        const auto block = history.find(said.block_number);
        if (!block || said.index >= block->released_count())
            continue;
        const auto now = sequencer::preconfirmation_of({block, static_cast<std::uint32_t>(said.index)});
        EXPECT_FALSE(types::find_contradiction(promise.statement, *now).has_value());
    }
    for (const auto& promised : promises.mini_blocks)
    {
        const auto place = history.find_mini_block(promised.mini_block.number);
        if (!place)
            continue;
        const auto& record = place->record();
        const types::SignedMiniBlock now{record.terms, record.header, record.signature};
        EXPECT_FALSE(types::find_contradiction(promised, now).has_value());
    }
}

/// That the chain is what its transactions give one after the other, each of them once.
void require_valid(Life& life)
{
    life.chain.sealer->process_pending();
    sequencer::Importer importer{life.chain.genesis};
    std::set<Hash> seen;
    const auto& history = life.chain.history;
    for (std::uint64_t number = 1; number <= history.sealed_number(); ++number)
    {
        const auto block = history.find(number);
        EXPECT_TRUE(importer.import(life.chain, *block)) << "block " << number;
        if (life.chain.specification.optimism)
        {
            ASSERT_NE(block->transactions.size(), 0U);
            EXPECT_EQ(block->transactions[0].transaction.type, types::TransactionType::deposit);
        }
        for (std::size_t i = 0; i < block->transactions.size(); ++i)
            EXPECT_TRUE(seen.insert(block->transactions[i].hash).second);
    }
}

/// Lets a sequencer live until it loses its power, again and again, on the disk that is left.
void crash_again_and_again(std::uint64_t seed, bool waits_for_disk, std::uint64_t& crashes)
{
    std::mt19937_64 random{seed};
    const bool is_optimism = seed % 4 == 0;
    const auto pick = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
    auto disk = std::make_unique<SimulatedDisk>(random());
    Promises promises;
    std::uint64_t time = TestChain::genesis_time * 1'000'000;
    for (std::size_t i = 0; i < crashes_in_a_row; ++i)
    {
        // Half of them at any operation of the disk, the others between two steps of the sequencer.
        if (pick(2) == 0)
            disk->stop_at_operation(disk->operations() + pick(60));
        Life life{*disk, is_optimism, waits_for_disk};
        if (life.is_alive())
        {
            life.chain.clock.advance(time - life.chain.clock.now());
            if (waits_for_disk)
                require_kept(life, promises);
            require_no_evidence(life, promises);
            for (std::size_t steps = pick(12); steps != 0 && life.is_alive(); --steps)
            {
                some_traffic(life.chain, 1, pick);
                life.collect(promises);
                if (pick(4) == 0 && !waits_for_disk)
                    static_cast<void>(life.log->sync());
                if (pick(4) == 0)
                    static_cast<void>(life.log->prepare());
            }
            require_no_evidence(life, promises);
            if (pick(8) == 0 && life.is_alive())
                require_valid(life);
            time = life.chain.clock.now();
        }
        disk = disk->crash(random());
        ++crashes;
    }
    Life last{*disk, is_optimism, waits_for_disk};
    ASSERT_TRUE(last.is_alive()) << last.fault;
    if (waits_for_disk)
        require_kept(last, promises);
    require_no_evidence(last, promises);
    require_valid(last);
}

void crash_as_often_as_wanted(bool waits_for_disk)
{
    std::uint64_t crashes = 0;
    for (std::uint64_t seed = 1; crashes < wanted_crashes(); ++seed)
    {
        crash_again_and_again(seed, waits_for_disk, crashes);
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
    std::printf("%llu crashes\n", static_cast<unsigned long long>(crashes));
}

TEST(Crash, no_promise_is_lost_or_contradicted_that_waited_for_the_disk)
{
    crash_as_often_as_wanted(true);
}

TEST(Crash, what_did_not_wait_for_the_disk_may_be_lost_but_is_never_contradicted)
{
    crash_as_often_as_wanted(false);
}
}  // namespace
}  // namespace jiffy::replica
