// SPDX-License-Identifier: Apache-2.0
#include "sequencer/test_chain.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
using chain::InvalidTransaction;

template <class Reason>
bool is_refused(const std::optional<SubmissionResult>& result, Reason reason)
{
    const auto* refusal = result ? std::get_if<Refusal>(&*result) : nullptr;
    return refusal != nullptr && refusal->reason == std::variant<InvalidTransaction, PoolRefusal>{reason};
}

bool is_executed(const std::optional<SubmissionResult>& result)
{
    return result && std::holds_alternative<TransactionPlace>(*result);
}

bool is_pooled(const std::optional<SubmissionResult>& result)
{
    return result && std::holds_alternative<Pooled>(*result);
}

TEST(Sequencer, executes_a_transaction_when_it_arrives)
{
    TestChain chain;
    chain.start_sequencer();
    const auto result = chain.send(0, TestChain::transfer(0));
    ASSERT_TRUE(is_executed(result));
    const auto& place = std::get<TransactionPlace>(*result);
    EXPECT_EQ(place.block->number(), 1U);
    EXPECT_EQ(place.block->sealed(), nullptr);
    EXPECT_EQ(place.block->hash(), place.block->provisional_hash);
    EXPECT_EQ(place.record().gas_used, 21'000U);
    EXPECT_EQ(chain.history.visible_number(), 1U);
    EXPECT_EQ(chain.history.sealed_number(), 0U);

    chain.pass(1000);
    chain.sealer->process_pending();
    ASSERT_NE(place.block->sealed(), nullptr);
    EXPECT_EQ(chain.history.sealed_number(), 1U);
    EXPECT_EQ(place.block->hash(), types::header_hash(place.block->sealed()->header));
    EXPECT_EQ(chain.history.find(place.block->hash()), place.block);
    EXPECT_EQ(chain.history.find(place.block->provisional_hash), place.block);
    EXPECT_EQ(place.block->sealed()->header.gas_used, 21'000U);
}

TEST(Sequencer, seals_mini_blocks_and_blocks_by_the_clock)
{
    TestChain chain;
    chain.start_sequencer();
    for (std::uint64_t nonce = 0; nonce < 30; ++nonce)
    {
        ASSERT_TRUE(is_executed(chain.send(0, TestChain::transfer(nonce))));
        chain.pass(77);
    }
    chain.pass(690 + 5);
    chain.sealer->process_pending();
    ASSERT_EQ(chain.history.sealed_number(), 3U);
    std::uint64_t next_mini_block = 0;
    std::size_t transactions = 0;
    for (std::uint64_t number = 1; number <= 3; ++number)
    {
        const auto block = chain.history.find(number);
        EXPECT_EQ(block->opening.timestamp, TestChain::genesis_time + number);
        EXPECT_EQ(block->release_start()->first_mini_block, next_mini_block);
        EXPECT_EQ(block->mini_blocks.size(), 100U);
        next_mini_block += block->mini_blocks.size();
        // The mini-blocks are a partition of the block, in order, and lie in its interval.
        std::uint32_t next = 0;
        std::uint64_t last_time = (block->opening.timestamp - 1) * 1'000'000;
        for (std::size_t i = 0; i < block->mini_blocks.size(); ++i)
        {
            const auto& mini = block->mini_blocks[i];
            EXPECT_EQ(mini.first_transaction, next);
            next += mini.transaction_count;
            EXPECT_GT(mini.header.time, last_time);
            last_time = mini.header.time;
        }
        EXPECT_EQ(next, block->transactions.size());
        EXPECT_LE(last_time, block->opening.timestamp * 1'000'000);
        transactions += next;
    }
    EXPECT_EQ(transactions, 30U);
}

TEST(Sequencer, refuses_what_cannot_stand_in_a_block)
{
    TestChain chain;
    chain.start_sequencer();
    ASSERT_TRUE(is_executed(chain.send(0, TestChain::transfer(0))));
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(0)), PoolRefusal::already_known));
    EXPECT_TRUE(
        is_refused(chain.send(0, TestChain::transfer(0, 3'000'000'000)), InvalidTransaction::nonce_mismatch_too_low));
    auto rich = TestChain::transfer(1);
    rich.value = U256{20'000} * U256{1'000'000'000'000'000'000};
    EXPECT_TRUE(is_refused(chain.send(0, rich), InvalidTransaction::insufficient_account_funds));
    EXPECT_TRUE(
        is_refused(chain.send(0, TestChain::transfer(1, 10)), InvalidTransaction::insufficient_max_fee_per_gas));
    auto small = TestChain::transfer(1);
    small.gas_limit = 20'999;
    EXPECT_TRUE(is_refused(chain.send(0, small), InvalidTransaction::intrinsic_gas_too_low));
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(2), true), PoolRefusal::nonce_gap));
    EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(1)))) << "what was refused left no trace";
}

