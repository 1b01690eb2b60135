// SPDX-License-Identifier: Apache-2.0
#include "chain/fees.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::chain
{
namespace
{
types::Header london_parent(std::uint64_t gas_limit, std::uint64_t gas_used, const U256& base_fee)
{
    types::Header parent;
    parent.number = 10;
    parent.gas_limit = gas_limit;
    parent.gas_used = gas_used;
    parent.base_fee_per_gas = base_fee;
    return parent;
}

TEST(BaseFee, follows_the_use_of_gas)
{
    const auto specification = ethereum_specification(1);
    const U256 initial{1'000'000'000};
    const auto next = [&](std::uint64_t gas_used)
    { return next_base_fee(specification, london_parent(20'000'000, gas_used, initial), 1); };
    EXPECT_EQ(next(10'000'000), initial);
    EXPECT_EQ(next(9'000'000), U256{987'500'000});
    EXPECT_EQ(next(11'000'000), U256{1'012'500'000});
    EXPECT_EQ(next(0), U256{875'000'000});
    EXPECT_EQ(next(20'000'000), U256{1'125'000'000});
}

TEST(BaseFee, rises_by_one_wei_at_least)
{
    EXPECT_EQ(next_base_fee(ethereum_specification(1), london_parent(20'000'000, 10'000'001, U256{7}), 1), U256{8});
}

TEST(BaseFee, begins_with_london)
{
    auto specification = ethereum_specification(1);
    specification.activations[Fork::london] = 11;
    types::Header parent;
    parent.number = 9;
    EXPECT_EQ(next_base_fee(specification, parent, 1), U256{});
    parent.number = 10;
    EXPECT_EQ(next_base_fee(specification, parent, 1), specification.initial_base_fee);
}

TEST(BaseFee, has_the_parameters_of_the_op_stack)
{
    auto specification = optimism_specification(1);
    auto parent = london_parent(60'000'000, 10'000'000, U256{1'000'000'000});
    EXPECT_EQ(next_base_fee(specification, parent, 1), *parent.base_fee_per_gas) << "at the target of a sixth";
    parent.gas_used = 20'000'000;
    EXPECT_EQ(next_base_fee(specification, parent, 1), U256{1'004'000'000}) << "denominator of Canyon: 250";

    // Holocene: version 0, denominator 50, elasticity 2.
    parent.extra_data = {0, 0, 0, 0, 50, 0, 0, 0, 2};
    EXPECT_EQ(next_base_fee(specification, parent, 1), U256{993'333'334});
    parent.extra_data = {0, 0, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(next_base_fee(specification, parent, 1), U256{1'004'000'000}) << "zeros stand for the constants";

    specification.jiffy->minimum_base_fee = U256{2'000'000'000};
    EXPECT_EQ(next_base_fee(specification, parent, 1), U256{2'000'000'000});
}

TEST(BaseFee, names_its_parameters_in_the_extra_data_since_holocene)
{
    auto specification = optimism_specification(1);
    EXPECT_EQ(base_fee_extra_data(specification, 1), (Bytes{0, 0, 0, 0, 250, 0, 0, 0, 6}));
    specification.optimism->activations[OptimismFork::holocene] = 100;
    EXPECT_EQ(base_fee_extra_data(specification, 99), Bytes{});
    EXPECT_EQ(base_fee_extra_data(ethereum_specification(1), 1), Bytes{});

    EXPECT_TRUE(is_base_fee_extra_data(Bytes{0, 0, 0, 0, 250, 0, 0, 0, 6}));
    for (const auto& wrong :
        {Bytes{}, Bytes{1, 0, 0, 0, 250, 0, 0, 0, 6}, Bytes{0, 0, 0, 0, 0, 0, 0, 0, 6},
            Bytes{0, 0, 0, 0, 250, 0, 0, 0, 0}, Bytes{0, 0, 0, 0, 250, 0, 0, 0}, Bytes{0, 0, 0, 0, 250, 0, 0, 0, 6, 0}})
        EXPECT_FALSE(is_base_fee_extra_data(wrong));
}

/// Named or constant, the same parameters give the same fee; and it never falls below the chain's own minimum.
RC_GTEST_PROP(BaseFee, is_that_of_the_named_parameters, ())
{
    auto specification = optimism_specification(1);
    const auto gas_limit = *rc::gen::inRange<std::uint64_t>(5'000, 1'000'000'000);
    auto parent = london_parent(gas_limit, *rc::gen::inRange<std::uint64_t>(0, gas_limit + 1),
        U256{*rc::gen::inRange<std::uint64_t>(1, std::uint64_t{1} << 50)});
    specification.optimism->eip1559_elasticity = *rc::gen::inRange<std::uint64_t>(1, 1'000);
    specification.optimism->eip1559_denominator_canyon = *rc::gen::inRange<std::uint64_t>(1, 1'000);
    const auto by_constants = next_base_fee(specification, parent, 1);
    parent.extra_data = base_fee_extra_data(specification, 1);
    specification.optimism->eip1559_elasticity = 7;
    specification.optimism->eip1559_denominator_canyon = 77;
    RC_ASSERT(next_base_fee(specification, parent, 1) == by_constants);
    RC_ASSERT(by_constants >= specification.jiffy->minimum_base_fee);
}

RC_GTEST_PROP(BaseFee, changes_by_an_eighth_at_most, ())
{
    const auto gas_limit = *rc::gen::inRange<std::uint64_t>(5'000, 1'000'000'000);
    const auto gas_used = *rc::gen::inRange<std::uint64_t>(0, gas_limit + 1);
    const U256 base_fee{*rc::gen::inRange<std::uint64_t>(8, std::uint64_t{1} << 50)};
    const auto next = next_base_fee(ethereum_specification(1), london_parent(gas_limit, gas_used, base_fee), 1);
    // An odd gas limit has its target rounded down.
    const auto eighth = divide(base_fee, U256{8}).quotient + U256{1} + divide(base_fee, U256{gas_limit}).quotient;
    RC_ASSERT(next <= base_fee + eighth);
    RC_ASSERT(next + eighth >= base_fee);
}

/// Values of geth's tests of the series that EIP-4844 defines.
TEST(BlobBaseFee, approximates_the_exponential_function)
{
    const auto price = [](std::uint64_t numerator, std::uint64_t denominator)
    { return blob_base_fee({.base_fee_update_fraction = denominator}, numerator); };
    EXPECT_EQ(price(0, 1), U256{1});
    EXPECT_EQ(price(2, 1), U256{6});
    EXPECT_EQ(price(4, 2), U256{6});
    EXPECT_EQ(price(3, 1), U256{16});
    EXPECT_EQ(price(6, 2), U256{18});
    EXPECT_EQ(price(4, 1), U256{49});
    EXPECT_EQ(price(8, 2), U256{50});
}

TEST(BlobBaseFee, saturates)
{
    EXPECT_EQ(blob_base_fee({.base_fee_update_fraction = 1}, ~std::uint64_t{0}), U256::max());
    EXPECT_EQ(blob_base_fee({.base_fee_update_fraction = 0}, 5), U256{});
}

types::Header blob_parent(std::uint64_t excess, std::uint64_t blobs, const U256& base_fee)
{
    types::Header parent;
    parent.excess_blob_gas = excess;
    parent.blob_gas_used = blobs * gas_per_blob;
    parent.base_fee_per_gas = base_fee;
    return parent;
}

TEST(ExcessBlobGas, is_what_exceeds_the_target)
{
    const BlobParameters parameters{.target = 6, .maximum = 9, .base_fee_update_fraction = 5'007'716};
    EXPECT_EQ(next_excess_blob_gas(parameters, blob_parent(0, 5, U256{7}), false), 0U);
    EXPECT_EQ(next_excess_blob_gas(parameters, blob_parent(0, 9, U256{7}), false), 3 * gas_per_blob);
    EXPECT_EQ(next_excess_blob_gas(parameters, blob_parent(gas_per_blob, 6, U256{7}), false), gas_per_blob);
    EXPECT_EQ(next_excess_blob_gas(parameters, {}, false), 0U) << "a parent before Cancun";
}

TEST(ExcessBlobGas, falls_no_further_where_execution_is_dearer)
{
    const BlobParameters parameters{.target = 6, .maximum = 9, .base_fee_update_fraction = 5'007'716};
    // One wei per blob gas; 2^17 wei a blob against 2^13 times the base fee.
    EXPECT_EQ(next_excess_blob_gas(parameters, blob_parent(10 * gas_per_blob, 6, U256{16}), true), 10 * gas_per_blob);
    EXPECT_EQ(next_excess_blob_gas(parameters, blob_parent(10 * gas_per_blob, 6, U256{17}), true), 12 * gas_per_blob);
}

TEST(EffectiveGasPrice, is_base_fee_and_tip_up_to_the_cap)
{
    types::Transaction transaction;
    transaction.max_fee_per_gas = U256{20};
    transaction.max_priority_fee_per_gas = U256{5};
    EXPECT_EQ(effective_gas_price(transaction, U256{10}), U256{15});
    EXPECT_EQ(effective_gas_price(transaction, U256{18}), U256{20});
    EXPECT_EQ(effective_gas_price(transaction, U256{30}), U256{20});
}
}  // namespace
}  // namespace jiffy::chain
