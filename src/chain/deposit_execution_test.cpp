// SPDX-License-Identifier: Apache-2.0
#include "chain/scenario_test.hpp"

namespace jiffy::chain
{
namespace
{
using namespace scenario;
using types::TransactionType;

/// INVALID, which takes all gas.
const Bytes fails{0xfe};

class OptimismExecution : public scenario::Scenario
{
protected:
    OptimismExecution()
      : Scenario{optimism_specification(1)}
    {
    }

    static types::Transaction deposit()
    {
        types::Transaction transaction;
        transaction.type = TransactionType::deposit;
        transaction.deposit.from = sender;
        transaction.deposit.mint = ether;
        transaction.to = recipient;
        transaction.value = U256{5};
        transaction.gas_limit = 100'000;
        return transaction;
    }

    types::Receipt receipt(const types::Transaction& transaction)
    {
        return make_receipt(context, transaction, outcome, outcome.gas_used);
    }
};

TEST_F(OptimismExecution, mints_and_charges_no_fee_for_a_deposit)
{
    ASSERT_TRUE(execute(deposit()));
    EXPECT_TRUE(outcome.success());
    EXPECT_EQ(outcome.gas_used, 21'000U);
    EXPECT_EQ(outcome.effective_gas_price, U256{});
    EXPECT_EQ(balance(sender), ether + ether - U256{5});
    EXPECT_EQ(balance(recipient), U256{5});
    EXPECT_EQ(balance(coinbase), U256{});
    EXPECT_EQ(balance(predeploys::base_fee_vault), U256{});
    EXPECT_EQ(receipt(deposit()).deposit_nonce, 0U);
    EXPECT_EQ(receipt(deposit()).deposit_receipt_version, 1U);

    ASSERT_TRUE(execute(deposit()));
    EXPECT_EQ(receipt(deposit()).deposit_nonce, 1U);
}

TEST_F(OptimismExecution, keeps_mint_and_nonce_of_a_deposit_that_cannot_run)
{
    auto unaffordable = deposit();
    unaffordable.value = ether + ether + ether;
    auto without_gas = deposit();
    without_gas.gas_limit = 20'999;
    auto with_long_init_code = deposit();
    with_long_init_code.to.reset();
    with_long_init_code.gas_limit = 10'000'000;
    with_long_init_code.data.assign(49'153, 0);
    std::uint64_t nonce = 0;
    for (const auto& transaction : {unaffordable, without_gas, with_long_init_code})
    {
        state.set_account(sender, nonce, ether, {});
        ASSERT_TRUE(execute(transaction));
        EXPECT_FALSE(outcome.success());
        EXPECT_EQ(outcome.gas_used, transaction.gas_limit);
        EXPECT_EQ(balance(sender), ether + ether);
        EXPECT_EQ(receipt(transaction).deposit_nonce, nonce);
        ++nonce;
        types::Account account;
        ASSERT_EQ(state.account(sender, account), state::Presence::present);
        EXPECT_EQ(account.nonce, nonce);
    }
}

TEST_F(OptimismExecution, keeps_the_mint_of_a_deposit_that_fails)
{
    state.set_account(recipient, 1, {}, fails);
    ASSERT_TRUE(execute(deposit()));
    EXPECT_FALSE(outcome.success());
    EXPECT_EQ(outcome.gas_used, 100'000U);
    EXPECT_EQ(balance(sender), ether + ether);
    EXPECT_EQ(balance(recipient), U256{});
}

TEST_F(OptimismExecution, needs_room_in_the_block_for_a_deposit)
{
    capacity.gas = 99'999;
    EXPECT_EQ(refusal(deposit()), InvalidTransaction::gas_allowance_exceeded);
}

TEST_F(OptimismExecution, knows_system_transactions_before_regolith_only)
{
    auto transaction = deposit();
    transaction.deposit.is_system_transaction = true;
    EXPECT_EQ(refusal(transaction), InvalidTransaction::type_not_supported);
    context.optimism->fork = OptimismFork::bedrock;
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(outcome.gas_used, 0U);
    EXPECT_FALSE(receipt(transaction).deposit_nonce.has_value());
    transaction.deposit.is_system_transaction = false;
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(outcome.gas_used, transaction.gas_limit) << "all of it before Regolith";
}

TEST_F(OptimismExecution, pays_base_fee_l1_fee_and_operator_fee_into_their_vaults)
{
    context.optimism->l1_fees = L1FeeParameters{.base_fee = U256{1'000'000'000},
        .blob_base_fee = U256{10'000'000},
        .base_fee_scalar = 2,
        .blob_base_fee_scalar = 3,
        .operator_fee_scalar = 2'000'000,
        .operator_fee_constant = 7};
    auto transaction = scenario::transfer();
    transaction.gas_limit = 50'000;
    ASSERT_TRUE(execute(transaction));
    const U256 l1_fee{3'203'000};
    const U256 operator_fee{2 * 21'000 + 7};
    EXPECT_EQ(outcome.l1_fee, l1_fee) << "a short transaction counts 100 bytes";
    EXPECT_EQ(outcome.operator_fee, operator_fee);
    EXPECT_EQ(balance(predeploys::l1_fee_vault), l1_fee);
    EXPECT_EQ(balance(predeploys::operator_fee_vault), operator_fee);
    EXPECT_EQ(balance(predeploys::base_fee_vault), U256{21'000 * 10});
    EXPECT_EQ(balance(coinbase), U256{21'000 * 2});
    EXPECT_EQ(balance(sender), ether - U256{1 + 21'000 * 12} - l1_fee - operator_fee);
}

TEST_F(OptimismExecution, wants_funds_for_the_rollup_fees)
{
    context.optimism->l1_fees = L1FeeParameters{.operator_fee_constant = 1};
    state.set_account(sender, 0, U256{21'000 * 20 + 1}, {});
    EXPECT_EQ(refusal(scenario::transfer()), InvalidTransaction::insufficient_account_funds);
    state.set_account(sender, 0, U256{21'000 * 20 + 2}, {});
    EXPECT_EQ(refusal(scenario::transfer()), std::nullopt);
}

TEST_F(OptimismExecution, reads_the_prices_from_the_state_until_they_are_known)
{
    state.set_account(predeploys::l1_block, 1, {}, {});
    state.set_storage(predeploys::l1_block, U256{8}, U256{7});
    ASSERT_TRUE(execute(scenario::transfer()));
    EXPECT_EQ(outcome.operator_fee, U256{7});
    EXPECT_EQ(outcome.l1_fee, U256{});
}

/// P256VERIFY of nothing succeeds, at its own price: 21,000 and 3,450 gas.
TEST_F(OptimismExecution, has_the_precompiled_contracts_of_the_op_stack)
{
    auto transaction = scenario::transfer();
    transaction.to = to_address(U256{0x100});
    transaction.value = {};
    transaction.gas_limit = 100'000;
    ASSERT_TRUE(execute(transaction));
    EXPECT_TRUE(outcome.success());
    EXPECT_EQ(outcome.gas_used, 24'450U);
}

TEST_F(OptimismExecution, has_no_blobs)
{
    auto transaction = scenario::transfer();
    transaction.type = TransactionType::blob;
    transaction.blob_versioned_hashes.assign(1, Hash{{1}});
    transaction.max_fee_per_blob_gas = U256{1};
    EXPECT_EQ(refusal(transaction), InvalidTransaction::type_not_supported);
}
}  // namespace
}  // namespace jiffy::chain