TEST(Sequencer, pools_future_nonces_until_they_can_run)
{
    TestChain chain;
    chain.start_sequencer();
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(2))));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(1))));
    EXPECT_EQ(chain.sequencer->pooled(), 2U);
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(2)), PoolRefusal::already_known));
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(2, 2'100'000'000)), PoolRefusal::replacement_underpriced));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(2, 2'200'000'000))));
    std::uint64_t next_nonce = 0;
    NonceQuery query{chain.accounts[0].address, [&next_nonce](std::uint64_t nonce) { next_nonce = nonce; }};
    ASSERT_TRUE(chain.sequencer->query(query));
    chain.sequencer->step();
    EXPECT_EQ(next_nonce, 0U);

    EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(0))));
    EXPECT_EQ(chain.sequencer->pooled(), 0U);
    const auto open = chain.history.open_block();
    ASSERT_EQ(open->transactions.size(), 3U);
    EXPECT_EQ(open->transactions[2].transaction.max_fee_per_gas, U256{2'200'000'000});
}

TEST(Sequencer, bounds_the_pool)
{
    SequencerOptions options;
    options.pool = {.transactions = 5, .per_sender = 3};
    TestChain chain{options};
    chain.start_sequencer();
    for (std::uint64_t nonce = 1; nonce <= 3; ++nonce)
        EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(nonce))));
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(4)), PoolRefusal::account_limit_exceeded));
    EXPECT_TRUE(is_pooled(chain.send(1, TestChain::transfer(1))));
    EXPECT_TRUE(is_pooled(chain.send(2, TestChain::transfer(1))));
    EXPECT_TRUE(is_refused(chain.send(3, TestChain::transfer(1)), PoolRefusal::full));
}

TEST(Sequencer, holds_what_does_not_fit_for_the_next_block)
{
    TestChain chain{{}, 100'000};
    chain.start_sequencer();
    for (std::uint64_t nonce = 0; nonce < 4; ++nonce)
        EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(nonce))));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(4))));
    EXPECT_TRUE(is_pooled(chain.send(1, TestChain::transfer(0)))) << "arrival order holds";
    chain.pass(1001);
    const auto open = chain.history.open_block();
    ASSERT_EQ(open->number(), 2U);
    ASSERT_EQ(open->transactions.size(), 2U);
    EXPECT_EQ(open->transactions[0].sender, chain.accounts[0].address);
    EXPECT_EQ(open->transactions[1].sender, chain.accounts[1].address);
}

TEST(Sequencer, says_when_to_try_again_while_what_fills_the_pool_waits_for_room_in_a_block)
{
    SequencerOptions options;
    options.pool = {.transactions = 5, .per_sender = 3};
    TestChain chain{options, 63'000};
    chain.start_sequencer();
    chain.pass(300);
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
        EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(nonce))));
    EXPECT_TRUE(is_pooled(chain.send(3, TestChain::transfer(1)))) << "waits for a nonce";
    for (std::uint64_t nonce = 3; nonce < 6; ++nonce)
        EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(nonce))));
    const auto beyond_share = chain.send(0, TestChain::transfer(6));
    ASSERT_TRUE(is_refused(beyond_share, PoolRefusal::block_full));
    EXPECT_EQ(std::get<Refusal>(*beyond_share).next_block_wait, 700'000U);
    EXPECT_TRUE(is_pooled(chain.send(1, TestChain::transfer(0))));
    EXPECT_TRUE(is_pooled(chain.send(2, TestChain::transfer(0)))) << "the other one has to go";
    EXPECT_TRUE(is_refused(chain.send(4, TestChain::transfer(0)), PoolRefusal::block_full));
    EXPECT_TRUE(is_refused(chain.send(4, TestChain::transfer(1)), PoolRefusal::full)) << "it misses a nonce, not room";
    // As promised, there is room in the next block.
    chain.pass(700);
    EXPECT_EQ(chain.sequencer->pooled(), 2U);
    EXPECT_TRUE(is_pooled(chain.send(4, TestChain::transfer(0))));
}

