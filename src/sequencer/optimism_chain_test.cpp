// SPDX-License-Identifier: Apache-2.0
#include "chain/l1_attributes.hpp"
#include "sequencer/importer_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
namespace predeploys = chain::predeploys;

SequencerOptions options_of_op()
{
    SequencerOptions options;
    options.beneficiary = predeploys::sequencer_fee_vault;
    return options;
}

/// A chain with the rules of the OP Stack.
struct OptimismChain : TestChain
{
    explicit OptimismChain(std::uint64_t block_gas_limit = 10'000'000'000)
      : TestChain{options_of_op(), block_gas_limit, chain::optimism_specification(chain_id)}
    {
    }

    [[nodiscard]] U256 balance(const Address& address) const
    {
        types::Account account;
        return world.latest().account(address, account) == state::Presence::present ? account.balance : U256{};
    }

    /// All wei that there are.
    [[nodiscard]] U256 supply() const
    {
        U256 sum;
        const auto snapshot = world.pin();
        const auto state = snapshot.as_difference();
        for (const auto& change : state->accounts)
            sum += change.account.balance;
        return sum;
    }
};

/// A withdrawal of one wei: the message passer takes what it is sent.
types::Transaction withdrawal(std::uint64_t nonce)
{
    auto transaction = TestChain::transfer(nonce);
    transaction.to = predeploys::message_passer;
    transaction.gas_limit = 300'000;
    return transaction;
}

TEST(OptimismChain, refuses_what_no_block_has_room_for_beside_the_l1_attributes)
{
    OptimismChain chain{1'000'000};
    chain.start_sequencer();
    auto large = TestChain::transfer(0);
    large.gas_limit = 1'000'000;
    const auto result = chain.send(0, large);
    const auto* refusal = result ? std::get_if<Refusal>(&*result) : nullptr;
    ASSERT_NE(refusal, nullptr) << "it would wait for ever, and everybody behind it";
    EXPECT_EQ(std::get<chain::InvalidTransaction>(refusal->reason), chain::InvalidTransaction::gas_allowance_exceeded);
    EXPECT_TRUE(std::holds_alternative<TransactionPlace>(*chain.send(0, TestChain::transfer(0))));
}

TEST(OptimismChain, begins_every_block_with_the_l1_attributes)
{
    OptimismChain chain;
    chain.start_sequencer();
    chain.send(0, TestChain::transfer(0));
    chain.pass(3'000);
    chain.sealer->process_pending();
    ASSERT_EQ(chain.history.sealed_number(), 3U);
    for (std::uint64_t number = 1; number <= 3; ++number)
    {
        const auto block = chain.history.find(number);
        ASSERT_GE(block->transactions.size(), 1U);
        const auto& first = block->transactions[0];
        EXPECT_EQ(first.sender, predeploys::depositor_account);
        EXPECT_TRUE(first.receipt.success);
        EXPECT_EQ(first.receipt.deposit_nonce, number - 1);
        EXPECT_EQ(block->fragment_of(0)->mini_block, block->release_start()->first_mini_block);
        const auto attributes = chain::decode_l1_attributes(first.transaction.data);
        ASSERT_TRUE(attributes);
        EXPECT_EQ(attributes->sequence_number, number);
        EXPECT_TRUE(chain::fee_parameters_of(*attributes).are_free());
    }
    EXPECT_EQ(chain.history.find(1)->transactions.size(), 2U);
    EXPECT_NE(chain.history.find(1)->transactions[0].hash, chain.history.find(2)->transactions[0].hash);
}

TEST(OptimismChain, shows_a_block_with_the_first_transaction_of_a_user)
{
    OptimismChain chain;
    chain.start_sequencer();
    EXPECT_EQ(chain.history.open_block()->transactions.size(), 1U);
    EXPECT_EQ(chain.history.visible_number(), 0U);
    chain.send(0, TestChain::transfer(0));
    EXPECT_EQ(chain.history.visible_number(), 1U);
}

TEST(OptimismChain, commits_to_withdrawals_from_genesis_on)
{
    OptimismChain chain;
    const auto genesis_root = chain.genesis.header.withdrawals_root;
    EXPECT_NE(genesis_root, trie::empty_root) << "the proxy has slots of its own";
    chain.start_sequencer();
    chain.pass(1'000);
    ASSERT_TRUE(std::holds_alternative<TransactionPlace>(*chain.send(0, withdrawal(0))));
    EXPECT_TRUE(chain.history.open_block()->transactions[1].receipt.success);
    chain.pass(1'000);
    chain.sealer->process_pending();
    EXPECT_EQ(chain.history.find(1)->sealed()->header.withdrawals_root, genesis_root);
    const auto sealed = chain.history.find(2)->sealed();
    EXPECT_NE(sealed->header.withdrawals_root, genesis_root);
    chain.sealer->with_state(*sealed, [&](const trie::StateTrie& trie, const trie::Version& version)
        { EXPECT_EQ(trie.storage_root(version, predeploys::message_passer), sealed->header.withdrawals_root); });
    EXPECT_EQ(chain.balance(predeploys::message_passer), U256{1});
}

TEST(OptimismChain, pays_every_fee_into_a_vault)
{
    OptimismChain chain;
    chain.start_sequencer();
    const auto supply = chain.supply();
    const auto result = chain.send(0, TestChain::transfer(0, 4'000'000'000));
    ASSERT_TRUE(std::holds_alternative<TransactionPlace>(*result));
    const auto base_fee = *chain.history.open_block()->opening.base_fee_per_gas;
    EXPECT_EQ(chain.balance(predeploys::base_fee_vault), base_fee * U256{21'000});
    EXPECT_EQ(chain.balance(predeploys::sequencer_fee_vault), U256{2'000'000'000} * U256{21'000});
    EXPECT_EQ(chain.balance(predeploys::l1_fee_vault), U256{});
    EXPECT_EQ(chain.supply(), supply);
}

TEST(OptimismChain, has_a_base_fee_that_stops_falling)
{
    OptimismChain chain;
    chain.specification.jiffy->minimum_base_fee = U256{999'000'000};
    chain.start_sequencer();
    chain.pass(2'000);
    EXPECT_EQ(chain.history.open_block()->opening.base_fee_per_gas, U256{999'000'000});
}

RC_GTEST_PROP(OptimismChainProperty, blocks_are_those_of_the_log_and_of_the_importer, ())
{
    OptimismChain chain;
    chain.start_sequencer();
    const auto supply = chain.supply();
    std::array<std::uint64_t, 3> nonces{};
    const auto steps = *rc::gen::inRange<std::size_t>(1, 40);
    for (std::size_t i = 0; i < steps; ++i)
    {
        const auto account = *rc::gen::inRange<std::size_t>(0, nonces.size());
        const auto nonce = nonces[account];
        const auto transaction = *rc::gen::inRange(0, 3) == 0 ? withdrawal(nonce) : TestChain::transfer(nonce);
        const auto result = chain.send(account, transaction);
        if (result && std::holds_alternative<TransactionPlace>(*result))
            ++nonces[account];
        if (*rc::gen::inRange(0, 3) == 0)
            chain.sealer->process_pending();
        chain.pass(*rc::gen::inRange<std::uint64_t>(0, 400));
    }
    chain.sequencer->stop();
    chain.releaser->process_pending();
    chain.sealer->process_pending();
    RC_ASSERT(chain.supply() == supply);

    OptimismChain copy;
    replay(chain.log, copy);
    Importer importer{chain.genesis};
    RC_ASSERT(copy.history.sealed_number() == chain.history.sealed_number());
    for (std::uint64_t number = 1; number <= chain.history.sealed_number(); ++number)
    {
        const auto block = chain.history.find(number);
        RC_ASSERT(copy.history.find(number)->sealed()->header == block->sealed()->header);
        RC_ASSERT(importer.import(chain, *block));
    }
}
}  // namespace
}  // namespace jiffy::sequencer
