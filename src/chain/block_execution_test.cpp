// SPDX-License-Identifier: Apache-2.0
#include "chain/block_execution.hpp"

#include "chain/dao.hpp"
#include "chain/scenario_test.hpp"
#include "chain/system_contracts.hpp"

namespace jiffy::chain
{
namespace
{
using scenario::address_of;
using scenario::coinbase;
using scenario::ether;
using scenario::sender;
using scenario::transfer;

/// Stores its call data in slot 0: PUSH0 CALLDATALOAD PUSH0 SSTORE.
const Bytes stores_input{0x5f, 0x35, 0x5f, 0x55};
/// Returns one byte 0xaa.
const Bytes returns_aa{0x60, 0xaa, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xf3};
const Bytes reverts{0x5f, 0x5f, 0xfd};

class BlockExecutionTest : public testing::Test
{
protected:
    BlockExecutionTest()
    {
        state.set_account(sender, 0, ether, {});
        state.set_account(system_contracts::beacon_roots, 1, {}, stores_input);
        state.set_account(system_contracts::history_storage, 1, {}, stores_input);
        state.set_account(system_contracts::withdrawal_requests, 1, {}, returns_aa);
        state.set_account(system_contracts::consolidation_requests, 1, {}, returns_aa);
        header = scenario::any_header();
        header.parent_hash = Hash{{1}};
        header.parent_beacon_block_root = Hash{{2}};
        header.requests_hash = Hash{};
    }

    BlockExecution& block() { return execution.emplace(specification, state::Source{state}, executor); }

    [[nodiscard]] U256 slot_0_of(const Address& address) const
    {
        U256 value;
        static_cast<void>(execution->state().storage(address, {}, value));
        return value;
    }

