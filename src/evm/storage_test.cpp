// SPDX-License-Identifier: Apache-2.0
#include "evm/machine_test.hpp"

namespace jiffy::evm::test
{
namespace
{
class StorageTest : public MachineTest
{
};

INSTANTIATE_TEST_SUITE_P(Interpreters,
    StorageTest,
    testing::Bool(),
    [](const auto& information) { return information.param ? "plain" : "fast"; });

/// A row of the tables in EIP-1283, EIP-2200 and EIP-3529: values written in turn over an original value.
struct StoreCase
{
    Revision revision;
    std::uint64_t original;
    std::vector<std::uint64_t> written;
    std::int64_t gas_used;
    std::int64_t refund;
};

TEST_P(StorageTest, store_prices)
{
    using enum Revision;
    const StoreCase cases[] = {
        {constantinople, 0, {0, 0}, 412, 0},
        {constantinople, 0, {0, 1}, 20212, 0},
        {constantinople, 0, {1, 0}, 20212, 19800},
        {constantinople, 0, {1, 2}, 20212, 0},
        {constantinople, 1, {0, 1}, 5212, 4800},
        {constantinople, 1, {2, 0}, 5212, 15000},
        {constantinople, 1, {0, 1, 0}, 10218, 19800},
        {petersburg, 0, {1, 0}, 25012, 15000},
        {istanbul, 0, {0, 1}, 20812, 0},
        {istanbul, 0, {1, 0}, 20812, 19200},
        {istanbul, 1, {0, 1}, 5812, 4200},
        {berlin, 0, {1, 0}, 22212, 19900},
        {berlin, 1, {2, 0}, 5112, 15000},
        {berlin, 1, {0, 1}, 5112, 2800},
        {london, 1, {0, 1}, 5112, 2800},
        {london, 1, {2, 0}, 5112, 4800},
        {london, 1, {1, 1}, 2312, 0},
        {london, 0, {1, 0, 1}, 42218, 19900},
    };
    for (const auto& row : cases)
    {
        block.revision = row.revision;
        state.accounts[contract].storage.clear();
        if (row.original != 0)
            state.accounts[contract].storage[to_hash(0)] = row.original;
        Code code;
        for (const auto written : row.written)
            code = code + sstore(0, written);
        const auto ran = run(code);
        EXPECT_EQ(ran.status, Status::success);
        EXPECT_EQ(ran.gas_used, row.gas_used) << "revision " << static_cast<int>(row.revision);
        EXPECT_EQ(ran.refund, row.refund) << "revision " << static_cast<int>(row.revision);
    }
}

TEST_P(StorageTest, nothing_is_written_with_the_stipend_alone)
{
    gas = 2306;
    EXPECT_EQ(run(sstore(0, 0)).status, Status::out_of_gas);
    gas = 2307 + 2100;
    EXPECT_EQ(run(sstore(0, 0)).status, Status::success);
}

TEST_P(StorageTest, first_access_is_cold)
{
    EXPECT_EQ(run(push(1) + op_sload).gas_used, 3 + 2100);
    EXPECT_EQ(run(push(1) + op_sload + push(1) + op_sload).gas_used, 6 + 2200);
    EXPECT_EQ(run(push(other) + op_balance).gas_used, 3 + 2600);
    EXPECT_EQ(run(push(other) + op_balance + push(other) + op_extcodesize).gas_used, 6 + 2700);
    EXPECT_EQ(run(push(contract) + op_balance).gas_used, 3 + 100);
}

TEST_P(StorageTest, warmth_of_a_reverted_call_is_taken_back)
{
    state.set_code(other, push(1) + op_sload + revert_memory(0, 0));
    const auto call_twice = 2 * (call(op_call, {.to = other}) + op_pop);
    const auto ran = run(call_twice);
    // The slot is cold both times, the account only the first time.
    const std::int64_t one_call = 5 * 3 + 3 + 2 + 2 + 3 + 2100 + 6;
    EXPECT_EQ(ran.gas_used, 2 * one_call + 2600 + 100);
}

TEST_P(StorageTest, difference_holds_what_changed)
{
    state.accounts[contract].storage[to_hash(1)] = 5;
    const auto ran = run(sstore(1, 5) + sstore(2, 6) + sstore(3, 7) + sstore(3, 0));
    ASSERT_EQ(ran.difference.accounts.size(), 1U);
    EXPECT_EQ(ran.difference.accounts[0].address, contract);
    ASSERT_EQ(ran.difference.slots.size(), 1U);
    EXPECT_EQ(ran.difference.slots[0], (types::SlotChange{2, 6}));
}

TEST_P(StorageTest, static_calls_write_nothing)
{
    for (const auto& code : {sstore(0, 1), push(1) + push(1) + op_tstore, push(0) + push(0) + op_log0,
             push(0) + push(0) + push(0) + op_create, push(sender) + op_selfdestruct,
             call(op_call, {.to = sender, .value = 1})})
    {
        state.set_code(other, code);
        EXPECT_EQ(run(call(op_staticcall, {.to = other, .gas = 50000}) + return_top()).word(), U256{0});
        EXPECT_EQ(run(call(op_call, {.to = other, .gas = 100000}) + return_top()).word(), U256{1})
            << "the same outside of a static call";
    }
}
}  // namespace
}  // namespace jiffy::evm::test
