// SPDX-License-Identifier: Apache-2.0
#include "sequencer/test_chain.hpp"

#include <gtest/gtest.h>

namespace jiffy::sequencer
{
namespace
{
bool is_executed(const std::optional<SubmissionResult>& result)
{
    return result && std::holds_alternative<TransactionPlace>(*result);
}

TEST(UnevenTime, seals_the_blocks_that_are_missing_after_a_pause)
{
    TestChain chain;
    chain.start_sequencer();
    chain.clock.advance(5'000'000);
    chain.step();
    EXPECT_EQ(chain.history.open_block()->number(), 6U);
    EXPECT_EQ(chain.sequencer->lag(), 0U);
}

TEST(UnevenTime, catches_up_with_an_hour_of_suspension_in_bursts_and_serves_requests_in_between)
{
    TestChain chain{{}, 10'000'000'000, chain::ethereum_specification(TestChain::chain_id), 64};
    chain.start_sequencer();
    ASSERT_TRUE(is_executed(chain.send(0, TestChain::transfer(0))));
    chain.pass(500);
    constexpr std::uint64_t hour = 3600;
    chain.clock.advance(hour * 1'000'000);
    EXPECT_EQ(chain.sequencer->lag(), (hour - 1) * 1'000'000 + 500'000);
    std::uint64_t nonce = 1;
    std::uint64_t last_time = 0;
    for (std::uint64_t number = 1; number <= hour;)
    {
        const auto result = chain.send(0, TestChain::transfer(nonce++));
        chain.sealer->process_pending();
        ASSERT_TRUE(is_executed(result));
        const auto& place = std::get<TransactionPlace>(*result);
        const auto burst = std::min<std::uint64_t>(60, hour + 1 - number);
        ASSERT_EQ(place.block->number(), number + burst);
        EXPECT_EQ(chain.history.sealed_number(), number + burst - 1);
        for (auto missing = number + 1; missing < number + burst; ++missing)
            EXPECT_EQ(chain.history.find(missing)->transactions.size(), 0U);
        number += burst;
        EXPECT_EQ(place.block->opening.timestamp, TestChain::genesis_time + number);
        const auto statement = preconfirmation_of(place)->statement;
        EXPECT_GT(statement.time, last_time);
        EXPECT_GT(statement.time, (TestChain::genesis_time + number - 1) * 1'000'000);
        EXPECT_LE(statement.time, (TestChain::genesis_time + number) * 1'000'000);
        EXPECT_LE(statement.time, chain.clock.now()) << "never ahead of the clock";
        last_time = statement.time;
    }
    EXPECT_EQ(chain.sequencer->lag(), 0U);
    chain.pass(1000);
    EXPECT_EQ(chain.history.open_block()->number(), hour + 2);
}

TEST(UnevenTime, what_comes_to_its_turn_after_the_end_of_a_block_is_for_the_next_one)
{
    TestChain chain;
    chain.start_sequencer();
    // Each of them seems to take 0.6 s.
    const auto send = [&](std::size_t account, std::uint64_t nonce)
    {
        auto submission = chain.make(account, TestChain::transfer(nonce), false, nullptr);
        submission.await_release = false;
        submission.complete = [&chain](const SubmissionResult& result)
        {
            if (std::holds_alternative<TransactionPlace>(result))
                chain.clock.advance(600'000);
        };
        ASSERT_TRUE(chain.sequencer->submit(submission));
    };
    const auto executed = [&](std::uint64_t number) { return chain.history.find(number)->transactions.size(); };
    send(0, 2);
    send(0, 1);
    send(0, 0);
    chain.step();
    ASSERT_EQ(chain.history.open_block()->number(), 1U);
    EXPECT_EQ(executed(1), 2U) << "the third was in the pool, and stays there for the next block";
    send(1, 0);
    send(2, 0);
    chain.step();
    ASSERT_EQ(chain.history.open_block()->number(), 3U);
    EXPECT_EQ(executed(2), 2U) << "first the one from the pool";
    EXPECT_EQ(chain.history.find(2)->transactions[0].sender, chain.accounts[0].address);
    EXPECT_EQ(executed(3), 1U);
}

TEST(UnevenTime, contradicts_nothing_it_has_signed_when_the_clock_steps_backwards)
{
    TestChain chain;
    chain.start_sequencer();
    std::uint64_t nonce = 0;
    for (const std::uint64_t step_back : {0U, 3'000U, 200'000U, 5'000'000U})
    {
        chain.pass(305);
        chain.clock.step_back(step_back);
        for (int i = 0; i < 3; ++i)
        {
            EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(nonce++)))) << "nobody waits for the clock";
            chain.pass(1);
        }
    }
    chain.pass(6'000);
    chain.sealer->process_pending();
    EXPECT_EQ(chain.history.sealed_number(), 2U);

    std::uint64_t last_statement = 0;
    std::uint64_t last_mini_block = 0;
    for (std::uint64_t number = 1; number <= chain.history.sealed_number(); ++number)
    {
        const auto block = chain.history.find(number);
        EXPECT_EQ(block->opening.timestamp, TestChain::genesis_time + number);
        for (std::uint32_t i = 0; i < block->transactions.size(); ++i)
        {
            const auto statement = preconfirmation_of({block, i})->statement;
            EXPECT_GE(statement.time, last_statement);
            last_statement = statement.time;
            EXPECT_LE(statement.time, chain.history.find_mini_block(statement.mini_block)->record().header.time);
        }
        for (std::size_t i = 0; i < block->mini_blocks.size(); ++i)
        {
            EXPECT_GT(block->mini_blocks[i].header.time, last_mini_block);
            last_mini_block = block->mini_blocks[i].header.time;
            // What comes after a mini-block is not earlier.
            const auto& mini_block = block->mini_blocks[i];
            const auto next = mini_block.first_transaction + mini_block.transaction_count;
            if (next < block->transactions.size())
                EXPECT_GE((preconfirmation_of({block, next})->statement.time), mini_block.header.time);
        }
    }
}

TEST(UnevenTime, an_empty_hour_leaves_no_more_than_the_history_keeps)
{
    TestChain chain{{}, 10'000'000'000, chain::ethereum_specification(TestChain::chain_id), 64};
    chain.release_options.mini_block_interval = 250'000;
    chain.make_releaser();
    chain.start_sequencer();
    for (int i = 0; i < 4 * 3600; ++i)
    {
        chain.clock.advance(250'000);
        chain.step();
        chain.sealer->process_pending();
    }
    EXPECT_EQ(chain.history.sealed_number(), 3600U);
    EXPECT_EQ(chain.history.sealed_head()->opening.timestamp, TestChain::genesis_time + 3600);
    EXPECT_EQ(chain.releaser->metrics().mini_blocks, 4U * 3600);
    EXPECT_EQ(chain.history.oldest_number(), 3601U - 63);
    EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(0))));
}

/// Hashes 16 kB again and again until its gas is used up.
///   JUMPDEST PUSH2 0x4000 PUSH0 KECCAK256 POP PUSH0 JUMP
constexpr Byte endless_hashing[] = {0x5b, 0x61, 0x40, 0x00, 0x5f, 0x20, 0x50, 0x5f, 0x56};

TEST(UnevenTime, reads_and_mini_blocks_go_on_while_a_transaction_computes_for_long)
{
    TestChain chain{{}, 10'000'000'000, chain::optimism_specification(TestChain::chain_id)};
    chain.start_sequencer();
    const auto contract =
        *std::get<TransactionPlace>(*chain.send(0, TestChain::creation(0, endless_hashing))).record().created;
    chain.pass(1);
    chain.sealer->start();
    chain.releaser->start();
    chain.sequencer->start();

    std::atomic<bool> is_begun = false;
    std::atomic<bool> is_done = false;
    // Answered right before the transaction runs, by the thread that runs it.
    NonceQuery query{contract, [&is_begun](std::uint64_t) { is_begun = true; }};
    auto call = TestChain::transfer(1);
    call.to = contract;
    call.value = {};
    call.gas_limit = chain::optimism_transaction_gas_cap;
    auto submission = chain.make(0, call, false, nullptr);
    submission.complete = [&is_done](const SubmissionResult& result)
    { is_done = std::holds_alternative<TransactionPlace>(result); };
    ASSERT_TRUE(chain.sequencer->query(query));
    ASSERT_TRUE(chain.sequencer->submit(submission));
    while (!is_begun)
        std::this_thread::yield();

    const auto& mini_blocks = chain.releaser->metrics().mini_blocks;
    int rounds = 0;
    for (; rounds < 3 && !is_done; ++rounds)
    {
        const auto sealed = mini_blocks.load();
        chain.clock.advance(10'000);
        while (mini_blocks == sealed && !is_done)
            std::this_thread::yield();
        const auto snapshot = chain.world.pin();
        types::Account account;
        ASSERT_EQ(snapshot.account(chain.accounts[0].address, account), state::Presence::present);
        if (!is_done)
            EXPECT_EQ(account.nonce, 1U) << "nothing of it is to be seen";
    }
    EXPECT_GE(rounds, 1);
    while (!is_done)
        std::this_thread::yield();
    chain.sequencer->stop();
    chain.releaser->stop();
    chain.sealer->stop();
    const auto block = chain.history.find(1);
    ASSERT_EQ(block->transactions.size(), 3U);
    EXPECT_EQ(block->transactions[2].gas_used, chain::optimism_transaction_gas_cap);
    EXPECT_FALSE(block->transactions[2].receipt.success) << "it ran until its gas was used up";
    EXPECT_EQ(chain.history.find_mini_block(std::uint64_t{3})->record().transaction_count, 1U);
}
}  // namespace
}  // namespace jiffy::sequencer
