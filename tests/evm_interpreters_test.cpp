// SPDX-License-Identifier: Apache-2.0
#include "evm/opcodes.hpp"
#include "evm_comparison.hpp"

#include <array>
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
/// Numbers near the places where arithmetic changes its ways, or any.
rc::Gen<U256> operand()
{
    const auto power = rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 257), [](auto bit) { return U256{1} << bit; });
    const auto near = rc::gen::apply([](const U256& number, std::uint64_t distance) { return number + distance - 2; },
        power, rc::gen::inRange<std::uint64_t>(0, 5));
    const auto any = rc::gen::apply([](auto a, auto b, auto c, auto d) { return U256{a, b, c, d}; },
        rc::gen::arbitrary<std::uint64_t>(), rc::gen::arbitrary<std::uint64_t>(), rc::gen::arbitrary<std::uint64_t>(),
        rc::gen::arbitrary<std::uint64_t>());
    const auto small = rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 260), [](auto number) { return U256{number}; });
    return rc::gen::noShrink(rc::gen::oneOf(near, rc::gen::resize(100, any), small));
}

/// A contract that returns what an opcode makes of three operands.
Scenario single_instruction(std::uint8_t opcode, const std::array<U256, 3>& operands)
{
    Scenario scenario;
    scenario.gas = 100'000;
    scenario.recipient[0] = 0xc0;
    Bytes code;
    for (const auto& value : operands)
    {
        code.push_back(evm::op_push32);
        append(code, to_hash(value).view());
    }
    append(code, Bytes{opcode, evm::op_push1, 0, evm::op_mstore, evm::op_push1, 32, evm::op_push1, 0, evm::op_return});
    add_account(scenario.state, scenario.recipient, 1, 0, code);
    return scenario;
}

TEST(EvmInterpreters, agree_on_arithmetic)
{
    Comparison comparison;
    const bool holds = rc::check("both interpreters compute the same",
        [&]
        {
            const std::array<U256, 3> operands{*operand(), *operand(), *operand()};
            for (int opcode = evm::op_add; opcode <= evm::op_clz; ++opcode)
            {
                const auto code = static_cast<std::uint8_t>(opcode);
                if (!evm::opcode_table[code].is_defined())
                    continue;
                const auto difference = comparison.difference(single_instruction(code, operands));
                if (!difference.empty())
                    RC_FAIL(difference);
                RC_ASSERT(comparison.status() == evm::Status::success);
            }
        });
    EXPECT_TRUE(holds);
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
