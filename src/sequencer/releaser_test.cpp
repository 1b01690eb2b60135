// SPDX-License-Identifier: Apache-2.0
#include "chain/header_validity.hpp"
#include "rlp/rlp.hpp"
#include "sequencer/test_chain.hpp"
#include "trie/root.hpp"
#include "types/equivocation.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
TEST(Releaser, signs_what_it_releases_and_the_statement_matches_the_sealed_block)
{
    TestChain chain;
    chain.start_sequencer();
    std::uint64_t nonce = 0;
    for (const std::size_t count : {1U, 3U, 300U, 2U})
    {
        // Several at once make one fragment, but for the bound.
        std::vector<Submission> submissions;
        for (std::size_t i = 0; i < count; ++i)
        {
            auto result = std::make_shared<std::optional<SubmissionResult>>();
            auto submission = chain.make(0, TestChain::transfer(nonce++), false, result);
            ASSERT_TRUE(chain.sequencer->submit(submission));
        }
        chain.step();
        chain.pass(3);
    }
    chain.pass(1000);
    chain.sealer->process_pending();

    const auto block = chain.history.find(1);
    ASSERT_NE(block->sealed(), nullptr);
    std::vector<std::uint32_t> sizes;
    for (std::size_t i = 0; i < block->fragments.size(); ++i)
        sizes.push_back(block->fragments[i]->transaction_count);
    EXPECT_EQ(sizes, (std::vector<std::uint32_t>{1, 3, 256, 44, 2}));

    auto prefix = types::environment_commitment(block->sealed()->header, chain.history.find(0)->hash());
    EXPECT_EQ(prefix, block->release_start()->environment);
    for (std::uint32_t i = 0; i < block->transactions.size(); ++i)
    {
        const auto preconfirmation = preconfirmation_of({block, i});
        ASSERT_TRUE(preconfirmation);
        EXPECT_EQ(types::signer_of(*preconfirmation), chain.releaser->signer());
        const auto& statement = preconfirmation->statement;
        const auto& record = block->transactions[i];
        prefix = types::extend_prefix(prefix, record.hash, types::receipt_commitment(record.receipt));
        EXPECT_EQ(statement.prefix, prefix);
        EXPECT_EQ(statement.index, i);
        const auto mini = chain.history.find_mini_block(statement.mini_block);
        ASSERT_TRUE(mini);
        EXPECT_LE(mini->record().first_transaction, i);
        EXPECT_GT(mini->record().first_transaction + mini->record().transaction_count, i);
        EXPECT_LE(statement.time, mini->record().header.time);
    }
    EXPECT_EQ(chain.history.find(2)->release_start()->environment,
        types::environment_commitment(chain.history.find(2)->opening, prefix));
}

TEST(Releaser, chains_and_signs_mini_blocks_with_the_roots_of_their_transactions)
{
    TestChain chain;
    chain.start_sequencer();
    for (std::uint64_t nonce = 0; nonce < 30; ++nonce)
    {
        chain.send(0, TestChain::transfer(nonce));
        chain.pass(nonce % 13);
    }
    chain.pass(2500);
    chain.sealer->process_pending();
    Hash parent;
    for (std::uint64_t number = 0; number < 250; ++number)
    {
        const auto place = chain.history.find_mini_block(number);
        ASSERT_TRUE(place) << number;
        const auto& record = place->record();
        EXPECT_EQ(record.header.number, number);
        EXPECT_EQ(record.header.parent, parent);
        parent = record.hash;
        EXPECT_EQ(chain.history.find_mini_block(record.hash)->record().header, record.header);
        const auto& terms = record.terms;
        EXPECT_EQ(types::mini_block_hash(terms, record.header), record.hash);
        EXPECT_EQ(
            types::signer_of(types::SignedMiniBlock{terms, record.header, record.signature}), chain.releaser->signer());
        std::vector<Bytes> transactions;
        std::vector<Bytes> receipts;
        std::uint64_t gas = 0;
        for (std::uint32_t i = 0; i < record.transaction_count; ++i)
        {
            const auto& transaction = place->block->transactions[record.first_transaction + i];
            transactions.push_back(types::encode(transaction.transaction));
            receipts.push_back(types::encode(transaction.receipt));
            gas += transaction.gas_used;
        }
        EXPECT_EQ(record.header.transactions_root, trie::ordered_root(transactions));
        EXPECT_EQ(record.header.receipts_root, trie::ordered_root(receipts));
        EXPECT_EQ(record.header.gas_used, gas);
    }
    EXPECT_FALSE(chain.history.find_mini_block(std::uint64_t{1000}));
    EXPECT_FALSE(chain.history.find_mini_block(Hash{}));
}