TEST(Sequencer, gives_up_waiting_for_a_lower_base_fee_after_a_time)
{
    SequencerOptions options;
    options.pool = {.transactions = 2, .lifetime = 1'500'000};
    TestChain chain{options};
    chain.start_sequencer();
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(0, 450'000'000))));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(1, 450'000'000))));
    chain.pass(1001);
    EXPECT_EQ(chain.sequencer->pooled(), 2U);
    chain.pass(1000);
    EXPECT_EQ(chain.sequencer->pooled(), 0U);
    // What it has waited for is forgotten too.
    EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(0))));
    chain.pass(6000);
    EXPECT_EQ(chain.sequencer->metrics().transactions, 1U);
}

TEST(Sequencer, what_waits_for_a_lower_base_fee_makes_room_for_what_can_run)
{
    SequencerOptions options;
    options.pool = {.transactions = 2};
    TestChain chain{options, 42'000};
    chain.start_sequencer();
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(0, 600'000'000))));
    EXPECT_TRUE(is_pooled(chain.send(1, TestChain::transfer(0, 650'000'000))));
    EXPECT_TRUE(is_executed(chain.send(2, TestChain::transfer(0))));
    EXPECT_TRUE(is_executed(chain.send(2, TestChain::transfer(1))));
    EXPECT_TRUE(is_pooled(chain.send(2, TestChain::transfer(2))));
    EXPECT_TRUE(is_pooled(chain.send(3, TestChain::transfer(0))));
    EXPECT_TRUE(is_refused(chain.send(4, TestChain::transfer(0)), PoolRefusal::block_full));
    chain.pass(1001);
    EXPECT_EQ(chain.history.open_block()->transactions.size(), 2U);
    chain.pass(6000);
    EXPECT_EQ(chain.sequencer->metrics().transactions, 4U) << "what had to go is not waited for";
}

TEST(Sequencer, the_time_in_the_pool_is_no_time_in_the_queue)
{
    TestChain chain;
    chain.start_sequencer();
    const auto send = [&](std::uint64_t nonce)
    {
        auto submission =
            chain.make(0, TestChain::transfer(nonce), false, std::make_shared<std::optional<SubmissionResult>>());
        submission.arrived = read_stopwatch();
        ASSERT_TRUE(chain.sequencer->submit(submission));
        chain.step();
    };
    send(1);
    send(0);
    EXPECT_EQ(chain.sequencer->metrics().transactions, 2U);
    EXPECT_EQ(chain.sequencer->latencies().ingress.count(), 2U);
    EXPECT_EQ(chain.sequencer->latencies().queue.count(), 1U);
}

TEST(Sequencer, holds_what_pays_too_little_until_the_base_fee_has_fallen)
{
    TestChain chain;
    chain.start_sequencer();
    // The base fee is 875 million wei, and falls by an eighth in an empty block.
    auto told = std::make_shared<std::vector<SubmissionResult>>();
    auto first = chain.make(0, TestChain::transfer(0, 700'000'000), false, nullptr);
    first.complete = [told](const SubmissionResult& result) { told->push_back(result); };
    ASSERT_TRUE(chain.sequencer->submit(first));
    chain.step();
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(0, 700'000'000)), PoolRefusal::already_known));
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(0, 750'000'000)), PoolRefusal::replacement_underpriced));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(1, 2'000'000'000)))) << "behind the other one";
    EXPECT_EQ(chain.sequencer->pooled(), 2U);
    chain.pass(1001);
    EXPECT_EQ(chain.sequencer->pooled(), 2U);
    chain.pass(1000);
    EXPECT_EQ(chain.sequencer->pooled(), 0U);
    EXPECT_EQ(chain.history.open_block()->transactions.size(), 2U);
    ASSERT_EQ(told->size(), 2U) << "pooled, then executed";
    EXPECT_TRUE(std::holds_alternative<Pooled>((*told)[0]));
    EXPECT_TRUE(std::holds_alternative<TransactionPlace>((*told)[1]));
}

TEST(Sequencer, executes_what_pays_enough_instead_of_what_waits_for_a_lower_base_fee)
{
    TestChain chain;
    chain.start_sequencer();
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(0, 600'000'000))));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(0, 700'000'000)))) << "replaced";
    EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(0))));
    EXPECT_EQ(chain.sequencer->pooled(), 0U);
    EXPECT_TRUE(is_executed(chain.send(0, TestChain::transfer(1))));
    chain.pass(6000);
    EXPECT_EQ(chain.history.open_block()->transactions.size(), 0U);
}

