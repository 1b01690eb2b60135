// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/opcodes.hpp"
#include "evm/workspace.hpp"

namespace jiffy::evm::plain
{
/// What an instruction costs and needs. Finding it out changes the warmth of accounts and slots, nothing else.
struct Price
{
    /// Other than `success` if the instruction fails; what follows is then as far as it got.
    Status status = Status::success;
    /// All gas but `call_gas`, at most the frame's.
    std::uint64_t gas = 0;
    /// Size of the memory afterwards, in bytes.
    std::uint64_t memory_size = 0;
    /// Gas handed to the called code, without the stipend.
    std::int64_t call_gas = 0;
    /// Change of the refund counter (SSTORE).
    std::int64_t refund = 0;
    /// Account that the instruction names.
    state::AccountEntry* account = nullptr;
    /// Account of the code to call, a delegation already followed (EIP-7702).
    state::AccountEntry* code_account = nullptr;
};

/// Price of the frame's next instruction, which the revision has and whose operands are on the stack.
Price price_of(Frame& frame, std::uint8_t opcode);
}  // namespace jiffy::evm::plain
