// SPDX-License-Identifier: Apache-2.0
#include "chain/optimism.hpp"

#include "chain/fast_lz.hpp"
#include "state/memory_state.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::chain
{
namespace
{
/// 480 gas as call data; the parameters and fees are those of op-geth's tests.
const Bytes thirty_bytes(30, 0x11);

L1FeeParameters parameters()
{
    return {.base_fee = U256{1'000'000'000},
        .blob_base_fee = U256{10'000'000},
        .base_fee_scalar = 2,
        .blob_base_fee_scalar = 3,
        .overhead = U256{50},
        .scalar = U256{7'000'000}};
}

TEST(FastLz, counts_what_the_compressor_would_write)
{
    EXPECT_EQ(fast_lz_length({}), 0U);
    EXPECT_EQ(fast_lz_length(Bytes(1'000, 1)), 21U);
    EXPECT_EQ(fast_lz_length(Bytes(1'000, 0)), 21U);
    EXPECT_EQ(fast_lz_length(Bytes(1, 7)), 2U);
    EXPECT_EQ(fast_lz_length(Bytes(12, 7)), 13U) << "too short to search in";
}

TEST(FastLz, counts_literals_that_never_repeat)
{
    Bytes data;
    for (std::uint64_t i = 0; data.size() < 1'024; ++i)
        append(data, crypto::keccak256(to_hash(U256{i}).view()).view());
    EXPECT_EQ(fast_lz_length(data), 1'024U / 32 * 33);
}

TEST(L1DataFee, has_the_formula_of_each_fork)
{
    EXPECT_EQ(l1_data_fee(OptimismFork::bedrock, parameters(), thirty_bytes), U256{11'326'000'000'000});
    EXPECT_EQ(l1_data_fee(OptimismFork::regolith, parameters(), thirty_bytes), U256{3'710'000'000'000});
    EXPECT_EQ(l1_data_fee(OptimismFork::ecotone, parameters(), thirty_bytes), U256{960'900});
    EXPECT_EQ(l1_data_fee(OptimismFork::fjord, parameters(), thirty_bytes), U256{3'203'000});
}

TEST(L1DataFee, is_that_of_before_in_the_first_block_of_ecotone)
{
    auto first = parameters();
    first.blob_base_fee = {};
    first.base_fee_scalar = 0;
    first.blob_base_fee_scalar = 0;
    EXPECT_EQ(l1_data_fee(OptimismFork::fjord, first, thirty_bytes), U256{3'710'000'000'000});
}

TEST(L1DataFee, is_nothing_without_prices)
{
    EXPECT_EQ(l1_data_fee(OptimismFork::isthmus, {}, thirty_bytes), U256{});
}

/// Short data is not compressed at all; the answer must be as if it were.
RC_GTEST_PROP(L1GasUsed, is_the_compressed_size_of_any_data, ())
{
    const auto size = *rc::gen::inRange<std::size_t>(0, 400);
    const auto letters = *rc::gen::inRange(2, 256);
    const auto data = *rc::gen::container<Bytes>(
        size, rc::gen::map(rc::gen::inRange(0, letters), [](int letter) { return static_cast<Byte>(letter); }));
    const std::int64_t scaled = std::int64_t{fast_lz_length(data)} * 836'500 - 42'585'600;
    const auto bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(scaled, 100'000'000));
    RC_ASSERT(l1_gas_used(OptimismFork::fjord, {}, data) == U256{bytes * 16 / 1'000'000});
}

TEST(L1GasUsed, is_that_of_the_data_by_each_forks_measure)
{
    EXPECT_EQ(l1_gas_used(OptimismFork::bedrock, parameters(), thirty_bytes), U256{480 + 68 * 16 + 50});
    EXPECT_EQ(l1_gas_used(OptimismFork::regolith, parameters(), thirty_bytes), U256{480 + 50});
    EXPECT_EQ(l1_gas_used(OptimismFork::ecotone, parameters(), thirty_bytes), U256{480});
    EXPECT_EQ(l1_gas_used(OptimismFork::fjord, parameters(), thirty_bytes), U256{1'600}) << "100 bytes at least";
    EXPECT_EQ(l1_gas_used(OptimismFork::isthmus, {}, thirty_bytes), U256{1'600}) << "with and without prices";
}

TEST(PrecompileRules, come_with_the_fork)
{
    EXPECT_EQ(precompile_rules_of(OptimismFork::ecotone), evm::PrecompileRules::ethereum);
    EXPECT_EQ(precompile_rules_of(OptimismFork::fjord), evm::PrecompileRules::fjord);
    EXPECT_EQ(precompile_rules_of(OptimismFork::granite), evm::PrecompileRules::granite);
    EXPECT_EQ(precompile_rules_of(OptimismFork::holocene), evm::PrecompileRules::granite);
    EXPECT_EQ(precompile_rules_of(OptimismFork::isthmus), evm::PrecompileRules::isthmus);
}

TEST(OperatorFee, is_a_share_of_gas_and_a_constant)
{
    const L1FeeParameters fees{.operator_fee_scalar = 1'500'000, .operator_fee_constant = 400};
    EXPECT_EQ(operator_fee(fees, 21'000), U256{31'900});
}

TEST(L1FeeParameters, are_read_from_the_predeploy)
{
    state::MemoryState state;
    state.set_account(predeploys::l1_block, 1, {}, {});
    state.set_storage(predeploys::l1_block, U256{1}, U256{1'000'000'000});
    state.set_storage(predeploys::l1_block, U256{7}, U256{10'000'000});
    state.set_storage(predeploys::l1_block, U256{5}, U256{50});
    state.set_storage(predeploys::l1_block, U256{6}, U256{7'000'000});
    // Both scalars above the sequence number, and above the operator fee's constant its scalar.
    state.set_storage(predeploys::l1_block, U256{3}, U256{99, (std::uint64_t{2} << 32) | 3, 77, 0});
    state.set_storage(predeploys::l1_block, U256{8}, U256{400, 5, 0, 0});
    auto expected = parameters();
    expected.operator_fee_scalar = 5;
    expected.operator_fee_constant = 400;
    EXPECT_EQ(read_l1_fee_parameters(state::Source{state}), expected);
    EXPECT_EQ(read_l1_fee_parameters(state::Source{state::empty_state}), L1FeeParameters{});
}

TEST(OptimismRules, are_those_of_the_newest_fork)
{
    OptimismSection section;
    section.activations[OptimismFork::bedrock] = 0;
    section.activations[OptimismFork::regolith] = 0;
    section.activations[OptimismFork::fjord] = 100;
    EXPECT_EQ(optimism_rules_at(section, 99).fork, OptimismFork::regolith);
    EXPECT_EQ(optimism_rules_at(section, 100).fork, OptimismFork::fjord);
}
}  // namespace
}  // namespace jiffy::chain