TEST(Sequencer, goes_on_waiting_for_a_lower_base_fee_when_a_later_transaction_is_replaced)
{
    TestChain chain;
    chain.start_sequencer();
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(0, 700'000'000))));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(1, 700'000'000))));
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(1, 800'000'000))));
    chain.pass(2001);
    EXPECT_EQ(chain.history.open_block()->transactions.size(), 2U);
    EXPECT_EQ(chain.sequencer->pooled(), 0U);
}

TEST(Sequencer, refuses_what_no_base_fee_can_fall_to)
{
    auto rules = chain::ethereum_specification(TestChain::chain_id);
    rules.jiffy.emplace().minimum_base_fee = U256{500'000'000};
    TestChain chain{{}, 10'000'000'000, rules};
    chain.start_sequencer();
    const auto refusal = InvalidTransaction::insufficient_max_fee_per_gas;
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(0, 499'999'999)), refusal));
    EXPECT_TRUE(is_refused(chain.send(0, TestChain::transfer(1, 499'999'999)), refusal)) << "nor is it pooled";
    EXPECT_TRUE(is_pooled(chain.send(0, TestChain::transfer(0, 500'000'000))));
}

/// BLOCKHASH(NUMBER - 1) into slot NUMBER, and the answer of the history contract (EIP-2935) into slot NUMBER + 2^8.
constexpr Byte parent_hash_reader[] = {0x43, 0x60, 0x01, 0x90, 0x03, 0x40, 0x43,
    0x55,  // sstore(number, blockhash(number - 1))
    0x00};

TEST(Sequencer, a_transaction_that_reads_the_parent_hash_waits_for_it)
{
    TestChain chain;
    chain.start_sequencer();
    const auto deployed = chain.send(0, TestChain::creation(0, parent_hash_reader));
    ASSERT_TRUE(is_executed(deployed));
    const auto contract = *std::get<TransactionPlace>(*deployed).record().created;

    for (std::uint64_t i = 0; i < 5; ++i)
    {
        chain.pass(1000);
        const auto open = chain.history.open_block();
        ASSERT_EQ(open->transactions.size(), 0U);
        // Nobody has asked the sealer to work: the parent is unsealed.
        ASSERT_LT(chain.history.sealed_number(), open->number() - 1);
        auto call = TestChain::transfer(1 + i);
        call.to = contract;
        call.value = U256{};
        call.gas_limit = 100'000;
        const auto result = chain.send(0, call);
        ASSERT_TRUE(is_executed(result));
        ASSERT_TRUE(std::get<TransactionPlace>(*result).record().receipt.success);
        const auto parent = chain.history.find(open->number() - 1);
        ASSERT_NE(parent->sealed(), nullptr);
        U256 stored;
        chain.world.latest().storage(contract, U256{open->number()}, stored);
        EXPECT_EQ(to_hash(stored), parent->sealed()->hash);
    }
    EXPECT_EQ(chain.sequencer->metrics().parent_hash_waits, 5U);
}

