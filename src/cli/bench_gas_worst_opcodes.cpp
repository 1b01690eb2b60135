// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_gas_worst_programs.hpp"

#include <span>
#include <stdexcept>

namespace jiffy::cli::gas_worst
{
namespace
{
using namespace evm;

/// Operands whose every limb matters, from the width of a word downwards.
constexpr U256 wide{0xfedcba9876543211, 0x0123456789abcdef, 0xf0e1d2c3b4a59687, 0xfedcba9876543210};
struct Operand
{
    const char* variant;
    U256 value;
};
constexpr Operand divisors[] = {
    {"256 bits by 256", {0x9e3779b97f4a7c15, 0xf39cc0605cedc834, 0x1082276bf3a27251, 0x86c6a11d0c18e952}},
    {"256 bits by 192", {0x9e3779b97f4a7c15, 0xf39cc0605cedc834, 0x8082276bf3a27251, 0}},
    {"256 bits by 129", {0x9e3779b97f4a7c15, 0xf39cc0605cedc834, 1, 0}},
    {"256 bits by 128", {0x9e3779b97f4a7c15, 0xf39cc0605cedc834, 0, 0}},
    {"256 bits by 64", {0x9e3779b97f4a7c15, 0, 0, 0}},
};
constexpr Operand exponents[] = {
    {"exponent of 256 bits", U256::max()},
    {"exponent of 64 bits", {~0ULL, 0, 0, 0}},
    {"exponent of 8 bits", {255, 0, 0, 0}},
};
constexpr Operand shifts[] = {{"by 13 bits", 13}, {"by 200 bits", 200}};
constexpr std::uint64_t hash_sizes[] = {0, 135, 136, 1024, 32 * 1024};
constexpr std::uint64_t copy_sizes[] = {0, 1, 32, 1024, 32 * 1024};
constexpr std::uint64_t log_sizes[] = {0, 32, 32 * 1024};
/// Of the memory that hashes, copies and logs read.
constexpr std::uint64_t memory_size = 32 * 1024;

std::string bytes_variant(std::uint64_t size)
{
    return size < 1024 ? std::to_string(size) + " bytes" : std::to_string(size / 1024) + " kB";
}

/// Makes memory that large, filled with zeros.
Code with_memory(std::uint64_t size)
{
    return Code{} << op_push0 << U256{size - 32} << op_mstore;
}

Program single(std::string variant, Code prologue, const Code& body)
{
    return {std::move(variant), endless(std::move(prologue), body)};
}

/// `op` on copies of the operands, the last of which is its first.
Code on_copies(Opcode op, int operands)
{
    Code body;
    for (int i = 0; i < operands; ++i)
        body << dup(operands);
    return std::move(body) << op << op_pop;
}

std::vector<Program> for_each_operand(Opcode op, std::span<const Operand> operands, int taken)
{
    std::vector<Program> programs;
    for (const auto& [variant, operand] : operands)
    {
        Code prologue = Code{} << operand;
        for (int i = 1; i < taken; ++i)
            prologue << wide;
        programs.push_back(single(variant, std::move(prologue), on_copies(op, taken)));
    }
    return programs;
}

/// Shifts and the like have the small operand first.
std::vector<Program> for_each_first_operand(Opcode op, std::span<const Operand> operands)
{
    std::vector<Program> programs;
    for (const auto& [variant, operand] : operands)
        programs.push_back(single(variant, Code{} << wide << operand, on_copies(op, 2)));
    return programs;
}

/// The generator's state on the stack, from the call data, so that each run takes another way through the state.
Code start_of_walk(std::uint64_t count)
{
    return Code{} << op_push0 << op_calldataload << U256{count - 1} << op_and;
}

/// The next number below `count`, a power of two, on top of the stack: a linear congruential generator, which comes by
/// every number once before it repeats one.
Code next_of_walk(std::uint64_t count)
{
    return Code{} << U256{5} << op_mul << U256{12345} << op_add << U256{count - 1} << op_and;
}

/// Leaves the number, and the address that it stands for on top.
Code next_address(const U256& first, std::uint64_t count)
{
    return next_of_walk(count) << op_dup1 << first << op_add;
}

Program cold_walk(std::string variant, const Code& body, std::uint64_t count, std::uint64_t gas_each)
{
    auto program = single(std::move(variant), start_of_walk(count), body);
    program.gas_limit = static_cast<std::int64_t>(count * gas_each);
    return program;
}

constexpr std::uint64_t cold_account_gas = 2600;
constexpr std::uint64_t cold_slot_gas = 2100;

/// Instructions that take an address and leave a word.
std::vector<Program> account_readers(Opcode op, const StateSize& size)
{
    return {
        cold_walk("cold", next_address(first_account, size.accounts) << op << op_pop, size.accounts, cold_account_gas),
        cold_walk("cold, with 24 kB of code", next_address(first_large_contract, size.large_contracts) << op << op_pop,
            size.large_contracts, cold_account_gas),
        single("warm", Code{} << first_account, Code{} << op_dup1 << op << op_pop),
    };
}

std::vector<Program> extcodecopy_programs(const StateSize& size)
{
    std::vector<Program> programs;
    for (const auto bytes : {std::uint64_t{0}, std::uint64_t{24'576}})
    {
        const Code copied = Code{} << U256{bytes} << op_push0 << op_push0;
        programs.push_back(cold_walk("cold, " + bytes_variant(bytes),
            next_of_walk(size.large_contracts) << copied << dup(4) << first_large_contract << op_add << op_extcodecopy,
            size.large_contracts, cold_account_gas + 3 * bytes / 32));
        programs.push_back(single("warm, " + bytes_variant(bytes), Code{} << first_large_contract,
            Code{} << copied << dup(4) << op_extcodecopy));
    }
    return programs;
}

/// Destination, source, size; all of them zero but the size.
std::vector<Program> copy_programs(Opcode op, std::uint64_t distance)
{
    std::vector<Program> programs;
    for (const auto size : copy_sizes)
    {
        Code prologue = with_memory(2 * memory_size);
        if (op == op_returndatacopy)
            prologue << op_push0 << op_push0 << op_push0 << op_push0 << to_u256(returner_address) << op_gas
                     << op_staticcall << op_pop;
        programs.push_back(
            single(bytes_variant(size), std::move(prologue), Code{} << U256{size} << op_push0 << U256{distance} << op));
    }
    for (auto& program : programs)
        program.input.resize(memory_size);
    return programs;
}

std::vector<Program> memory_programs(Opcode op)
{
    // Not on a boundary of 32 bytes, nor of a cache line.
    std::vector<Program> programs{single("across cache lines", with_memory(1024) << (op == op_mload ? U256{} : wide),
        op == op_mload ? Code{} << U256{51} << op << op_pop : Code{} << op_dup1 << U256{51} << op)};
    if (op == op_mload)
        for (const std::uint64_t size : {1U << 10, 24U << 10, 256U << 10})
            programs.push_back(single("memory of " + bytes_variant(size) + ", new each time",
                Code{} << U256{size} << op_push0 << op_mstore,
                Code{} << op_push0 << op_push0 << U256{32} << op_push0 << to_u256(expander_address) << op_gas
                       << op_staticcall << op_pop));
    return programs;
}

std::vector<Program> sload_programs(const StateSize& size)
{
    return {
        cold_walk("cold", next_of_walk(size.accounts) << op_dup1 << op_sload << op_pop, size.accounts, cold_slot_gas),
        single("warm", Code{}, Code{} << op_push0 << op_sload << op_pop),
    };
}

/// Programs whose changes stay, so that the end of the transaction, where they are gathered, is timed too.
Program cold_store(std::string variant, const Code& body, std::uint64_t count, std::uint64_t gas_each)
{
    constexpr std::uint64_t least_gas = 30'000;
    return {std::move(variant), until_gas_is_low(start_of_walk(count), body, least_gas), {},
        static_cast<std::int64_t>(count * gas_each + least_gas)};
}

std::vector<Program> sstore_programs(const StateSize& size)
{
    const auto walk = next_of_walk(size.accounts);
    const auto new_slot = Code{} << U256{5} << op_mul << U256{0x100000001} << op_add;
    return {
        cold_store("cold, to another value", Code{} << walk << wide << dup(2) << op_sstore, size.accounts, 5000),
        cold_store("cold, to zero", Code{} << walk << op_push0 << dup(2) << op_sstore, size.accounts, 5000),
        cold_store("cold, to the same value", Code{} << walk << op_dup1 << U256{1} << op_add << dup(2) << op_sstore,
            size.accounts, 2200),
        cold_store("cold, new", Code{} << new_slot << op_dup1 << dup(2) << op_sstore, 1 << 20, 22'100),
        single("cold, new, all undone", start_of_walk(size.accounts),
            Code{} << new_slot << op_dup1 << dup(2) << op_sstore),
        single("warm, to and fro", Code{} << wide,
            Code{} << op_dup1 << op_push0 << op_sstore << op_push0 << op_push0 << op_sstore),
        single("warm, to the same value", Code{}, Code{} << U256{1} << op_push0 << op_sstore),
    };
}

std::vector<Program> tload_programs()
{
    return {
        single(
            "of many slots", start_of_walk(1 << 20), Code{} << next_of_walk(1 << 20) << op_dup1 << op_tload << op_pop),
        single("of one slot", Code{}, Code{} << op_push0 << op_tload << op_pop),
    };
}

std::vector<Program> tstore_programs()
{
    return {
        single(
            "to many slots", start_of_walk(1 << 20), Code{} << next_of_walk(1 << 20) << op_dup1 << dup(2) << op_tstore),
        single("to one slot", Code{} << wide, Code{} << op_dup1 << op_push0 << op_tstore),
    };
}

std::vector<Program> log_programs(Opcode op)
{
    std::vector<Program> programs;
    for (const auto size : log_sizes)
    {
        Code body;
        for (int topic = 0; topic < op - op_log0; ++topic)
            body << op_dup1;
        const auto least_gas = 8 * size + 5'000;
        programs.push_back({bytes_variant(size), until_gas_is_low(with_memory(memory_size) << wide,
                                                     std::move(body) << U256{size} << op_push0 << op, least_gas)});
    }
    return programs;
}

std::vector<Program> create_programs(Opcode op)
{
    // EIP-3860
    constexpr std::uint64_t largest_init_code = 49'152;
    std::vector<Program> programs;
    for (const std::uint64_t size : {std::uint64_t{0}, largest_init_code})
    {
        // A salt of its own for each, which is the number on the stack.
        const Code salt = op == op_create2 ? Code{} << U256{1} << op_add << op_dup1 : Code{};
        Code prologue = Code{} << U256{largest_init_code} << U256{32} << op_push0 << op_calldatacopy << op_push0;
        auto program = single("init code of " + bytes_variant(size), std::move(prologue),
            Code{} << salt << U256{size} << op_push0 << op_push0 << op << op_pop);
        program.input.resize(largest_init_code, op_jumpdest);
        program.input[0] = op_stop;
        programs.push_back(std::move(program));
    }
    return programs;
}

bool takes_value(Opcode op)
{
    return op == op_call || op == op_callcode;
}

/// What a call takes above the address: sizes and offsets of zero, and the value.
Code call_operands(Opcode op, const U256& value)
{
    Code operands = Code{} << op_push0 << op_push0 << op_push0 << op_push0;
    return takes_value(op) ? std::move(operands) << value : operands;
}

std::vector<Program> call_programs(Opcode op, const StateSize& size)
{
    const auto operands = call_operands(op, {});
    const auto address_below = dup(takes_value(op) ? 6 : 5);
    const auto cold = [&](const U256& first, std::uint64_t count)
    { return next_of_walk(count) << operands << address_below << first << op_add << op_push0 << op << op_pop; };
    std::vector<Program> programs{
        cold_walk("cold, no code", cold(first_account, size.accounts), size.accounts, cold_account_gas),
        cold_walk("cold, 24 kB of code", cold(first_large_contract, size.large_contracts), size.large_contracts,
            cold_account_gas),
        single("warm, one instruction", Code{} << to_u256(stop_address),
            Code{} << operands << address_below << op_push0 << op << op_pop),
        {"itself, to the depth that the gas allows",
            std::move((Code{} << operands << op_address << op_gas << op << op_stop).bytes)},
    };
    if (takes_value(op))
        programs.push_back(cold_walk("cold, with value",
            next_of_walk(size.accounts) << call_operands(op, U256{1}) << address_below << first_account << op_add
                                        << op_push0 << op << op_pop,
            size.accounts, cold_account_gas + 9000));
    return programs;
}

/// Calls of a contract that consists of the instruction.
std::vector<Program> ending_programs(const Address& contract, std::uint64_t gas)
{
    return {single("called", Code{} << to_u256(contract),
        Code{} << call_operands(op_call, {}) << dup(6) << U256{gas} << op_call << op_pop)};
}

std::vector<Program> programs_of(Opcode op, const StateSize& size)
{
    if (op >= op_push1 && op <= op_push32)
    {
        Code body = Code{} << op;
        body.bytes.resize(static_cast<std::size_t>(op - op_push1) + 2, 0xa5);
        return {single("with POP", Code{}, std::move(body) << op_pop)};
    }
    if (op >= op_dup1 && op <= op_swap16)
    {
        Code prologue;
        for (int i = 0; i < 17; ++i)
            prologue << wide;
        const bool is_dup = op <= op_dup16;
        return {single(is_dup ? "with POP" : "", std::move(prologue), is_dup ? Code{} << op << op_pop : Code{} << op)};
    }
    if (op >= op_log0 && op <= op_log4)
        return log_programs(op);

    switch (op)
    {
        case op_stop:
            return ending_programs(stop_address, 0);
        case op_return:
            return ending_programs(return_address, 100);
        case op_revert:
            return ending_programs(revert_address, 100);
        case op_invalid:
            return ending_programs(invalid_address, 0);
        case op_selfdestruct:
            return ending_programs(selfdestruct_address, 100'000);
        case op_div:
        case op_sdiv:
        case op_mod:
        case op_smod:
            return for_each_operand(op, divisors, 2);
        case op_addmod:
        case op_mulmod:
            return for_each_operand(op, divisors, 3);
        case op_exp:
            return for_each_operand(op, exponents, 2);
        case op_shl:
        case op_shr:
        case op_sar:
        case op_byte:
        case op_signextend:
            return for_each_first_operand(op, shifts);
        case op_keccak256:
        {
            std::vector<Program> programs;
            for (const auto bytes : hash_sizes)
                programs.push_back(single(
                    bytes_variant(bytes), with_memory(memory_size), Code{} << U256{bytes} << op_push0 << op << op_pop));
            return programs;
        }
        case op_balance:
        case op_extcodesize:
        case op_extcodehash:
            return account_readers(op, size);
        case op_extcodecopy:
            return extcodecopy_programs(size);
        case op_calldatacopy:
        case op_codecopy:
        case op_returndatacopy:
            return copy_programs(op, 0);
        case op_mcopy:
            // Overlapping, and not by whole words.
            return copy_programs(op, 17);
        case op_calldataload:
            return {single("", Code{}, Code{} << op_push0 << op << op_pop)};
        case op_blockhash:
            return {
                single("of the parent", Code{} << U256{1} << op_number << op_sub, Code{} << op_dup1 << op << op_pop)};
        case op_mload:
        case op_mstore:
        case op_mstore8:
            return memory_programs(op);
        case op_sload:
            return sload_programs(size);
        case op_sstore:
            return sstore_programs(size);
        case op_tload:
            return tload_programs();
        case op_tstore:
            return tstore_programs();
        case op_pop:
            return {single("with PUSH0", Code{}, Code{} << op_push0 << op)};
        case op_jump:
            return {{"to itself", (Code{} << op_jumpdest << op_push0 << op).bytes}};
        case op_jumpi:
            return {{"to itself", (Code{} << op_jumpdest << U256{1} << op_push0 << op).bytes}};
        case op_jumpdest:
            return {single("", Code{}, Code{} << op)};
        case op_create:
        case op_create2:
            return create_programs(op);
        case op_call:
        case op_callcode:
        case op_delegatecall:
        case op_staticcall:
            return call_programs(op, size);
        default:
            break;
    }
    const auto& info = opcode_table[op];
    if (info.stack_out != 1)
        throw std::logic_error{"no program for " + std::string{info.name}};
    Code prologue;
    for (int i = 0; i < info.stack_in; ++i)
        prologue << wide;
    return {single("", std::move(prologue), on_copies(op, info.stack_in))};
}
}  // namespace

std::vector<Subject> opcode_subjects(Revision revision, const StateSize& size)
{
    std::vector<Subject> subjects;
    for (std::size_t opcode = 0; opcode < opcode_table.size(); ++opcode)
        if (base_gas(revision, opcode) >= 0)
            subjects.push_back(
                {std::string{opcode_table[opcode].name}, programs_of(static_cast<Opcode>(opcode), size)});
    return subjects;
}
}  // namespace jiffy::cli::gas_worst