    ChainSpecification specification = ethereum_specification(1);
    types::Header header;
    state::MemoryState state;
    evm::CodeCache codes;
    Executor executor{codes};
    std::optional<BlockExecution> execution;
};

TEST_F(BlockExecutionTest, stores_beacon_root_and_parent_hash)
{
    ASSERT_TRUE(block().open(header, {}));
    EXPECT_EQ(slot_0_of(system_contracts::beacon_roots), to_u256(Hash{{2}}));
    EXPECT_EQ(slot_0_of(system_contracts::history_storage), to_u256(Hash{{1}}));
    EXPECT_EQ(execution->opening_difference().accounts.size(), 2U);
}

TEST_F(BlockExecutionTest, makes_no_system_call_before_its_fork)
{
    specification = ethereum_specification(1, Fork::shanghai);
    ASSERT_TRUE(block().open(header, {}));
    EXPECT_TRUE(execution->difference().accounts.empty());
}

TEST_F(BlockExecutionTest, waits_for_the_parent_hash_only_where_it_is_read)
{
    ASSERT_TRUE(block().open_before_parent_hash(header, {}));
    ASSERT_TRUE(execution->awaits_parent_hash());
    EXPECT_TRUE(execution->execute(transfer(), sender));

    auto reader = transfer();
    reader.nonce = 1;
    reader.to = system_contracts::history_storage;
    reader.gas_limit = 100'000;
    const auto early = execution->execute(reader, sender);
    ASSERT_FALSE(early);
    EXPECT_TRUE(std::holds_alternative<StateUnavailable>(early.error()));

    const auto provided = execution->provide_parent_hash(Hash{{9}});
    ASSERT_TRUE(provided);
    EXPECT_EQ(provided->accounts.size(), 1U);
    EXPECT_FALSE(execution->awaits_parent_hash());
    EXPECT_EQ(slot_0_of(system_contracts::history_storage), to_u256(Hash{{9}}));
    EXPECT_TRUE(execution->execute(reader, sender));
}

TEST_F(BlockExecutionTest, adds_up_gas_logs_and_receipts)
{
    // LOG0 of nothing.
    state.set_account(address_of(9), 1, {}, Bytes{0x5f, 0x5f, 0xa0});
    ASSERT_TRUE(block().open(header, {}));
    types::Block content;
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
    {
        auto& transaction = content.transactions.emplace_back(transfer());
        transaction.nonce = nonce;
        transaction.to = address_of(9);
        transaction.gas_limit = 30'000;
        ASSERT_TRUE(execution->execute(transaction, sender));
    }
    const auto each = execution->receipts()[0].cumulative_gas_used;
    EXPECT_EQ(execution->receipts()[2].cumulative_gas_used, 3 * each);
    EXPECT_EQ(execution->capacity().gas, scenario::block_gas_limit - 3 * each);
    const auto closed = execution->close(content);
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->gas_used, 3 * each);
    EXPECT_TRUE(types::may_contain(closed->logs_bloom, address_of(9).view()));
    EXPECT_EQ(closed->blob_gas_used, 0U);
    EXPECT_EQ(closed->ommers_hash, types::empty_ommers_hash);
}

TEST_F(BlockExecutionTest, is_as_before_after_a_refused_transaction)
{
    ASSERT_TRUE(block().open(header, {}));
    ASSERT_TRUE(execution->execute(transfer(), sender));
    const auto before = execution->difference();
    auto transaction = transfer();
    transaction.gas_limit = scenario::block_gas_limit;
    EXPECT_FALSE(execution->execute(transaction, sender));
    EXPECT_FALSE(execution->execute(transfer(), sender)) << "nonce";
    EXPECT_EQ(execution->difference(), before);
    EXPECT_EQ(execution->receipts().size(), 1U);
    EXPECT_EQ(execution->gas_used(), 21'000U);
}

TEST_F(BlockExecutionTest, collects_requests_of_the_system_contracts)
{
    ASSERT_TRUE(block().open(header, {}));
    ASSERT_TRUE(execution->end());
    EXPECT_EQ(execution->requests(), (std::vector<Bytes>{{0x01, 0xaa}, {0x02, 0xaa}}));
}

TEST_F(BlockExecutionTest, fails_without_working_system_contracts)
{
    const auto failure_of_end = [this]
    {
        EXPECT_TRUE(block().open(header, {}));
        const auto ended = execution->end();
        return ended ? BlockFailure{} : ended.error();
    };
    state.set_account(system_contracts::consolidation_requests, 1, {}, reverts);
    EXPECT_EQ(failure_of_end(), BlockFailure{InvalidBlock::system_contract_call_failed});
    state.set_account(system_contracts::consolidation_requests, 1, {}, {});
    EXPECT_EQ(failure_of_end(), BlockFailure{InvalidBlock::system_contract_empty});
}

TEST_F(BlockExecutionTest, pays_withdrawals_in_gwei)
{
    ASSERT_TRUE(block().open(header, {}));
    const std::vector<types::Withdrawal> withdrawals{
        {.index = 0, .validator_index = 1, .address = address_of(7), .amount = 3},
        {.index = 1, .validator_index = 1, .address = address_of(7), .amount = 4},
        {.index = 2, .validator_index = 1, .address = address_of(8), .amount = 0}};
    ASSERT_TRUE(execution->end({}, withdrawals));
    EXPECT_EQ(scenario::balance_of(execution->state(), address_of(7)), U256{7} * scenario::gwei);
    types::Account account;
    EXPECT_EQ(execution->state().account(address_of(8), account), state::Presence::absent);
    EXPECT_EQ(execution->closing_difference().accounts.size(), 1U);
}

TEST_F(BlockExecutionTest, rewards_miners_before_the_merge)
{
    specification = ethereum_specification(1, Fork::byzantium);
    header.number = 10;
    ASSERT_TRUE(block().open(header, {}));
    types::Header ommer;
    ommer.number = 8;
    ommer.beneficiary = address_of(7);
    ASSERT_TRUE(execution->end({&ommer, 1}));
    EXPECT_EQ(scenario::balance_of(execution->state(), coinbase),
        U256{3} * ether + divide(U256{3} * ether, U256{32}).quotient);
    EXPECT_EQ(
        scenario::balance_of(execution->state(), address_of(7)), divide(U256{3} * ether * U256{6}, U256{8}).quotient);
}

TEST_F(BlockExecutionTest, moves_the_funds_of_the_dao_in_its_forks_first_block)
{
    specification = ethereum_specification(1, Fork::homestead);
    specification.activations[Fork::dao] = 10;
    state.set_account(dao_accounts().front(), 0, U256{5}, {});
    state.set_account(dao_accounts().back(), 0, U256{6}, {});
    header.number = 9;
    ASSERT_TRUE(block().open(header, {}));
    EXPECT_EQ(scenario::balance_of(execution->state(), dao_recovery_contract), U256{});
    header.number = 10;
    ASSERT_TRUE(block().open(header, {}));
    EXPECT_EQ(scenario::balance_of(execution->state(), dao_recovery_contract), U256{11});
    EXPECT_EQ(scenario::balance_of(execution->state(), dao_accounts().front()), U256{});
}

TEST_F(BlockExecutionTest, has_the_state_root_in_receipts_before_byzantium)
{
    specification = ethereum_specification(1, Fork::homestead);
    header.base_fee_per_gas.reset();
    const StateRoot root{.context = nullptr,
        .after = [](void* /*context*/, const types::StateDifference& difference)
        { return to_hash(U256{difference.accounts.size()}); }};
    execution.emplace(specification, state::Source{state}, executor, root);
    ASSERT_TRUE(execution->open(header, {}));
    auto transaction = transfer();
    transaction.type = types::TransactionType::legacy;
    transaction.chain_id.reset();
    ASSERT_TRUE(execution->execute(transaction, sender));
    EXPECT_EQ(execution->receipts()[0].post_state, to_hash(U256{3})) << "sender, recipient, coinbase";
}

/// The depositor's transaction sets the operator fee (slot 8); a user's may not change it for those after it.
TEST_F(BlockExecutionTest, fixes_the_prices_of_the_op_stack_when_the_deposits_are_over)
{
    specification = optimism_specification(1);
    header.extra_data = base_fee_extra_data(specification, header.timestamp);
    // SSTORE(8, call data)
    state.set_account(predeploys::l1_block, 1, {}, Bytes{0x5f, 0x35, 0x60, 0x08, 0x55});
    ASSERT_TRUE(block().open(header, {}));

    types::Transaction deposit;
    deposit.type = types::TransactionType::deposit;
    deposit.deposit.from = predeploys::depositor_account;
    deposit.to = predeploys::l1_block;
    deposit.gas_limit = 1'000'000;
    deposit.data = to_bytes(to_hash(U256{5}).view());
    ASSERT_TRUE(execution->execute(deposit, predeploys::depositor_account));
    EXPECT_FALSE(execution->context().optimism->l1_fees.has_value());

    auto paid = transfer();
    paid.to = predeploys::l1_block;
    paid.gas_limit = 100'000;
    paid.data = to_bytes(to_hash(U256{6}).view());
    for (std::uint64_t nonce = 0; nonce < 2; ++nonce)
    {
        paid.nonce = nonce;
        const auto outcome = execution->execute(paid, sender);
        ASSERT_TRUE(outcome);
        EXPECT_TRUE((*outcome)->success());
        EXPECT_EQ((*outcome)->operator_fee, U256{5});
    }
}
}  // namespace
}  // namespace jiffy::chain