TEST(Sequencer, waits_for_the_sealing_thread_when_the_history_is_full_of_blocks_that_are_not_sealed)
{
    TestChain chain{{}, 10'000'000'000, chain::ethereum_specification(TestChain::chain_id), 16};
    chain.start_sequencer();
    // More blocks at once than the history has places, and nobody seals in between unless he is waited for.
    chain.clock.advance(50'000'000);
    chain.step();
    EXPECT_EQ(chain.history.open_block()->number(), 51U);
    EXPECT_GE(chain.history.sealed_number(), 36U);
    ASSERT_NE(chain.history.sealed_head(), nullptr);
    chain.sealer->process_pending();
    EXPECT_EQ(chain.history.sealed_number(), 50U);
    EXPECT_EQ(chain.history.find(50)->sealed()->header.parent_hash, chain.history.find(49)->sealed()->hash);
}

RC_GTEST_PROP(SequencerProperty, replaying_the_log_gives_the_same_blocks, ())
{
    TestChain chain;
    chain.start_sequencer();
    std::array<std::uint64_t, 4> nonces{};
    chain.send(0, TestChain::creation(nonces[0]++, parent_hash_reader));
    const auto contract = *chain.history.open_block()->transactions[0].created;
    const auto steps = *rc::gen::inRange<std::size_t>(1, 60);
    for (std::size_t i = 0; i < steps; ++i)
    {
        const auto account = *rc::gen::inRange<std::size_t>(0, nonces.size());
        auto transaction = TestChain::transfer(nonces[account]);
        if (*rc::gen::inRange(0, 3) == 0)
        {
            transaction.to = contract;
            transaction.gas_limit = 100'000;
        }
        // Now and then one that is refused, and so must not be in the log.
        if (*rc::gen::inRange(0, 8) == 0)
            transaction.gas_limit = 100;
        if (is_executed(chain.send(account, transaction)))
            ++nonces[account];
        if (*rc::gen::inRange(0, 3) == 0)
            chain.sealer->process_pending();
        chain.pass(*rc::gen::inRange<std::uint64_t>(0, 400));
    }
    chain.sequencer->stop();
    chain.releaser->process_pending();
    chain.sealer->process_pending();

    TestChain copy;
    replay(chain.log, copy);
    RC_ASSERT(copy.history.sealed_number() == chain.history.sealed_number());
    for (std::uint64_t number = 1; number <= chain.history.sealed_number(); ++number)
    {
        const auto original = chain.history.find(number);
        const auto repeated = copy.history.find(number);
        RC_ASSERT(repeated->sealed()->header == original->sealed()->header);
        RC_ASSERT(repeated->sealed()->hash == original->sealed()->hash);
        RC_ASSERT(repeated->mini_blocks.size() == original->mini_blocks.size());
        for (std::size_t i = 0; i < original->mini_blocks.size(); ++i)
            RC_ASSERT(repeated->mini_blocks[i].header == original->mini_blocks[i].header);
        for (std::uint32_t i = 0; i < original->transactions.size(); ++i)
        {
            RC_ASSERT(repeated->transactions[i].receipt == original->transactions[i].receipt);
            // The time in a statement is that of its release; all else follows from the order.
            auto said = preconfirmation_of({original, i})->statement;
            const auto repetition = preconfirmation_of({repeated, i})->statement;
            said.time = repetition.time;
            RC_ASSERT(said == repetition);
        }
    }
}

TEST(Sequencer, works_with_its_threads)
{
    TestChain chain;
    std::optional<Sequencer> sequencer;
    Sealer sealer{chain.history, crypto::scalar_kernels(), chain.genesis.state,
        [&sequencer](const BlockPointer&) { sequencer->notify_sealed(); }};
    SequencerOptions options;
    options.block_interval = 20'000;
    auto release_options = chain.release_options;
    release_options.mini_block_interval = 2'000;
    release_options.block_interval = options.block_interval;
    ManualClock manual{TestChain::genesis_time * 1'000'000};
    Releaser releaser{chain.history, sealer, manual, chain.behind_genesis(), release_options, LogSink{}, [] {}};
    sequencer.emplace(chain.specification, chain.world, chain.history, sealer, releaser, manual,
        ChainStart{TestChain::genesis_time, nullptr}, options);
    sealer.start();
    releaser.start();
    sequencer->start();
    std::atomic<bool> done = false;
    std::thread time{[&]
        {
            while (!done)
            {
                manual.advance(500);
                std::this_thread::sleep_for(std::chrono::microseconds{200});
            }
        }};
    std::thread reader{[&]
        {
            while (!done)
            {
                const auto open = chain.history.open_block();
                // The newest one may be on its way into the index.
                for (std::size_t i = 0; i + 1 < open->transactions.size(); ++i)
                    EXPECT_TRUE(chain.history.find_transaction(open->transactions[i].hash).has_value());
                if (const auto head = chain.history.sealed_head(); head != nullptr)
                    EXPECT_NE(head->sealed(), nullptr);
            }
        }};
    constexpr std::uint64_t count = 300;
    std::atomic<std::uint64_t> executed = 0;
    std::atomic<std::uint64_t> answered = 0;
    std::vector<std::thread> senders;
    for (std::size_t account = 0; account < 3; ++account)
        senders.emplace_back(
            [&, account]
            {
                for (std::uint64_t nonce = 0; nonce < count / 3; ++nonce)
                {
                    auto result = std::make_shared<std::optional<SubmissionResult>>();
                    auto submission = chain.make(account, TestChain::transfer(nonce, 4'000'000'000), false, result);
                    submission.complete = [&](const SubmissionResult& outcome)
                    {
                        executed += std::holds_alternative<TransactionPlace>(outcome) ? 1 : 0;
                        ++answered;
                    };
                    while (!sequencer->submit(submission))
                        std::this_thread::yield();
                }
            });
    for (auto& sender : senders)
        sender.join();
    // As long as it takes: under a sanitizer on a busy machine that may be long.
    while (answered < count)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    done = true;
    time.join();
    reader.join();
    sequencer->stop();
    releaser.stop();
    sealer.stop();
    EXPECT_EQ(executed, count);
    EXPECT_EQ(chain.history.sealed_number(), chain.history.open_block()->number());
}
}  // namespace
}  // namespace jiffy::sequencer
