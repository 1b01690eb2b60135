// SPDX-License-Identifier: Apache-2.0
#include "chain/specification.hpp"

#include "chain/optimism.hpp"

#include <gtest/gtest.h>

namespace jiffy::chain
{
namespace
{
TEST(Specification, switches_by_number_and_then_by_time)
{
    auto specification = ethereum_specification(1, Fork::frontier);
    specification.activations[Fork::homestead] = 5;
    specification.activations[Fork::london] = 10;
    specification.activations[Fork::shanghai] = 1'000;
    EXPECT_EQ(specification.revision_at(4, 2'000'000), evm::Revision::shanghai);
    EXPECT_EQ(specification.revision_at(4, 999), evm::Revision::frontier);
    EXPECT_EQ(specification.revision_at(5, 999), evm::Revision::homestead);
    EXPECT_EQ(specification.revision_at(10, 999), evm::Revision::london);
    EXPECT_EQ(specification.fork_at(10, 1'000), Fork::shanghai);
}

TEST(Specification, has_every_fork_from_genesis_in_the_ethereum_preset)
{
    const auto specification = ethereum_specification(31337);
    EXPECT_EQ(specification.chain_id, 31337U);
    EXPECT_EQ(specification.fork_at(0, 0), Fork::osaka);
    EXPECT_FALSE(specification.is_active(Fork::dao, 0, 0));
    EXPECT_EQ(specification.blob_parameters_at(0, 0)->maximum, 9U);
}

TEST(Specification, keeps_blob_limits_until_a_fork_changes_them)
{
    auto specification = ethereum_specification(1);
    specification.activations[Fork::bpo1] = 100;
    EXPECT_EQ(specification.blob_parameters_at(1, 99)->target, 6U);
    EXPECT_EQ(specification.blob_parameters_at(1, 100)->target, 10U);
    EXPECT_EQ(specification.revision_at(1, 100), evm::Revision::osaka);
    specification.blob_schedule[static_cast<std::size_t>(Fork::bpo1)].reset();
    EXPECT_EQ(specification.blob_parameters_at(1, 100)->target, 6U);
    EXPECT_FALSE(ethereum_specification(1, Fork::shanghai).blob_parameters_at(1, 1).has_value());
}

TEST(Specification, has_the_op_stack_and_its_own_limits_in_the_op_preset)
{
    const auto specification = optimism_specification(1);
    EXPECT_EQ(specification.revision_at(0, 0), evm::Revision::prague);
    EXPECT_TRUE(specification.optimism->is_active(OptimismFork::isthmus, 0));
    EXPECT_EQ(specification.jiffy->transaction_gas_cap, std::uint64_t{1} << 24);
    EXPECT_EQ(specification.jiffy->block_gas_limit, 10'000'000'000U);
    EXPECT_EQ(specification.jiffy->minimum_base_fee, U256{1'000'000});
    EXPECT_FALSE(commits_to_withdrawals(ethereum_specification(1), 0));
    EXPECT_TRUE(commits_to_withdrawals(specification, 0));
}
}  // namespace
}  // namespace jiffy::chain
