// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

namespace jiffy::evm
{
/// How a frame of execution ended.
enum class Status : std::uint8_t
{
    success,
    revert,
    out_of_gas,
    /// An opcode that the revision does not have.
    undefined_instruction,
    /// INVALID (0xfe).
    invalid_instruction,
    stack_overflow,
    stack_underflow,
    bad_jump_destination,
    static_mode_violation,
    /// RETURNDATACOPY beyond the end (EIP-211).
    out_of_bounds_read,
    call_depth_exceeded,
    insufficient_balance,
    /// EIP-2681
    nonce_overflow,
    /// EIP-684, EIP-7610
    address_collision,
    /// EIP-170
    code_size_exceeded,
    /// EIP-3541
    invalid_code_prefix,
    /// EIP-3860
    init_code_size_exceeded,
    precompile_failure,
    /// A read that the state below could not answer: no outcome at all, the shell has to run the transaction again.
    unavailable,
};

enum class MessageKind : std::uint8_t
{
    call,
    create,
};

/// The outermost call or creation of a transaction, or a system call. Calls between contracts are the machine's own
/// business.
struct Message
{
    MessageKind kind = MessageKind::call;
    Address sender{};
    /// Account whose state the code works on; for a creation the address of the new contract.
    Address recipient{};
    /// Wei.
    U256 value;
    /// Call data, or the init code of a creation.
    BytesView input;
    std::int64_t gas = 0;
};

/// Outcome of a message. A refund is in the journal; `output` is valid until the machine runs again.
struct Outcome
{
    Status status = Status::success;
    std::int64_t gas_left = 0;
    BytesView output{};
};
}  // namespace jiffy::evm
