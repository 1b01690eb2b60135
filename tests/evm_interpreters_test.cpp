// SPDX-License-Identifier: Apache-2.0
#include "evm/opcodes.hpp"
#include "evm_comparison.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <set>

namespace jiffy::fuzz
{
namespace
{
TEST(EvmInterpreters, agree_on_random_contracts)
{
    Comparison comparison;
    std::set<evm::Status> statuses;
    const bool holds = rc::check("both interpreters agree",
        [&]
        {
            const auto size = *rc::gen::inRange<std::size_t>(0, 3000);
            const auto bytes = *rc::gen::noShrink(rc::gen::container<Bytes>(size, rc::gen::arbitrary<Byte>()));
            const auto difference = comparison.difference(make_scenario(bytes));
            statuses.insert(comparison.status());
            if (!difference.empty())
                RC_FAIL(difference);
        });
    EXPECT_TRUE(holds);
    EXPECT_GE(statuses.size(), 5U) << "the scenarios are too much alike";
}
/// A contract that calls itself with all its gas but some, and then logs 1 plus the call's answer.
Scenario recursion(evm::Revision revision, std::int64_t gas)
{
    using namespace evm;
    Scenario scenario;
    scenario.block.revision = revision;
    scenario.gas = gas;
    scenario.recipient[0] = 0xc0;
    add_account(scenario.state, scenario.recipient, 1, 0,
        {op_push1, 0, op_push1, 0, op_push1, 0, op_push1, 0, op_push1, 0, op_address, op_push2, 0x20, 0x00, op_gas,
            op_sub, op_call, op_push1, 1, op_add, op_push1, 0, op_mstore, op_push1, 32, op_push1, 0, op_log0});
    return scenario;
}

TEST(EvmInterpreters, stop_calling_at_depth_1024)
{
    Comparison comparison;
    Runner fast{false};
    for (const auto revision : {evm::Revision::frontier, evm::Revision::tangerine_whistle, evm::Revision::osaka})
    {
        const auto scenario = recursion(revision, std::int64_t{1} << 50);
        EXPECT_EQ(comparison.difference(scenario), "");
        const auto& result = fast.run(scenario);
        EXPECT_EQ(result.status, evm::Status::success);
        ASSERT_EQ(result.logs.size(), 1025U);
        EXPECT_EQ(to_u256(BytesView{result.logs.front().data}), U256{1}) << "the deepest call fails";
        EXPECT_EQ(to_u256(BytesView{result.logs.back().data}), U256{2});
    }
}
}  // namespace
}  // namespace jiffy::fuzz
