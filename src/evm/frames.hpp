// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/code_cache.hpp"
#include "evm/precompiles.hpp"
#include "evm/workspace.hpp"

/// Beginning and ending of frames: what calls, creations and the outermost message have in common.
namespace jiffy::evm
{
/// What a new frame is to run.
struct FrameRequest
{
    MessageKind kind = MessageKind::call;
    /// For the tracer: the instruction that asks, 0 for the outermost message.
    Byte opcode = 0;
    int depth = 0;
    bool is_static = false;
    /// Wei move from the sender to the account (CALL and creations; not DELEGATECALL, CALLCODE).
    bool transfers_value = false;
    Address sender{};
    /// Account of the code's storage and balance.
    state::AccountEntry* account = nullptr;
    /// Account that wei are taken from if `transfers_value`.
    state::AccountEntry* payer = nullptr;
    /// Address that the code is taken from.
    Address code_address{};
    /// Account of the code, a delegation already followed (EIP-7702); unused by creations.
    state::AccountEntry* code_account = nullptr;
    U256 value;
    /// Call data, or init code.
    BytesView input;
    std::int64_t gas = 0;
    /// Where the frame's stack begins.
    U256* stack_base = nullptr;
};

/// Outcome of a frame that ended at once: a precompiled contract, an account without code.
struct ImmediateOutcome
{
    Status status = Status::success;
    std::int64_t gas_left = 0;
    BytesView output{};
};

/// Sets a frame up and moves the value. Either the frame is left in `Context::prepared` and has to run, or it has
/// ended already and its outcome is returned. `precompile_output` receives the output of a precompiled contract.
std::optional<ImmediateOutcome> begin_frame(Context& context, const FrameRequest& request, Bytes& precompile_output);

/// Ends a frame that has run: deposits the code of a creation, takes the changes of a failure back. Leaves status, gas
/// and output in the frame.
void end_frame(Context& context, Frame& frame);

/// Hands the outcome of a frame to its caller: gas, return data, output in memory, and the result on its stack.
void deliver(Frame& caller, const Frame& callee);
}  // namespace jiffy::evm
