// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/message.hpp"

namespace jiffy::evm
{
/// One instruction about to run, as the tracer sees it; views are valid during the call.
struct TraceStep
{
    std::uint32_t pc;
    std::uint8_t opcode;
    std::int64_t gas;
    /// Gas that the instruction takes, calls included (EIP-3155: gasCost).
    std::int64_t gas_cost;
    int depth;
    std::span<const U256> stack;
    BytesView memory;
    BytesView return_data;
    std::int64_t refund;
    Status status;
};

/// A frame that begins.
struct TraceFrame
{
    MessageKind kind;
    std::uint8_t opcode;
    Address sender;
    Address recipient;
    Address code_address;
    U256 value;
    BytesView input;
    std::int64_t gas;
    int depth;
};

/// Receiver of an execution's steps; a null function means that the event is not wanted.
struct Tracer
{
    void* context = nullptr;
    void (*step)(void* context, const TraceStep& step) = nullptr;
    void (*enter)(void* context, const TraceFrame& frame) = nullptr;
    void (*leave)(void* context, const Outcome& outcome, std::int64_t gas_used) = nullptr;
};
}  // namespace jiffy::evm
