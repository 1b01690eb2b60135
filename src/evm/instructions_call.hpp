// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/addresses.hpp"
#include "evm/delegation.hpp"
#include "evm/frames.hpp"
#include "evm/instructions_state.hpp"
#include "evm/opcodes.hpp"

/// Instructions that begin a new frame. The result replaces the lowest operand; if the answer is `Step::call` it is
/// written when the new frame has ended.
namespace jiffy::evm::instructions
{
inline constexpr std::uint64_t value_transfer_gas = 9000;
inline constexpr std::uint64_t new_account_gas = 25000;
inline constexpr std::int64_t call_stipend = 2300;
inline constexpr std::uint64_t maximum_init_code_size = 2ULL * 0x6000;

/// The region's bytes; it is in memory already.
inline BytesView memory_view(Frame& frame, const U256& offset, const U256& size) noexcept
{
    return size.is_zero() ? BytesView{} : BytesView{frame.memory.data() + offset.low(), size.low()};
}

/// Finishes a call that did not need a frame.
inline Step deliver_immediately(Frame& frame, U256& result, const ImmediateOutcome& outcome)
{
    if (outcome.status == Status::unavailable)
        return frame.halt(Status::unavailable);
    frame.gas += outcome.gas_left;
    frame.return_data = outcome.output;
    result = U256{static_cast<std::uint64_t>(outcome.status == Status::success)};
    const auto size = std::min<std::uint64_t>(frame.output_size, outcome.output.size());
    if (size != 0)
        std::memcpy(frame.memory.data() + frame.output_offset, outcome.output.data(), size);
    return Step::next;
}

/// CALL, CALLCODE, DELEGATECALL and STATICCALL.
template <Revision R, Opcode Op>
Step call(Frame& frame, U256* top)
{
    constexpr bool has_value = Op == op_call || Op == op_callcode;
    constexpr int first_argument = has_value ? 4 : 3;
    const U256 requested_gas = top[-1];
    const Address address = to_address(top[-2]);
    const U256 value = has_value ? top[-3] : U256{};
    const U256 input_offset = top[-first_argument];
    const U256 input_size = top[-first_argument - 1];
    const U256 output_offset = top[-first_argument - 2];
    const U256 output_size = top[-first_argument - 3];
    U256& result = top[-first_argument - 3];

    if (Op == op_call && frame.is_static && !value.is_zero())
        return frame.halt(Status::static_mode_violation);
    if (!reserve_memory(frame, input_offset, input_size) || !reserve_memory(frame, output_offset, output_size))
        return frame.halt(Status::out_of_gas);

    auto& context = *frame.context;
    auto& journal = context.journal;
    auto* const target = access_account<R>(frame, address);
    if (target == nullptr)
        return Step::halt;
    auto* code_account = target;
    if constexpr (R >= Revision::prague)
    {
        if (!journal.load_code(*target))
            return frame.halt(Status::unavailable);
        if (const auto delegate = delegation_target(target->code))
        {
            code_account = journal.account(*delegate);
            if (code_account == nullptr)
                return frame.halt(Status::unavailable);
            const std::uint64_t access = journal.warm_up(*code_account) ? cold_account_access : 100;
            if (!charge(frame, access))
                return frame.halt(Status::out_of_gas);
        }
    }

    std::uint64_t cost = value.is_zero() ? 0 : value_transfer_gas;
    if constexpr (Op == op_call)
    {
        const bool creates =
            R >= Revision::spurious_dragon ? !value.is_zero() && target->current.is_empty() : !target->exists;
        if (creates)
            cost += new_account_gas;
    }
    if (!charge(frame, cost))
        return frame.halt(Status::out_of_gas);

    std::int64_t gas = 0;
    if constexpr (R >= Revision::tangerine_whistle)
    {
        // EIP-150: all but one 64th at most.
        const std::int64_t limit = frame.gas - frame.gas / 64;
        gas = requested_gas < U256{static_cast<std::uint64_t>(limit)} ? static_cast<std::int64_t>(requested_gas.low())
                                                                      : limit;
    }
    else
    {
        if (requested_gas > U256{static_cast<std::uint64_t>(frame.gas)})
            return frame.halt(Status::out_of_gas);
        gas = static_cast<std::int64_t>(requested_gas.low());
    }
    frame.gas -= gas;
    if (!value.is_zero())
        gas += call_stipend;

    auto& self = *frame.account;
    frame.return_data = {};
    frame.output_offset = output_offset.low();
    frame.output_size = output_size.low();
    if (!value.is_zero())
        self.balance_observed = true;
    if (frame.depth >= maximum_depth || (!value.is_zero() && self.current.balance < value))
    {
        frame.gas += gas;
        result = {};
        return Step::next;
    }

    constexpr bool keeps_account = Op == op_callcode || Op == op_delegatecall;
    const FrameRequest request{
        .kind = MessageKind::call,
        .opcode = Op,
        .depth = frame.depth + 1,
        .is_static = frame.is_static || Op == op_staticcall,
        .transfers_value = Op == op_call || Op == op_staticcall,
        .sender = Op == op_delegatecall ? frame.sender : self.address,
        .account = keeps_account ? &self : target,
        .payer = &self,
        .code_address = address,
        .code_account = code_account,
        .value = Op == op_delegatecall ? frame.value : value,
        .input = memory_view(frame, input_offset, input_size),
        .gas = gas,
        .stack_base = &result + 1,
    };
    const auto outcome = begin_frame(context, request, frame.precompile_output);
    return outcome ? deliver_immediately(frame, result, *outcome) : Step::call;
}

/// CREATE and CREATE2.
template <Revision R, Opcode Op>
Step create(Frame& frame, U256* top)
{
    if (frame.is_static)
        return frame.halt(Status::static_mode_violation);
    const U256 value = top[-1];
    const U256 offset = top[-2];
    const U256 size = top[-3];
    U256& result = Op == op_create2 ? top[-4] : top[-3];

    if (!reserve_memory(frame, offset, size))
        return frame.halt(Status::out_of_gas);
    std::uint64_t cost = 0;
    if constexpr (R >= Revision::shanghai)
    {
        if (size > U256{maximum_init_code_size})
            return frame.halt(Status::init_code_size_exceeded);
        cost += 2 * word_count(size.low());
    }
    if constexpr (Op == op_create2)
        cost += 6 * word_count(size.low());
    if (!charge(frame, cost))
        return frame.halt(Status::out_of_gas);

    auto& context = *frame.context;
    auto& journal = context.journal;
    auto& self = *frame.account;
    frame.return_data = {};
    self.balance_observed = true;
    if (frame.depth >= maximum_depth || self.current.balance < value || self.current.nonce == ~std::uint64_t{0})
    {
        result = {};
        return Step::next;
    }

    const BytesView init_code = memory_view(frame, offset, size);
    const Address address = Op == op_create2 ? create2_address(self.address, to_hash(top[-4]), init_code)
                                             : create_address(self.address, self.current.nonce);
    const std::int64_t gas = R >= Revision::tangerine_whistle ? frame.gas - frame.gas / 64 : frame.gas;
    frame.gas -= gas;
    journal.set_nonce(self, self.current.nonce + 1);
    auto* const created = journal.account(address);
    if (created == nullptr)
        return frame.halt(Status::unavailable);
    if constexpr (R >= Revision::berlin)
        journal.warm_up(*created);
    if (journal.is_creation_collision(*created))
    {
        result = {};
        return journal.unavailable() ? frame.halt(Status::unavailable) : Step::next;
    }

    const FrameRequest request{
        .kind = MessageKind::create,
        .opcode = Op,
        .depth = frame.depth + 1,
        .is_static = false,
        .transfers_value = true,
        .sender = self.address,
        .account = created,
        .payer = &self,
        .code_address = address,
        .code_account = nullptr,
        .value = value,
        .input = init_code,
        .gas = gas,
        .stack_base = &result + 1,
    };
    // A creation always runs, if only an empty init code.
    begin_frame(context, request, frame.precompile_output);
    return Step::call;
}
}  // namespace jiffy::evm::instructions
