// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/revision.hpp"

#include <array>
#include <initializer_list>
#include <string_view>

namespace jiffy::evm
{
/// Opcodes (yellow paper, appendix H.2, and the EIPs since). PUSH, DUP, SWAP and LOG are reached by adding to the
/// first.
enum Opcode : std::uint8_t
{
    op_stop = 0x00,
    op_add,
    op_mul,
    op_sub,
    op_div,
    op_sdiv,
    op_mod,
    op_smod,
    op_addmod,
    op_mulmod,
    op_exp,
    op_signextend,

    op_lt = 0x10,
    op_gt,
    op_slt,
    op_sgt,
    op_eq,
    op_iszero,
    op_and,
    op_or,
    op_xor,
    op_not,
    op_byte,
    op_shl,
    op_shr,
    op_sar,
    op_clz,

    op_keccak256 = 0x20,

    op_address = 0x30,
    op_balance,
    op_origin,
    op_caller,
    op_callvalue,
    op_calldataload,
    op_calldatasize,
    op_calldatacopy,
    op_codesize,
    op_codecopy,
    op_gasprice,
    op_extcodesize,
    op_extcodecopy,
    op_returndatasize,
    op_returndatacopy,
    op_extcodehash,

    op_blockhash = 0x40,
    op_coinbase,
    op_timestamp,
    op_number,
    op_prevrandao,
    op_gaslimit,
    op_chainid,
    op_selfbalance,
    op_basefee,
    op_blobhash,
    op_blobbasefee,

    op_pop = 0x50,
    op_mload,
    op_mstore,
    op_mstore8,
    op_sload,
    op_sstore,
    op_jump,
    op_jumpi,
    op_pc,
    op_msize,
    op_gas,
    op_jumpdest,
    op_tload,
    op_tstore,
    op_mcopy,
    op_push0,
    op_push1,
    op_push2,
    op_push32 = 0x7f,
    op_dup1 = 0x80,
    op_dup16 = 0x8f,
    op_swap1 = 0x90,
    op_swap16 = 0x9f,
    op_log0 = 0xa0,
    op_log4 = 0xa4,

    op_create = 0xf0,
    op_call,
    op_callcode,
    op_return,
    op_delegatecall,
    op_create2,

    op_staticcall = 0xfa,
    op_revert = 0xfd,
    op_invalid = 0xfe,
    op_selfdestruct = 0xff,
};

/// From `since` on, the constant part of an instruction's gas is `gas`.
struct GasChange
{
    Revision since = Revision::frontier;
    std::int16_t gas = -1;
};

/// What is known of an opcode apart from what it does.
struct OpcodeInfo
{
    std::string_view name;
    /// Stack items taken and left.
    std::uint8_t stack_in = 0;
    std::uint8_t stack_out = 0;
    /// The first entry is the fork that brought the opcode; unused entries have negative gas.
    std::array<GasChange, 4> gas{};

