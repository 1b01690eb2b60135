// SPDX-License-Identifier: Apache-2.0
#include "chain/validity.hpp"

#include "chain/scenario_test.hpp"

namespace jiffy::chain
{
namespace
{
using evm::Revision;
using types::TransactionType;

types::Transaction with_data(Bytes data, bool creates)
{
    auto transaction = scenario::transfer();
    transaction.data = std::move(data);
    if (creates)
        transaction.to.reset();
    return transaction;
}

TEST(IntrinsicGas, counts_data_by_fork)
{
    const auto transaction = with_data({0, 0, 1, 2, 3}, false);
    EXPECT_EQ(intrinsic_gas(Revision::frontier, transaction).gas, 21'000U + 2 * 4 + 3 * 68);
    EXPECT_EQ(intrinsic_gas(Revision::istanbul, transaction).gas, 21'000U + 2 * 4 + 3 * 16);
    EXPECT_EQ(intrinsic_gas(Revision::cancun, transaction).floor, 0U);
    EXPECT_EQ(intrinsic_gas(Revision::prague, transaction).floor, 21'000U + 10 * (2 + 4 * 3));
}

TEST(IntrinsicGas, counts_creations_by_fork)
{
    const auto transaction = with_data(Bytes(33, 0), true);
    EXPECT_EQ(intrinsic_gas(Revision::frontier, transaction).gas, 21'000U + 33 * 4);
    EXPECT_EQ(intrinsic_gas(Revision::homestead, transaction).gas, 53'000U + 33 * 4);
    EXPECT_EQ(intrinsic_gas(Revision::shanghai, transaction).gas, 53'000U + 33 * 4 + 2 * 2);
}

TEST(IntrinsicGas, counts_access_list_and_authorizations)
{
    auto transaction = scenario::transfer();
    transaction.access_list = {{scenario::recipient, {Hash{}, Hash{}}}, {scenario::coinbase, {}}};
    EXPECT_EQ(intrinsic_gas(Revision::berlin, transaction).gas, 21'000U + 2 * 2'400 + 2 * 1'900);
    transaction.authorization_list.resize(3);
    EXPECT_EQ(intrinsic_gas(Revision::prague, transaction).gas, 21'000U + 2 * 2'400 + 2 * 1'900 + 3 * 25'000);
}

class StaticValidity : public scenario::Scenario
{
protected:
    std::optional<InvalidTransaction> fault(const types::Transaction& transaction)
    {
        const auto verdict = validate_static(context, transaction);
        return verdict ? std::nullopt : std::optional{verdict.error()};
    }

    static types::Transaction blobs(std::size_t count)
    {
        auto transaction = scenario::transfer();
        transaction.type = TransactionType::blob;
        transaction.max_fee_per_blob_gas = U256{1};
        transaction.blob_versioned_hashes.assign(count, Hash{{1}});
        return transaction;
    }
};

TEST_F(StaticValidity, accepts_what_has_no_fault)
{
    EXPECT_EQ(fault(scenario::transfer()), std::nullopt);
    EXPECT_EQ(fault(blobs(6)), std::nullopt);
}

TEST_F(StaticValidity, knows_the_fork_of_each_type)
{
    auto transaction = scenario::transfer();
    const auto fault_at = [&](Fork fork, TransactionType type)
    {
        set_fork(fork);
        transaction.type = type;
        return fault(transaction);
    };
    EXPECT_EQ(fault_at(Fork::istanbul, TransactionType::access_list), InvalidTransaction::type_1_tx_pre_fork);
    EXPECT_EQ(fault_at(Fork::berlin, TransactionType::access_list), std::nullopt);
    EXPECT_EQ(fault_at(Fork::berlin, TransactionType::dynamic_fee), InvalidTransaction::type_2_tx_pre_fork);
    EXPECT_EQ(fault_at(Fork::shanghai, TransactionType::blob), InvalidTransaction::type_3_tx_pre_fork);
    EXPECT_EQ(fault_at(Fork::cancun, TransactionType::set_code), InvalidTransaction::type_4_tx_pre_fork);
    EXPECT_EQ(fault_at(Fork::osaka, TransactionType::deposit), InvalidTransaction::type_not_supported);
}

TEST_F(StaticValidity, wants_the_chain_id)
{
    auto transaction = scenario::transfer();
    transaction.chain_id = 2;
    EXPECT_EQ(fault(transaction), InvalidTransaction::invalid_chain_id);

    transaction.type = TransactionType::legacy;
    transaction.chain_id.reset();
    EXPECT_EQ(fault(transaction), std::nullopt);
    transaction.chain_id = 1;
    set_fork(Fork::tangerine_whistle);
    EXPECT_EQ(fault(transaction), InvalidTransaction::invalid_chain_id) << "before EIP-155";
}

TEST_F(StaticValidity, wants_gas_for_the_intrinsic_cost_and_the_floor)
{
    auto transaction = scenario::transfer();
    transaction.gas_limit = 20'999;
    EXPECT_EQ(fault(transaction), InvalidTransaction::intrinsic_gas_too_low);
    transaction.data = Bytes(100, 1);
    transaction.gas_limit = 21'000 + 100 * 16;
    EXPECT_EQ(fault(transaction), InvalidTransaction::intrinsic_gas_below_floor_gas_cost);
    transaction.gas_limit = 21'000 + 100 * 40;
    EXPECT_EQ(fault(transaction), std::nullopt);
}

TEST_F(StaticValidity, bounds_gas_init_code_nonce_and_tip)
{
    auto transaction = scenario::transfer();
    transaction.gas_limit = osaka_transaction_gas_cap + 1;
    EXPECT_EQ(fault(transaction), InvalidTransaction::gas_limit_exceeds_maximum);
    EXPECT_TRUE(validate_static(context, transaction, false).has_value());
    set_fork(Fork::prague);
    EXPECT_EQ(fault(transaction), std::nullopt);

    transaction = with_data(Bytes(49'153, 0), true);
    transaction.gas_limit = 1'000'000;
    EXPECT_EQ(fault(transaction), InvalidTransaction::initcode_size_exceeded);
    transaction.data.pop_back();
    EXPECT_EQ(fault(transaction), std::nullopt);

    transaction = scenario::transfer();
    transaction.nonce = ~std::uint64_t{0};
    EXPECT_EQ(fault(transaction), InvalidTransaction::nonce_is_max);
    transaction = scenario::transfer();
    transaction.max_priority_fee_per_gas = transaction.max_fee_per_gas + U256{1};
    EXPECT_EQ(fault(transaction), InvalidTransaction::priority_greater_than_max_fee_per_gas);
}

TEST_F(StaticValidity, bounds_the_number_of_blobs_by_fork)
{
    EXPECT_EQ(fault(blobs(0)), InvalidTransaction::type_3_tx_zero_blobs);
    EXPECT_EQ(fault(blobs(7)), InvalidTransaction::type_3_tx_blob_count_exceeded);
    EXPECT_EQ(fault(blobs(10)), InvalidTransaction::type_3_tx_max_blob_gas_allowance_exceeded);
    set_fork(Fork::prague);
    EXPECT_EQ(fault(blobs(9)), std::nullopt);
    EXPECT_EQ(fault(blobs(10)), InvalidTransaction::type_3_tx_blob_count_exceeded);
    set_fork(Fork::cancun);
    EXPECT_EQ(fault(blobs(7)), InvalidTransaction::type_3_tx_blob_count_exceeded);

    auto transaction = blobs(1);
    transaction.blob_versioned_hashes[0][0] = 2;
    EXPECT_EQ(fault(transaction), InvalidTransaction::type_3_tx_invalid_blob_versioned_hash);
    transaction = blobs(1);
    transaction.to.reset();
    transaction.gas_limit = 100'000;
    EXPECT_EQ(fault(transaction), InvalidTransaction::type_3_tx_contract_creation);
}

TEST_F(StaticValidity, wants_authorizations_and_a_recipient_for_them)
{
    auto transaction = scenario::transfer();
    transaction.type = TransactionType::set_code;
    EXPECT_EQ(fault(transaction), InvalidTransaction::type_4_empty_authorization_list);
    transaction.to.reset();
    transaction.gas_limit = 100'000;
    EXPECT_EQ(fault(transaction), InvalidTransaction::type_4_tx_contract_creation);
}

TEST(MaximumCost, is_empty_beyond_256_bits)
{
    auto transaction = scenario::transfer();
    EXPECT_EQ(maximum_cost(transaction), U256{21'000 * 20 + 1});
    transaction.value = U256::max();
    EXPECT_EQ(maximum_cost(transaction), std::nullopt);
    transaction.value = {};
    transaction.max_fee_per_gas = U256{1} << 250;
    EXPECT_EQ(maximum_cost(transaction), std::nullopt);
    transaction.max_fee_per_gas = divide(U256::max(), U256{21'000}).quotient;
    EXPECT_TRUE(maximum_cost(transaction).has_value());
    transaction.max_fee_per_gas += U256{1};
    EXPECT_EQ(maximum_cost(transaction), std::nullopt);
}

TEST(Exceptions, have_the_names_of_the_test_suites)
{
    EXPECT_EQ(name_of(InvalidTransaction::malformed), "RLP_ERROR");
    EXPECT_EQ(name_of(InvalidTransaction::gas_limit_exceeds_maximum), "GAS_LIMIT_EXCEEDS_MAXIMUM");
    EXPECT_EQ(name_of(InvalidTransaction::insufficient_account_funds), "INSUFFICIENT_ACCOUNT_FUNDS");
    EXPECT_EQ(name_of(InvalidBlock::rlp_structures_encoding), "RLP_STRUCTURES_ENCODING");
    EXPECT_EQ(name_of(InvalidBlock::invalid_gas_used), "INVALID_GAS_USED");
    EXPECT_EQ(name_of(InvalidBlock::system_contract_call_failed), "SYSTEM_CONTRACT_CALL_FAILED");
}
}  // namespace
}  // namespace jiffy::chain
