// SPDX-License-Identifier: Apache-2.0
#include "evm/machine_test.hpp"

namespace jiffy::evm::test
{
namespace
{
INSTANTIATE_TEST_SUITE_P(Interpreters,
    MachineTest,
    testing::Bool(),
    [](const auto& information) { return information.param ? "plain" : "fast"; });

TEST_P(MachineTest, arithmetic)
{
    const auto result_of = [this](const Code& code) { return run(code + return_top()).word(); };
    EXPECT_EQ(result_of(push(3) + push(2) + op_sub), -U256{1});
    EXPECT_EQ(result_of(push(3) + push(7) + op_div), U256{2});
    EXPECT_EQ(result_of(push(0) + push(7) + op_div), U256{0});
    EXPECT_EQ(result_of(push(2) + push(-U256{7}) + op_sdiv), -U256{3});
    EXPECT_EQ(result_of(push(2) + push(-U256{7}) + op_smod), -U256{1});
    EXPECT_EQ(result_of(push(10) + push(U256::max()) + push(U256::max()) + op_mulmod), U256{5});
    EXPECT_EQ(result_of(push(0xff) + push(0) + op_signextend), U256::max());
    EXPECT_EQ(result_of(push(0x7f) + push(0) + op_signextend), U256{0x7f});
    EXPECT_EQ(result_of(push(U256::max()) + push(31) + op_byte), U256{0xff});
    EXPECT_EQ(result_of(push(-U256{16}) + push(2) + op_sar), -U256{4});
    EXPECT_EQ(result_of(push(-U256{16}) + push(300) + op_sar), U256::max());
    EXPECT_EQ(result_of(push(1) + push(-U256{1}) + op_slt), U256{1});
    EXPECT_EQ(result_of(push(1) + push(-U256{1}) + op_lt), U256{0});
    EXPECT_EQ(result_of(push(1) + push(U256{1} << 255) + op_shr), U256{0});
    block.revision = Revision::osaka;
    EXPECT_EQ(result_of(push(1) + op_clz), U256{255});
    EXPECT_EQ(result_of(push(0) + op_clz), U256{256});
}

TEST_P(MachineTest, stack_limits)
{
    EXPECT_EQ(run(op_add).status, Status::stack_underflow);
    EXPECT_EQ(run(push(1) + op_add).status, Status::stack_underflow);
    EXPECT_EQ(run(15 * push(1) + dup(16)).status, Status::stack_underflow);
    EXPECT_EQ(run(16 * push(1) + swap(16)).status, Status::stack_underflow);
    EXPECT_EQ(run(1024 * push(1)).status, Status::success);
    EXPECT_EQ(run(1024 * push(1) + op_pop + dup(1)).status, Status::success);
    EXPECT_EQ(run(1025 * push(1)).status, Status::stack_overflow);
    EXPECT_EQ(run(1024 * push(1) + dup(1)).status, Status::stack_overflow);
    EXPECT_EQ(run(1024 * push(1) + op_gas).status, Status::stack_overflow);
}

TEST_P(MachineTest, failures_take_all_gas)
{
    for (const auto& code : {Code{op_invalid}, Code{static_cast<Opcode>(0x0c)}, push(1) + op_jump})
    {
        const auto ran = run(code);
        EXPECT_NE(ran.status, Status::success);
        EXPECT_EQ(ran.gas_used, gas);
    }
    const auto reverted = run(mstore(0, push(7)) + revert_memory(0, 32));
    EXPECT_EQ(reverted.status, Status::revert);
    EXPECT_EQ(reverted.word(), U256{7});
    EXPECT_LT(reverted.gas_used, 100);
}

TEST_P(MachineTest, opcodes_come_with_their_fork)
{
    const auto status_under = [this](Revision revision, const Code& code)
    {
        block.revision = revision;
        return run(code).status;
    };
    const Code push0{op_push0};
    EXPECT_EQ(status_under(Revision::london, push0), Status::undefined_instruction);
    EXPECT_EQ(status_under(Revision::shanghai, push0), Status::success);
    EXPECT_EQ(status_under(Revision::byzantium, push(1) + push(1) + op_shl), Status::undefined_instruction);
    EXPECT_EQ(status_under(Revision::constantinople, push(1) + push(1) + op_shl), Status::success);
    EXPECT_EQ(status_under(Revision::prague, push(1) + op_clz), Status::undefined_instruction);
    EXPECT_EQ(status_under(Revision::osaka, push(1) + op_clz), Status::success);
}

TEST_P(MachineTest, jumps)
{
    // PUSH1 4 JUMP INVALID JUMPDEST
    EXPECT_EQ(run(push(4) + op_jump + op_invalid + op_jumpdest).status, Status::success);
    EXPECT_EQ(run(push(4) + op_jump + op_invalid + op_jumpdest).gas_used, 3 + 8 + 1);
    // The 0x5b is data of a PUSH.
    Code into_data = push(4) + op_jump + op_push1 + op_jumpdest;
    EXPECT_EQ(run(into_data).status, Status::bad_jump_destination);
    EXPECT_EQ(run(push(U256{1} << 64) + op_jump).status, Status::bad_jump_destination);
    EXPECT_EQ(run(push(0) + push(9) + op_jumpi).status, Status::success);
    EXPECT_EQ(run(push(1) + push(9) + op_jumpi).status, Status::bad_jump_destination);
    EXPECT_EQ(run(push(U256{1} << 200) + push(6) + op_jumpi).status, Status::bad_jump_destination);
    gas = 3 + 8;
    EXPECT_EQ(run(push(4) + op_jump + op_invalid + op_jumpdest).status, Status::out_of_gas);
}

TEST_P(MachineTest, code_ends_in_stop_and_truncated_push_reads_zeros)
{
    EXPECT_EQ(run(Code{}).status, Status::success);
    Code truncated{op_push32};
    truncated.bytes.push_back(0xff);
    EXPECT_EQ(run(truncated).status, Status::success);
    EXPECT_EQ(run(truncated).gas_used, 3);
}

TEST_P(MachineTest, memory_is_paid_by_the_word)
{
    // 3 for each of both pushes and for the MSTORE, 3 a word and the square of the words over 512.
    EXPECT_EQ(run(push(1) + push(0) + op_mstore).gas_used, 9 + 3);
    EXPECT_EQ(run(push(1) + push(1) + op_mstore).gas_used, 9 + 6);
    EXPECT_EQ(run(push(1) + push(32 * 1024 - 32) + op_mstore).gas_used, 9 + 3 * 1024 + 1024 * 1024 / 512);
    EXPECT_EQ(run(push(1) + push(U256::max()) + op_mstore).status, Status::out_of_gas);
    EXPECT_EQ(run(push(1) + push(U256{1} << 63) + op_mstore).status, Status::out_of_gas);
    EXPECT_EQ(run(push(0) + push(U256::max()) + op_return).status, Status::success);
    EXPECT_EQ(run(op_msize + push(40) + op_mload + op_pop + op_msize + return_top()).word(), U256{96});
}

TEST_P(MachineTest, copies_pad_with_zeros)
{
    input = Bytes(40, 0xee);
    EXPECT_EQ(run(push(16) + op_calldataload + return_top()).word() >> 64, U256::max() / U256{255} * U256{0xee} >> 64);
    EXPECT_EQ(run(push(36) + op_calldataload + return_top()).word() >> 224, U256{0xeeeeeeee});
    EXPECT_EQ(run(push(U256::max()) + op_calldataload + return_top()).word(), U256{0});
    const auto copied =
        run(mstore(0, push(U256::max())) + push(32) + push(39) + push(0) + op_calldatacopy + return_memory(0, 32));
    EXPECT_EQ(copied.word(), U256{0xee} << 248);
    EXPECT_EQ(run(push(1) + push(0) + push(0) + op_returndatacopy).status, Status::out_of_bounds_read);
    block.revision = Revision::cancun;
    EXPECT_EQ(
        run(mstore(0, push(7)) + push(32) + push(0) + push(1) + op_mcopy + push(1) + op_mload + return_top()).word(),
        U256{7});
}

TEST_P(MachineTest, logs)
{
    const auto ran =
        run(mstore(0, push(5)) + push(11) + push(12) + push(32) + push(0) + static_cast<Opcode>(op_log0 + 2));
    ASSERT_EQ(ran.logs.size(), 1U);
    EXPECT_EQ(ran.logs[0].address, contract);
    ASSERT_EQ(ran.logs[0].topics.count, 2);
    EXPECT_EQ(ran.logs[0].topics.values[0], to_hash(12));
    EXPECT_EQ(ran.logs[0].topics.values[1], to_hash(11));
    EXPECT_EQ(ran.logs[0].data, to_bytes(to_hash(5).view()));
    EXPECT_TRUE(run(push(0) + push(0) + op_log0 + op_invalid).logs.empty());
}

TEST_P(MachineTest, transient_storage_lives_for_the_transaction)
{
    EXPECT_EQ(run(push(9) + push(1) + op_tstore + push(1) + op_tload + return_top()).word(), U256{9});
    EXPECT_TRUE(run(push(9) + push(1) + op_tstore).difference.slots.empty());
}

TEST_P(MachineTest, block_hash_may_be_unavailable)
{
    block.number = 1000;
    block.block_hashes.lookup = [](const void*, std::uint64_t number, Hash& result) noexcept
    {
        if (number == 999)
            return state::Presence::unavailable;
        result = to_hash(number);
        return state::Presence::present;
    };
    EXPECT_EQ(run(push(998) + op_blockhash + return_top()).word(), U256{998});
    EXPECT_EQ(run(push(744) + op_blockhash + return_top()).word(), U256{744});
    EXPECT_EQ(run(push(743) + op_blockhash + return_top()).word(), U256{0});
    EXPECT_EQ(run(push(1000) + op_blockhash + return_top()).word(), U256{0});
    EXPECT_EQ(run(push(999) + op_blockhash + return_top()).status, Status::unavailable);
}
}  // namespace
}  // namespace jiffy::evm::test