TEST(Releaser, seals_mini_blocks_on_time_while_the_sequencing_thread_is_busy)
{
    TestChain chain;
    chain.start_sequencer();
    chain.send(0, TestChain::transfer(0));
    // Time passes, but the sequencing thread does not come round, as when a transaction computes for long.
    for (int i = 0; i < 50; ++i)
    {
        chain.clock.advance(1000);
        chain.releaser->process_pending();
    }
    const auto block = chain.history.open_block();
    ASSERT_EQ(block->mini_blocks.size(), 5U);
    EXPECT_EQ(block->mini_blocks[0].transaction_count, 1U);
    EXPECT_EQ(block->mini_blocks[4].header.time, TestChain::genesis_time * 1'000'000 + 50'000);

    // Beyond the block's end there is no mini-block without transactions but the last one, which ends with the block.
    chain.clock.advance(1'500'000);
    chain.releaser->process_pending();
    EXPECT_EQ(block->mini_blocks.size(), 5U);
    chain.step();
    chain.sealer->process_pending();
    EXPECT_EQ(chain.history.sealed_number(), 1U);
    ASSERT_EQ(block->mini_blocks.size(), 6U);
    EXPECT_EQ(block->mini_blocks[5].header.time, block->opening.timestamp * 1'000'000);
}

TEST(Releaser, seals_what_was_committed_before_a_transaction_that_runs_beyond_the_end_of_its_block)
{
    TestChain chain;
    // Promises, so that a contradiction would be evidence.
    chain.release_options.terms.domain = types::StatementDomain::production;
    chain.release_options.terms.durability = types::Durability::standby;
    chain.make_releaser();
    Ledger ledger{chain.specification, chain.world, chain.history, *chain.releaser, 0, [](std::uint64_t) {}};
    ledger.open_block(chain::make_child_header(chain.specification, chain.genesis.header, Hash{},
        TestChain::genesis_time + 1, chain.specification.jiffy->block_gas_limit));
    const auto& block = ledger.open();
    const auto execute = [&](std::uint64_t nonce)
    {
        auto submission = chain.make(0, TestChain::transfer(nonce), false, nullptr);
        OrderedTransaction ordered{std::move(submission.transaction), submission.hash, submission.sender};
        ASSERT_TRUE(ledger.execute(ordered, nullptr));
    };
    const auto pass = [&](int milliseconds)
    {
        for (int i = 0; i < milliseconds; ++i)
        {
            chain.clock.advance(1000);
            chain.releaser->process_pending();
        }
    };
    const auto block_end = (TestChain::genesis_time + 1) * 1'000'000;

    pass(995);
    ASSERT_EQ(block.mini_blocks.size(), 99U);
    execute(0);
    // A transaction runs from here on.
    pass(14);
    EXPECT_EQ(block.mini_blocks.size(), 99U) << "the end of the block may still come";
    pass(500);
    ASSERT_EQ(block.mini_blocks.size(), 100U) << "none without transactions: they would have no time of their own";
    EXPECT_EQ(block.mini_blocks[99].header.time, block_end - 1);
    EXPECT_EQ(block.mini_blocks[99].transaction_count, 1U);
    EXPECT_LE(preconfirmation_of({chain.history.open_block(), 0})->statement.time, block_end - 1);

    execute(1);
    pass(50);
    EXPECT_EQ(block.mini_blocks.size(), 100U) << "the last one ends with the block";
    ledger.end_block();
    chain.releaser->process_pending();
    ASSERT_EQ(block.mini_blocks.size(), 101U);
    EXPECT_EQ(block.mini_blocks[100].header.time, block_end);
    EXPECT_EQ(block.mini_blocks[100].transaction_count, 1U);
    for (std::size_t i = 0; i < 100; ++i)
    {
        const auto signed_mini_block = [&](std::size_t index)
        {
            const auto& record = block.mini_blocks[index];
            return types::SignedMiniBlock{record.terms, record.header, record.signature};
        };
        EXPECT_EQ(types::find_contradiction(signed_mini_block(i), signed_mini_block(i + 1)).error(),
            types::NoEvidence::consistent);
    }
}
}  // namespace
}  // namespace jiffy::sequencer