    [[nodiscard]] constexpr bool is_defined() const noexcept { return gas[0].gas >= 0; }
    [[nodiscard]] constexpr Revision since() const noexcept { return gas[0].since; }
};

namespace detail
{
consteval std::array<OpcodeInfo, 256> make_opcode_table()
{
    using enum Revision;
    std::array<OpcodeInfo, 256> table{};
    const auto set = [&table](int opcode, std::string_view name, int in, int out, std::initializer_list<GasChange> gas)
    {
        auto& info = table[static_cast<std::size_t>(opcode)];
        info.name = name;
        info.stack_in = static_cast<std::uint8_t>(in);
        info.stack_out = static_cast<std::uint8_t>(out);
        std::size_t i = 0;
        for (const auto& change : gas)
            info.gas[i++] = change;
    };
    const auto plain = [&set](int opcode, std::string_view name, int in, int out, int gas, Revision since = frontier)
    { set(opcode, name, in, out, {{since, static_cast<std::int16_t>(gas)}}); };

    plain(op_stop, "STOP", 0, 0, 0);
    plain(op_add, "ADD", 2, 1, 3);
    plain(op_mul, "MUL", 2, 1, 5);
    plain(op_sub, "SUB", 2, 1, 3);
    plain(op_div, "DIV", 2, 1, 5);
    plain(op_sdiv, "SDIV", 2, 1, 5);
    plain(op_mod, "MOD", 2, 1, 5);
    plain(op_smod, "SMOD", 2, 1, 5);
    plain(op_addmod, "ADDMOD", 3, 1, 8);
    plain(op_mulmod, "MULMOD", 3, 1, 8);
    plain(op_exp, "EXP", 2, 1, 10);
    plain(op_signextend, "SIGNEXTEND", 2, 1, 5);

    plain(op_lt, "LT", 2, 1, 3);
    plain(op_gt, "GT", 2, 1, 3);
    plain(op_slt, "SLT", 2, 1, 3);
    plain(op_sgt, "SGT", 2, 1, 3);
    plain(op_eq, "EQ", 2, 1, 3);
    plain(op_iszero, "ISZERO", 1, 1, 3);
    plain(op_and, "AND", 2, 1, 3);
    plain(op_or, "OR", 2, 1, 3);
    plain(op_xor, "XOR", 2, 1, 3);
    plain(op_not, "NOT", 1, 1, 3);
    plain(op_byte, "BYTE", 2, 1, 3);
    plain(op_shl, "SHL", 2, 1, 3, constantinople);
    plain(op_shr, "SHR", 2, 1, 3, constantinople);
    plain(op_sar, "SAR", 2, 1, 3, constantinople);
    plain(op_clz, "CLZ", 1, 1, 5, osaka);

    plain(op_keccak256, "KECCAK256", 2, 1, 30);

    plain(op_address, "ADDRESS", 0, 1, 2);
    set(op_balance, "BALANCE", 1, 1, {{frontier, 20}, {tangerine_whistle, 400}, {istanbul, 700}, {berlin, 100}});
    plain(op_origin, "ORIGIN", 0, 1, 2);
    plain(op_caller, "CALLER", 0, 1, 2);
    plain(op_callvalue, "CALLVALUE", 0, 1, 2);
    plain(op_calldataload, "CALLDATALOAD", 1, 1, 3);
    plain(op_calldatasize, "CALLDATASIZE", 0, 1, 2);
    plain(op_calldatacopy, "CALLDATACOPY", 3, 0, 3);
    plain(op_codesize, "CODESIZE", 0, 1, 2);
    plain(op_codecopy, "CODECOPY", 3, 0, 3);
    plain(op_gasprice, "GASPRICE", 0, 1, 2);
    set(op_extcodesize, "EXTCODESIZE", 1, 1, {{frontier, 20}, {tangerine_whistle, 700}, {berlin, 100}});
    set(op_extcodecopy, "EXTCODECOPY", 4, 0, {{frontier, 20}, {tangerine_whistle, 700}, {berlin, 100}});
    plain(op_returndatasize, "RETURNDATASIZE", 0, 1, 2, byzantium);
    plain(op_returndatacopy, "RETURNDATACOPY", 3, 0, 3, byzantium);
    set(op_extcodehash, "EXTCODEHASH", 1, 1, {{constantinople, 400}, {istanbul, 700}, {berlin, 100}});

    plain(op_blockhash, "BLOCKHASH", 1, 1, 20);
    plain(op_coinbase, "COINBASE", 0, 1, 2);
    plain(op_timestamp, "TIMESTAMP", 0, 1, 2);
    plain(op_number, "NUMBER", 0, 1, 2);
    plain(op_prevrandao, "PREVRANDAO", 0, 1, 2);
    plain(op_gaslimit, "GASLIMIT", 0, 1, 2);
    plain(op_chainid, "CHAINID", 0, 1, 2, istanbul);
    plain(op_selfbalance, "SELFBALANCE", 0, 1, 5, istanbul);
    plain(op_basefee, "BASEFEE", 0, 1, 2, london);
    plain(op_blobhash, "BLOBHASH", 1, 1, 3, cancun);
    plain(op_blobbasefee, "BLOBBASEFEE", 0, 1, 2, cancun);

    plain(op_pop, "POP", 1, 0, 2);
    plain(op_mload, "MLOAD", 1, 1, 3);
    plain(op_mstore, "MSTORE", 2, 0, 3);
    plain(op_mstore8, "MSTORE8", 2, 0, 3);
    set(op_sload, "SLOAD", 1, 1, {{frontier, 50}, {tangerine_whistle, 200}, {istanbul, 800}, {berlin, 100}});
    plain(op_sstore, "SSTORE", 2, 0, 0);
    plain(op_jump, "JUMP", 1, 0, 8);
    plain(op_jumpi, "JUMPI", 2, 0, 10);
    plain(op_pc, "PC", 0, 1, 2);
    plain(op_msize, "MSIZE", 0, 1, 2);
    plain(op_gas, "GAS", 0, 1, 2);
    plain(op_jumpdest, "JUMPDEST", 0, 0, 1);
    plain(op_tload, "TLOAD", 1, 1, 100, cancun);
    plain(op_tstore, "TSTORE", 2, 0, 100, cancun);
    plain(op_mcopy, "MCOPY", 3, 0, 3, cancun);
    plain(op_push0, "PUSH0", 0, 1, 2, shanghai);

    constexpr std::string_view push_names[] = {"PUSH1", "PUSH2", "PUSH3", "PUSH4", "PUSH5", "PUSH6", "PUSH7", "PUSH8",
        "PUSH9", "PUSH10", "PUSH11", "PUSH12", "PUSH13", "PUSH14", "PUSH15", "PUSH16", "PUSH17", "PUSH18", "PUSH19",
        "PUSH20", "PUSH21", "PUSH22", "PUSH23", "PUSH24", "PUSH25", "PUSH26", "PUSH27", "PUSH28", "PUSH29", "PUSH30",
        "PUSH31", "PUSH32"};
    for (int i = 0; i < 32; ++i)
        plain(op_push1 + i, push_names[i], 0, 1, 3);
    constexpr std::string_view dup_names[] = {"DUP1", "DUP2", "DUP3", "DUP4", "DUP5", "DUP6", "DUP7", "DUP8", "DUP9",
        "DUP10", "DUP11", "DUP12", "DUP13", "DUP14", "DUP15", "DUP16"};
    for (int i = 0; i < 16; ++i)
        plain(op_dup1 + i, dup_names[i], i + 1, i + 2, 3);
    constexpr std::string_view swap_names[] = {"SWAP1", "SWAP2", "SWAP3", "SWAP4", "SWAP5", "SWAP6", "SWAP7", "SWAP8",
        "SWAP9", "SWAP10", "SWAP11", "SWAP12", "SWAP13", "SWAP14", "SWAP15", "SWAP16"};
    for (int i = 0; i < 16; ++i)
        plain(op_swap1 + i, swap_names[i], i + 2, i + 2, 3);
    constexpr std::string_view log_names[] = {"LOG0", "LOG1", "LOG2", "LOG3", "LOG4"};
    for (int i = 0; i < 5; ++i)
        plain(op_log0 + i, log_names[i], i + 2, 0, 375 * (i + 1));

    plain(op_create, "CREATE", 3, 1, 32000);
    set(op_call, "CALL", 7, 1, {{frontier, 40}, {tangerine_whistle, 700}, {berlin, 100}});
    set(op_callcode, "CALLCODE", 7, 1, {{frontier, 40}, {tangerine_whistle, 700}, {berlin, 100}});
    plain(op_return, "RETURN", 2, 0, 0);
    set(op_delegatecall, "DELEGATECALL", 6, 1, {{homestead, 40}, {tangerine_whistle, 700}, {berlin, 100}});
    plain(op_create2, "CREATE2", 4, 1, 32000, constantinople);
    set(op_staticcall, "STATICCALL", 6, 1, {{byzantium, 700}, {berlin, 100}});
    plain(op_revert, "REVERT", 2, 0, 0, byzantium);
    plain(op_invalid, "INVALID", 0, 0, 0);
    set(op_selfdestruct, "SELFDESTRUCT", 1, 0, {{frontier, 0}, {tangerine_whistle, 5000}});
    return table;
}
}  // namespace detail

/// The one table of opcodes: interpreters, compiler, tracer and documents all read it.
inline constexpr std::array<OpcodeInfo, 256> opcode_table = detail::make_opcode_table();

/// Constant gas of an instruction, or -1 if the revision does not have it. The dynamic part stands with the
/// instruction.
constexpr int base_gas(Revision revision, std::size_t opcode) noexcept
{
    int gas = -1;
    for (const auto& change : opcode_table[opcode].gas)
        if (change.gas >= 0 && change.since <= revision)
            gas = change.gas;
    return gas;
}

static_assert(base_gas(Revision::frontier, op_sload) == 50 && base_gas(Revision::berlin, op_sload) == 100);
static_assert(base_gas(Revision::london, op_push0) == -1 && base_gas(Revision::shanghai, op_push0) == 2);
}  // namespace jiffy::evm
