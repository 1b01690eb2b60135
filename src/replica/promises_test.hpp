// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/traffic_test.hpp"
#include "sequencer/importer_test.hpp"
#include "types/equivocation.hpp"

#include <gtest/gtest.h>
#include <set>

namespace jiffy::replica
{
/// For tests that crash.
inline std::size_t wanted_crashes()
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

/// Notes what a chain releases.
class PromiseCollector
{
public:
    /// What the chain has by now was promised before.
    void begin_behind(const sequencer::History& history)
    {
        const auto newest = history.open_block();
        next_block_ = newest->number();
        next_transaction_ = newest->released_count();
        next_mini_block_ = newest->mini_blocks.size();
    }

    /// Adds what was released since the last call.
    void collect(const sequencer::History& history, Promises& promises)
    {
        while (const auto block = history.find(next_block_))
        {
            for (; next_transaction_ < block->released_count(); ++next_transaction_)
                promises.transactions.push_back({block->transactions[next_transaction_],
                    *sequencer::preconfirmation_of({block, next_transaction_})});
            for (; next_mini_block_ < block->mini_blocks.size(); ++next_mini_block_)
            {
                const auto& record = block->mini_blocks[next_mini_block_];
                promises.mini_blocks.push_back({record.terms, record.header, record.signature});
            }
            if (!history.find(next_block_ + 1))
                return;
            ++next_block_;
            next_transaction_ = 0;
            next_mini_block_ = 0;
        }
    }

private:
    std::uint64_t next_block_ = 0;
    std::uint32_t next_transaction_ = 0;
    std::size_t next_mini_block_ = 0;
};

/// That what was promised is in the chain as it was promised.
inline void require_kept(const sequencer::History& history,
    std::span<const Promise> transactions,
    std::span<const types::SignedMiniBlock> mini_blocks)
{
    for (const auto& [record, statement] : transactions)
    {
        const auto place = history.find_transaction(record.hash);
        ASSERT_TRUE(place.has_value()) << "promised in epoch " << statement.statement.terms.epoch << " at level "
                                       << static_cast<int>(statement.statement.terms.durability);
        EXPECT_EQ(sequencer::preconfirmation_of(*place), statement);
        EXPECT_EQ(place->record().receipt, record.receipt);
        EXPECT_EQ(place->record().transaction, record.transaction);
        EXPECT_EQ(place->record().sender, record.sender);
    }
    for (const auto& promised : mini_blocks)
    {
        const auto place = history.find_mini_block(promised.mini_block.number);
        ASSERT_TRUE(place.has_value());
        EXPECT_EQ(place->record().header, promised.mini_block);
        EXPECT_EQ(place->record().terms, promised.terms);
    }
}

/// That nothing that was ever said contradicts what the chain says now.
inline void require_no_evidence(const sequencer::History& history, const Promises& promises)
{
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
inline void require_valid(TrafficChain& chain)
{
    chain.sealer->process_pending();
    sequencer::Importer importer{chain.genesis};
    std::set<Hash> seen;
    const auto& history = chain.history;
    for (std::uint64_t number = 1; number <= history.sealed_number(); ++number)
    {
        const auto block = history.find(number);
        EXPECT_TRUE(importer.import(chain, *block)) << "block " << number;
        if (chain.specification.optimism)
        {
            ASSERT_NE(block->transactions.size(), 0U);
            EXPECT_EQ(block->transactions[0].transaction.type, types::TransactionType::deposit);
        }
        for (std::size_t i = 0; i < block->transactions.size(); ++i)
            EXPECT_TRUE(seen.insert(block->transactions[i].hash).second);
    }
}
}  // namespace jiffy::replica
