// SPDX-License-Identifier: Apache-2.0
#include "chain/optimism.hpp"
#include "sequencer/test_chain.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace jiffy::sequencer
{
namespace
{
/// Adds one to slot 0 and then stores the sum in slot 1 too: only between the two do they differ.
///   PUSH0 SLOAD PUSH1 1 ADD DUP1 PUSH0 SSTORE PUSH1 1 SSTORE STOP
constexpr Byte twin_counter[] = {0x5f, 0x54, 0x60, 0x01, 0x01, 0x80, 0x5f, 0x55, 0x60, 0x01, 0x55, 0x00};

SequencerOptions fast_options()
{
    SequencerOptions options;
    options.block_interval = 20'000;
    options.beneficiary = chain::predeploys::sequencer_fee_vault;
    return options;
}

/// A chain of the OP Stack, where no wei is ever burnt, with all its threads running.
struct RunningChain : TestChain
{
    RunningChain()
      : TestChain{fast_options(), 10'000'000'000, chain::optimism_specification(chain_id)}
    {
        release_options.mini_block_interval = 2'000;
        release_options.block_interval = options.block_interval;
        make_releaser();
        start_sequencer();
        counter = *std::get<TransactionPlace>(*send(3, creation(0, twin_counter))).record().created;
        sealer->start();
        releaser->start();
        sequencer->start();
        time = std::jthread{[this](const std::stop_token& stop)
            {
                while (!stop.stop_requested())
                {
                    clock.advance(300);
                    std::this_thread::sleep_for(std::chrono::microseconds{150});
                }
            }};
    }

    void stop()
    {
        sequencer->stop();
        releaser->stop();
        sealer->stop();
    }

    Address counter;
    std::jthread time;
};

U256 supply_of(const world::Snapshot& snapshot)
{
    U256 sum;
    const auto state = snapshot.as_difference();
    for (const auto& change : state->accounts)
        sum += change.account.balance;
    return sum;
}

TEST(Readers, see_transaction_boundaries_whatever_runs_beside_them_and_the_log_gives_the_same_chain)
{
    RunningChain chain;
    const auto supply = supply_of(chain.world.pin());
    constexpr std::size_t senders = 3;
    constexpr std::uint64_t count = 120;
    std::atomic<std::uint64_t> executed = 0;
    std::atomic<std::uint64_t> snapshots = 0;
    std::atomic<bool> done = false;

    const auto read = [&]
    {
        while (!done)
        {
            const auto snapshot = chain.world.pin();
            EXPECT_EQ(supply_of(snapshot), supply);
            U256 first;
            U256 second;
            snapshot.storage(chain.counter, U256{0}, first);
            snapshot.storage(chain.counter, U256{1}, second);
            EXPECT_EQ(first, second);
            ++snapshots;
        }
    };
    const auto send_all = [&](std::size_t account)
    {
        for (std::uint64_t nonce = 0; nonce < count; ++nonce)
        {
            auto transaction = TestChain::transfer(nonce, 4'000'000'000);
            if (nonce % 2 == 0)
            {
                transaction.to = chain.counter;
                transaction.value = {};
                transaction.gas_limit = 100'000;
            }
            auto ticket = chain.sequencer->take_ticket();
            auto submission = chain.make(account, std::move(transaction), false, nullptr);
            submission.ticket = std::move(ticket);
            submission.complete = [&](const SubmissionResult& outcome)
            { executed += std::holds_alternative<TransactionPlace>(outcome) ? 1 : 0; };
            while (!chain.sequencer->submit(submission))
                std::this_thread::yield();
        }
    };
    {
        std::vector<std::jthread> threads;
        threads.emplace_back(read);
        threads.emplace_back(read);
        {
            std::vector<std::jthread> sending;
            for (std::size_t account = 0; account < senders; ++account)
                sending.emplace_back(send_all, account);
        }
        while (executed < senders * count)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        done = true;
    }
    chain.stop();
    EXPECT_GT(snapshots, 0U);

    // Everything once more, one after the other.
    TestChain serial{fast_options(), 10'000'000'000, chain::optimism_specification(TestChain::chain_id)};
    serial.release_options = chain.release_options;
    serial.make_releaser();
    replay(chain.log, serial);
    ASSERT_EQ(serial.history.sealed_number(), chain.history.sealed_number());
    std::uint64_t users = 0;
    for (std::uint64_t number = 1; number <= chain.history.sealed_number(); ++number)
    {
        const auto block = chain.history.find(number);
        const auto again = serial.history.find(number);
        ASSERT_EQ(again->sealed()->hash, block->sealed()->hash);
        ASSERT_EQ(again->mini_blocks.size(), block->mini_blocks.size());
        for (std::size_t i = 0; i < block->mini_blocks.size(); ++i)
            EXPECT_EQ(again->mini_blocks[i].hash, block->mini_blocks[i].hash);
        for (std::uint32_t i = 0; i < block->transactions.size(); ++i)
        {
            EXPECT_EQ(again->transactions[i].receipt, block->transactions[i].receipt);
            const auto said = preconfirmation_of({block, i});
            ASSERT_TRUE(said);
            EXPECT_EQ(types::signer_of(*said), chain.releaser->signer());
            EXPECT_EQ(said->statement.receipt, types::receipt_commitment(again->transactions[i].receipt));
            users += block->transactions[i].transaction.type != types::TransactionType::deposit ? 1 : 0;
        }
    }
    EXPECT_EQ(users, senders * count + 1);
}
/// The environment variable JIFFY_PRECONFIRMATIONS asks for a longer run.
std::uint64_t preconfirmation_count()
{
    constexpr std::uint64_t usual = 3000;
    const char* wanted = std::getenv("JIFFY_PRECONFIRMATIONS");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

TEST(Preconfirmations, every_one_that_was_handed_out_verifies_and_matches_the_sealed_chain)
{
    RunningChain chain;
    const auto count = preconfirmation_count();
    // What the sender of each transaction was given at its release.
    std::vector<types::SignedPreconfirmation> given(count);
    std::atomic<std::uint64_t> executed = 0;
    for (std::uint64_t nonce = 0; nonce < count; ++nonce)
    {
        auto submission = chain.make(0, TestChain::transfer(nonce, 4'000'000'000), false, nullptr);
        submission.complete = [&, nonce](const SubmissionResult& outcome)
        {
            if (const auto* place = std::get_if<TransactionPlace>(&outcome))
                given[nonce] = *preconfirmation_of(*place);
            ++executed;
        };
        while (!chain.sequencer->submit(submission))
            std::this_thread::yield();
    }
    while (executed < count)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    chain.stop();

    for (const auto& preconfirmation : given)
    {
        ASSERT_EQ(types::signer_of(preconfirmation), chain.releaser->signer());
        const auto& statement = preconfirmation.statement;
        const auto place = chain.history.find_transaction(statement.transaction);
        ASSERT_TRUE(place && place->block->sealed() != nullptr);
        EXPECT_EQ(place->block->number(), statement.block_number);
        EXPECT_EQ(place->index, statement.index);
        EXPECT_EQ(types::receipt_commitment(place->record().receipt), statement.receipt);
        EXPECT_EQ(place->block->release_start()->environment, statement.environment);
        const auto mini = chain.history.find_mini_block(statement.mini_block)->record();
        EXPECT_LE(mini.first_transaction, statement.index);
        EXPECT_LT(statement.index, mini.first_transaction + mini.transaction_count);
    }
}
}  // namespace
}  // namespace jiffy::sequencer
