// SPDX-License-Identifier: Apache-2.0
#include "evm/machine_test.hpp"

namespace jiffy::evm::test
{
namespace
{
class CallsTest : public MachineTest
{
protected:
    [[nodiscard]] Address created_by_contract() const { return create_address(contract, 0); }
};

INSTANTIATE_TEST_SUITE_P(Interpreters,
    CallsTest,
    testing::Bool(),
    [](const auto& information) { return information.param ? "plain" : "fast"; });

TEST_P(CallsTest, value_moves)
{
    value = 10;
    const auto ran = run(call(op_call, {.to = other, .value = 4}) + return_top());
    EXPECT_EQ(ran.word(), U256{1});
    EXPECT_EQ(ran.change_of(sender)->account.balance, U256{999'990});
    EXPECT_EQ(ran.change_of(contract)->account.balance, U256{6});
    EXPECT_EQ(ran.change_of(other)->account.balance, U256{4});
}

TEST_P(CallsTest, a_call_beyond_the_balance_fails_and_gives_its_gas_back)
{
    const auto ran = run(call(op_call, {.to = other, .value = 4, .gas = 50000}) + return_top());
    EXPECT_EQ(ran.word(), U256{0});
    // 9000 for the value, 25000 for the new account, 2600 cold, 2300 given with the call come back.
    EXPECT_LT(ran.gas_used, 9000 + 25000 + 2600 + 100 - 2300);
    EXPECT_EQ(ran.change_of(other), nullptr);
}

TEST_P(CallsTest, kinds_differ_in_sender_value_and_account)
{
    // Stores caller, value and address of the account in its slots.
    state.set_code(other,
        Code{op_caller} + push(0) + op_sstore + op_callvalue + push(1) + op_sstore + op_address + push(2) + op_sstore);
    value = 7;
    const auto slots_after = [this](Opcode opcode, std::uint64_t call_value)
    {
        const auto ran = run(call(opcode, {.to = other, .value = call_value}));
        std::map<Hash, U256> slots;
        for (const auto& slot : ran.difference.slots)
            slots[to_hash(slot.key)] = slot.value;
        return std::array{slots[to_hash(0)], slots[to_hash(1)], slots[to_hash(2)]};
    };
    EXPECT_EQ(slots_after(op_call, 2), (std::array{to_u256(contract), U256{2}, to_u256(other)}));
    EXPECT_EQ(slots_after(op_callcode, 2), (std::array{to_u256(contract), U256{2}, to_u256(contract)}));
    EXPECT_EQ(slots_after(op_delegatecall, 0), (std::array{to_u256(sender), U256{7}, to_u256(contract)}));
}

TEST_P(CallsTest, return_data_outlives_the_callee)
{
    state.set_code(other, mstore(0, push(0x1234)) + return_memory(0, 32));
    const Code growing = mstore(4096, push(1));
    const auto ran = run(call(op_call, {.to = other, .output_size = 4}) + growing + op_returndatasize + push(0) +
                         push(64) + op_returndatacopy + push(64) + op_mload + return_top());
    EXPECT_EQ(ran.word(), U256{0x1234});
    EXPECT_EQ(run(call(op_call, {.to = other}) + push(33) + push(0) + push(0) + op_returndatacopy).status,
        Status::out_of_bounds_read);
}

TEST_P(CallsTest, return_data_ends_where_it_ends_even_if_offset_and_size_overflow)
{
    state.set_code(other, mstore(0, push(0x1234)) + return_memory(0, 32));
    const auto copy = [this](const U256& offset, const U256& size)
    {
        return run(call(op_call, {.to = other}) + push(size) + push(offset) + push(0) + op_returndatacopy + push(0) +
                   op_mload + return_top());
    };
    const U256 two_to_64{0, 1, 0, 0};
    EXPECT_EQ(copy(0, 32).word(), U256{0x1234});
    EXPECT_EQ(copy(16, 16).word(), U256{0x1234} << 128);
    EXPECT_EQ(copy(32, 0).status, Status::success);
    // Taken modulo 2^64 or 2^256, many of these ends would lie within the data.
    for (const auto& offset :
        {two_to_64 - 16, two_to_64 - 1, two_to_64, U256{} - two_to_64, U256{} - 16, U256{} - 32, U256::max()})
        for (const std::uint64_t size : {0U, 1U, 16U, 32U})
            EXPECT_EQ(copy(offset, size).status, Status::out_of_bounds_read) << to_quantity(offset) << " " << size;
    // The memory comes first: it is paid for before the bounds are looked at.
    for (const auto& size : {two_to_64 - 16, two_to_64, U256{} - 16, U256::max()})
        EXPECT_EQ(copy(16, size).status, Status::out_of_gas) << to_quantity(size);
}

TEST_P(CallsTest, output_is_cut_to_what_the_caller_asked_for)
{
    state.set_code(other, mstore(0, push(U256::max())) + return_memory(0, 32));
    EXPECT_EQ(run(call(op_call, {.to = other, .output_size = 2}) + return_memory(0, 32)).word(), U256{0xffff} << 240);
    EXPECT_EQ(run(call(op_call, {.to = other, .output_size = 64}) + return_memory(32, 32)).word(), U256{0});
}

TEST_P(CallsTest, a_failed_call_changes_nothing)
{
    state.set_code(other, sstore(1, 1) + push(0) + push(0) + op_log0 + op_invalid);
    const auto ran = run(call(op_call, {.to = other, .gas = 60000}) + return_top());
    EXPECT_EQ(ran.status, Status::success);
    EXPECT_EQ(ran.word(), U256{0});
    EXPECT_TRUE(ran.difference.slots.empty());
    EXPECT_TRUE(ran.logs.empty());
    EXPECT_GT(ran.gas_used, 60000);
}

TEST_P(CallsTest, one_64th_of_the_gas_stays)
{
    state.set_code(other, Code{op_gas} + return_top());
    gas = 100'000;
    const auto inside = run(call(op_call, {.to = other, .output_size = 32}) + push(0) + op_mload + return_top()).word();
    // 23 for the operands with the GAS, 2600 for the call, 3 for a word of memory; GAS itself costs 2.
    const std::uint64_t available = 100'000 - 20 - 2600 - 3;
    EXPECT_EQ(inside, U256{available - available / 64 - 2});
}

TEST_P(CallsTest, depth_ends_at_1024)
{
    // Calls itself with a counter as deep as it goes, and returns the depth reached.
    gas = std::int64_t{1} << 50;
    const Code recursion = push(0) + op_calldataload + push(1) + op_add + push(0) + op_mstore +
                           call(op_call, {.to = contract, .input_size = 32, .output_size = 32}) + op_pop +
                           return_memory(0, 32);
    EXPECT_EQ(run(recursion).word(), U256{1025});
}

TEST_P(CallsTest, delegation_is_followed_once)
{
    const Code target = push(0x77) + return_top();
    state.set_code(other, target);
    Code designator;
    const auto delegation = delegation_code(other);
    append(designator.bytes, delegation.view());
    EXPECT_EQ(run(designator).word(), U256{0x77});
    block.revision = Revision::cancun;
    EXPECT_EQ(run(designator).status, Status::undefined_instruction);

    // From a call: both the account and its delegate are cold.
    block.revision = Revision::prague;
    constexpr Address delegating = literals::fixed_hex<20>("0x00000000000000000000000000000000000000c2");
    state.set_code(delegating, designator);
    const auto ran = run(call(op_call, {.to = delegating, .output_size = 32}) + return_memory(0, 32));
    EXPECT_EQ(ran.word(), U256{0x77});
    EXPECT_EQ(ran.gas_used, 20 + 2600 + 2600 + 3 + (3 + 3 + 3 + 3 + 6) + 6);
}

TEST_P(CallsTest, creation_deploys_code)
{
    const Code runtime = push(0x42) + return_top();
    const Code init = deployer(runtime);
    const auto ran = run(store_code(init) + push(init.bytes.size()) + push(0) + push(0) + op_create + return_top());
    ASSERT_EQ(ran.word(), to_u256(created_by_contract()));
    const auto* const created = ran.change_of(created_by_contract());
    ASSERT_NE(created, nullptr);
    EXPECT_EQ(created->account.nonce, 1U);
    EXPECT_EQ(created->account.code_hash, crypto::keccak256(runtime));
    ASSERT_EQ(ran.difference.codes.size(), 1U);
    EXPECT_EQ(ran.difference.codes[0].code, runtime.bytes);
    EXPECT_EQ(ran.change_of(contract)->account.nonce, 1U);
}

TEST_P(CallsTest, creation_of_an_existing_contract_takes_its_gas)
{
    state.set_code(created_by_contract(), op_stop);
    const auto ran = run(push(0) + push(0) + push(0) + op_create + return_top());
    EXPECT_EQ(ran.word(), U256{0});
    EXPECT_GT(ran.gas_used, gas - gas / 64 - 2000);
    EXPECT_EQ(ran.change_of(contract)->account.nonce, 1U);

    // An account with nothing but storage is taken as well (EIP-7610).
    state.accounts[created_by_contract()] = {};
    state.accounts[created_by_contract()].storage[to_hash(1)] = 1;
    EXPECT_EQ(run(push(0) + push(0) + push(0) + op_create + return_top()).word(), U256{0});
}

TEST_P(CallsTest, create2_address_is_known_beforehand)
{
    const auto ran = run(push(5) + push(0) + push(0) + push(0) + op_create2 + return_top());
    EXPECT_EQ(ran.word(), to_u256(create2_address(contract, to_hash(5), {})));
    // EIP-1014, example 1.
    EXPECT_EQ(
        create2_address({}, {}, Bytes{0x00}), literals::fixed_hex<20>("0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"));
}

TEST_P(CallsTest, rules_of_deployed_code)
{
    const auto create_with = [this](const Code& init)
    {
        state.accounts.erase(contract);
        return run({.kind = MessageKind::create,
            .sender = sender,
            .recipient = other,
            .value = {},
            .input = init,
            .gas = 100'000'000});
    };
    EXPECT_EQ(
        create_with(mstore(0, push(U256{0xef} << 248)) + return_memory(0, 1)).status, Status::invalid_code_prefix);
    EXPECT_EQ(create_with(return_memory(0, 0x6000)).status, Status::success);
    EXPECT_EQ(create_with(return_memory(0, 0x6001)).status, Status::code_size_exceeded);
    block.revision = Revision::berlin;
    EXPECT_EQ(create_with(mstore(0, push(U256{0xef} << 248)) + return_memory(0, 1)).status, Status::success);

    // Too little gas for the deposit: a failure since Homestead, an empty contract before.
    const Code init = return_memory(0, 32);
    const Message short_of_gas{
        .kind = MessageKind::create, .sender = sender, .recipient = other, .value = {}, .input = init, .gas = 1000};
    block.revision = Revision::homestead;
    EXPECT_EQ(run(short_of_gas).status, Status::out_of_gas);
    block.revision = Revision::frontier;
    EXPECT_EQ(run(short_of_gas).status, Status::success);
}

TEST_P(CallsTest, selfdestruct_removes_only_what_was_created_now)
{
    value = 5;
    const auto survivor = run(push(other) + op_selfdestruct);
    EXPECT_FALSE(survivor.change_of(contract) != nullptr && survivor.change_of(contract)->deleted);
    EXPECT_EQ(survivor.change_of(other)->account.balance, U256{5});

    block.revision = Revision::shanghai;
    EXPECT_TRUE(run(push(other) + op_selfdestruct).change_of(contract)->deleted);

    block.revision = Revision::cancun;
    const Code init = push(other) + op_selfdestruct;
    const auto ran = run(store_code(init) + push(init.bytes.size()) + push(0) + push(5) + op_create + return_top());
    EXPECT_EQ(ran.change_of(created_by_contract()), nullptr);
    EXPECT_EQ(ran.change_of(other)->account.balance, U256{5});
}

TEST_P(CallsTest, unavailable_state_unwinds_everything)
{
    state.unavailable_address = other;
    EXPECT_EQ(run(call(op_call, {.to = other}) + return_top()).status, Status::unavailable);
    EXPECT_EQ(run(push(other) + op_balance + return_top()).status, Status::unavailable);
    constexpr Address between = literals::fixed_hex<20>("0x00000000000000000000000000000000000000c3");
    state.set_code(between, call(op_call, {.to = other}));
    EXPECT_EQ(run(call(op_call, {.to = between}) + return_top()).status, Status::unavailable);
}

TEST_P(CallsTest, precompiles_are_called_like_contracts)
{
    constexpr Address identity = literals::fixed_hex<20>("0x0000000000000000000000000000000000000004");
    const auto ran = run(mstore(0, push(0x99)) +
                         call(op_call, {.to = identity, .input_size = 32, .output_offset = 32, .output_size = 32}) +
                         return_memory(32, 32));
    EXPECT_EQ(ran.word(), U256{0x99});
    // Its price is 18 gas for one word.
    const auto without_gas =
        run(mstore(0, push(0x99)) + call(op_call, {.to = identity, .input_size = 32, .gas = 17}) + return_top());
    EXPECT_EQ(without_gas.word(), U256{0});
}
}  // namespace
}  // namespace jiffy::evm::test
