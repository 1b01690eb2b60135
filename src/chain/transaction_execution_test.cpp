// SPDX-License-Identifier: Apache-2.0
#include "chain/transaction_execution.hpp"

#include "chain/scenario_test.hpp"

#include <rapidcheck/gtest.h>

namespace jiffy::chain
{
namespace
{
using namespace scenario;
using types::TransactionType;

/// PUSH0 PUSH0 SSTORE
const Bytes clears_slot_0{0x5f, 0x5f, 0x55};
/// Reverts with one byte 0xaa.
const Bytes reverts{0x60, 0xaa, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xfd};

class TransactionExecution : public scenario::Scenario
{
};

TEST_F(TransactionExecution, moves_value_and_pays_the_coinbase_its_tip)
{
    ASSERT_TRUE(execute(transfer()));
    EXPECT_TRUE(outcome.success());
    EXPECT_EQ(outcome.gas_used, 21'000U);
    EXPECT_EQ(outcome.effective_gas_price, U256{12});
    EXPECT_EQ(balance(sender), ether - U256{1 + 21'000 * 12});
    EXPECT_EQ(balance(recipient), U256{1});
    EXPECT_EQ(balance(coinbase), U256{21'000 * 2}) << "the base fee is burnt (EIP-1559)";
    types::Account account;
    ASSERT_EQ(state.account(sender, account), state::Presence::present);
    EXPECT_EQ(account.nonce, 1U);
}

TEST_F(TransactionExecution, refuses_what_the_state_or_the_block_does_not_allow)
{
    auto transaction = transfer();
    transaction.nonce = 1;
    EXPECT_EQ(refusal(transaction), InvalidTransaction::nonce_mismatch_too_high);
    transaction = transfer();
    transaction.value = ether;
    EXPECT_EQ(refusal(transaction), InvalidTransaction::insufficient_account_funds);
    transaction = transfer();
    transaction.max_fee_per_gas = U256{9};
    EXPECT_EQ(refusal(transaction), InvalidTransaction::insufficient_max_fee_per_gas);
    capacity.gas = 20'999;
    EXPECT_EQ(refusal(transfer()), InvalidTransaction::gas_allowance_exceeded);
    capacity.gas = scenario::block_gas_limit;
    transaction = transfer();
    transaction.gas_limit = std::uint64_t{1} << 63;
    capacity.gas = ~std::uint64_t{0};
    EXPECT_EQ(refusal(transaction), InvalidTransaction::gas_allowance_exceeded);
    ASSERT_TRUE(execute(transfer()));
    EXPECT_EQ(refusal(transfer()), InvalidTransaction::nonce_mismatch_too_low);
}

TEST_F(TransactionExecution, lets_only_accounts_without_code_or_with_a_delegation_send)
{
    state.set_account(sender, 0, ether, reverts);
    EXPECT_EQ(refusal(transfer()), InvalidTransaction::sender_not_eoa);
    EXPECT_TRUE(execute(transfer(), sender, {.check_sender_code = false}));
    state.set_account(sender, 0, ether, evm::delegation_code(recipient).view());
    EXPECT_TRUE(execute(transfer()));
}

TEST_F(TransactionExecution, leaves_checks_out_on_request)
{
    auto transaction = transfer();
    transaction.nonce = 7;
    transaction.max_fee_per_gas = {};
    transaction.max_priority_fee_per_gas = {};
    transaction.value = ether + ether;
    transaction.gas_limit = osaka_transaction_gas_cap + 1;
    ASSERT_TRUE(execute(transaction, sender,
        {.check_nonce = false, .check_funds = false, .check_fees = false, .check_gas_cap = false}));
    EXPECT_EQ(balance(recipient), ether + ether);
    EXPECT_EQ(balance(coinbase), U256{});
}

TEST_F(TransactionExecution, caps_the_refund_by_fork)
{
    state.set_account(recipient, 1, {}, clears_slot_0);
    state.set_storage(recipient, {}, U256{1});
    auto transaction = transfer();
    transaction.gas_limit = 100'000;
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(outcome.gas_before_refund, 21'000U + 2 + 2 + 5'000);
    EXPECT_EQ(outcome.gas_used, outcome.gas_before_refund - 4'800) << "EIP-3529";
}

TEST_F(TransactionExecution, charges_the_floor_of_data)
{
    auto transaction = transfer();
    transaction.data = Bytes(1'000, 1);
    transaction.gas_limit = 100'000;
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(outcome.gas_before_refund, 21'000U + 16'000);
    EXPECT_EQ(outcome.gas_used, 21'000U + 40'000);
    EXPECT_EQ(balance(coinbase), U256{61'000 * 2});
}

TEST_F(TransactionExecution, keeps_fee_and_nonce_of_a_reverted_call)
{
    state.set_account(recipient, 1, {}, reverts);
    auto transaction = transfer();
    transaction.gas_limit = 50'000;
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(outcome.status, evm::Status::revert);
    EXPECT_EQ(outcome.output, Bytes{0xaa});
    EXPECT_EQ(balance(recipient), U256{});
    EXPECT_EQ(balance(sender), ether - U256{outcome.gas_used * 12});
    EXPECT_LT(outcome.gas_used, 50'000U);
    EXPECT_EQ(refusal(transfer()), InvalidTransaction::nonce_mismatch_too_low);
}

TEST_F(TransactionExecution, creates_a_contract)
{
    auto transaction = transfer();
    transaction.to.reset();
    transaction.gas_limit = 100'000;
    // Deploys one byte, STOP.
    transaction.data = {0x60, 0x01, 0x5f, 0xf3};
    ASSERT_TRUE(execute(transaction));
    ASSERT_TRUE(outcome.created.has_value());
    EXPECT_EQ(*outcome.created, evm::create_address(sender, 0));
    types::Account account;
    ASSERT_EQ(state.account(*outcome.created, account), state::Presence::present);
    EXPECT_EQ(account.code_hash, crypto::keccak256(Bytes{0}));
    EXPECT_EQ(account.nonce, 1U);
    EXPECT_EQ(account.balance, U256{1});
}

TEST_F(TransactionExecution, burns_the_fee_of_blobs)
{
    auto transaction = transfer();
    transaction.type = TransactionType::blob;
    transaction.blob_versioned_hashes.assign(2, Hash{{1}});
    EXPECT_EQ(refusal(transaction), InvalidTransaction::insufficient_max_fee_per_blob_gas);
    transaction.max_fee_per_blob_gas = U256{3};
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(outcome.blob_gas_used, 2 * gas_per_blob);
    EXPECT_EQ(balance(sender), ether - U256{1 + 21'000 * 12 + 2 * gas_per_blob});
    capacity.blob_gas = gas_per_blob;
    EXPECT_EQ(refusal(transaction), InvalidTransaction::type_3_tx_max_blob_gas_allowance_exceeded);
}

class Authorizations : public TransactionExecution
{
protected:
    Authorizations()
    {
        authority = crypto::address_of(*crypto::public_key_of(secret));
        transaction.type = TransactionType::set_code;
        transaction.gas_limit = 200'000;
        transaction.authorization_list = {signed_by_authority(1, 0)};
    }

    types::Authorization signed_by_authority(std::uint64_t chain_id, std::uint64_t nonce)
    {
        types::Authorization authorization{
            .chain_id = U256{chain_id}, .address = recipient, .nonce = nonce, .signature = {}};
        authorization.signature = *crypto::sign(types::signing_hash(authorization), secret);
        return authorization;
    }

    Bytes code_of_authority()
    {
        types::Account account;
        BytesView code;
        if (state.account(authority, account) == state::Presence::present)
            static_cast<void>(state.code(account.code_hash, code));
        return to_bytes(code);
    }

    const Hash secret = to_hash(U256{42});
    Address authority;
    types::Transaction transaction = transfer();
};

TEST_F(Authorizations, delegate_the_accounts_that_signed_them)
{
    ASSERT_TRUE(execute(transaction));
    EXPECT_TRUE(equal(code_of_authority(), evm::delegation_code(recipient).view()));
    EXPECT_EQ(outcome.gas_used, 21'000U + 25'000);
}

TEST_F(Authorizations, are_cheaper_for_an_account_that_is_there)
{
    state.set_account(authority, 0, U256{1}, {});
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(outcome.gas_before_refund, 46'000U);
    EXPECT_EQ(outcome.gas_used, 46'000U - 46'000 / 5) << "12500 are refunded, up to a fifth";
}

TEST_F(Authorizations, are_passed_over_if_they_do_not_hold)
{
    auto forged = signed_by_authority(1, 0);
    forged.signature.s = crypto::secp256k1_order - forged.signature.s;
    transaction.authorization_list = {signed_by_authority(2, 0), signed_by_authority(1, 1), forged};
    ASSERT_TRUE(execute(transaction));
    EXPECT_TRUE(code_of_authority().empty());
}

TEST_F(Authorizations, stay_if_the_call_fails)
{
    state.set_account(recipient, 1, {}, reverts);
    ASSERT_TRUE(execute(transaction));
    EXPECT_FALSE(outcome.success());
    EXPECT_FALSE(code_of_authority().empty());
}

TEST_F(Authorizations, to_nobody_take_a_delegation_back)
{
    state.set_account(authority, 0, {}, evm::delegation_code(recipient).view());
    types::Authorization authorization{.chain_id = {}, .address = {}, .nonce = 0, .signature = {}};
    authorization.signature = *crypto::sign(types::signing_hash(authorization), secret);
    transaction.authorization_list = {authorization};
    ASSERT_TRUE(execute(transaction));
    EXPECT_TRUE(code_of_authority().empty());
}

/// A state that knows the sender only.
struct SenderOnly
{
    static state::Presence account(const Address& address, types::Account& result)
    {
        if (address != sender)
            return state::Presence::unavailable;
        result.balance = ether;
        return state::Presence::present;
    }
    static state::Presence storage(const Address& /*address*/, const U256& /*key*/, U256& /*result*/)
    {
        return state::Presence::unavailable;
    }
    static state::Presence code(const Hash& /*hash*/, BytesView& /*result*/) { return state::Presence::unavailable; }
    static state::Presence has_storage(const Address& /*address*/) { return state::Presence::unavailable; }
};

TEST_F(TransactionExecution, has_no_verdict_where_the_state_is_unavailable)
{
    const SenderOnly source;
    const auto executed =
        execute_transaction(context, transfer(), sender, state::Source{source}, capacity, executor, outcome);
    ASSERT_FALSE(executed);
    EXPECT_TRUE(std::holds_alternative<StateUnavailable>(executed.error()));
}

TEST_F(TransactionExecution, brings_an_unpaid_coinbase_into_being_before_spurious_dragon)
{
    auto transaction = transfer();
    transaction.type = TransactionType::legacy;
    transaction.chain_id.reset();
    transaction.max_fee_per_gas = {};
    transaction.max_priority_fee_per_gas = {};
    types::Account account;
    set_fork(Fork::spurious_dragon);
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(state.account(coinbase, account), state::Presence::absent);
    set_fork(Fork::homestead);
    transaction.nonce = 1;
    ASSERT_TRUE(execute(transaction));
    EXPECT_EQ(state.account(coinbase, account), state::Presence::present);
}

RC_GTEST_FIXTURE_PROP(TransactionExecution, neither_makes_nor_loses_wei, ())
{
    auto transaction = transfer();
    transaction.gas_limit = *rc::gen::inRange<std::uint64_t>(21'000, 1'000'000);
    transaction.max_fee_per_gas = U256{*rc::gen::inRange<std::uint64_t>(10, 100)};
    transaction.max_priority_fee_per_gas = U256{*rc::gen::inRange<std::uint64_t>(0, 10)};
    transaction.value = U256{*rc::gen::arbitrary<std::uint32_t>()};
    if (*rc::gen::arbitrary<bool>())
        state.set_account(recipient, 1, {}, *rc::gen::element(clears_slot_0, reverts));
    RC_ASSERT(execute(transaction).has_value());
    const auto burnt = U256{outcome.gas_used} * context.environment.base_fee;
    RC_ASSERT(balance(sender) + balance(recipient) + balance(coinbase) + burnt == ether);
}

TEST_F(TransactionExecution, makes_the_receipt)
{
    // LOG0 of nothing.
    state.set_account(recipient, 1, {}, Bytes{0x5f, 0x5f, 0xa0});
    auto transaction = transfer();
    transaction.gas_limit = 50'000;
    ASSERT_TRUE(execute(transaction));
    const auto receipt = make_receipt(context, transaction, outcome, 100'000);
    EXPECT_EQ(receipt.type, TransactionType::dynamic_fee);
    EXPECT_TRUE(receipt.success);
    EXPECT_EQ(receipt.cumulative_gas_used, 100'000U);
    ASSERT_EQ(receipt.logs.size(), 1U);
    EXPECT_EQ(receipt.logs[0].address, recipient);
    EXPECT_TRUE(types::may_contain(receipt.logs_bloom, recipient.view()));
    EXPECT_FALSE(receipt.deposit_nonce.has_value());
}
}  // namespace
}  // namespace jiffy::chain
