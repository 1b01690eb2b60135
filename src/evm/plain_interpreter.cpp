// SPDX-License-Identifier: Apache-2.0
#include "evm/plain_interpreter.hpp"

#include "evm/plain_interpreter_instruction.hpp"

namespace jiffy::evm
{
namespace
{
using plain::Price;

/// Whether the revision has the opcode and the stack the operands for it, and room for its results.
Status check_stack(const Frame& frame, std::uint8_t opcode) noexcept
{
    const auto& info = opcode_table[opcode];
    const auto height = frame.stack_top - frame.stack_base;
    if (base_gas(frame.context->block->revision, opcode) < 0)
        return Status::undefined_instruction;
    if (height < info.stack_in)
        return Status::stack_underflow;
    if (height - info.stack_in + info.stack_out > stack_limit)
        return Status::stack_overflow;
    return Status::success;
}

void report(Frame& frame, std::uint8_t opcode, const Price& price)
{
    const auto* const tracer = frame.context->tracer;
    if (tracer == nullptr || tracer->step == nullptr)
        return;
    const auto height = static_cast<std::size_t>(frame.stack_top - frame.stack_base);
    tracer->step(tracer->context, {
                                      .pc = static_cast<std::uint32_t>(frame.pc - frame.analysis->code()),
                                      .opcode = opcode,
                                      .gas = frame.gas,
                                      .gas_cost = static_cast<std::int64_t>(price.gas) + price.call_gas,
                                      .depth = frame.depth,
                                      .stack = {frame.stack_base, height},
                                      .memory = {frame.memory.data(), frame.memory.size()},
                                      .return_data = frame.return_data,
                                      .refund = frame.context->journal.refund(),
                                      .status = price.status,
                                  });
}
}  // namespace

Step run_plain(Frame& frame)
{
    Step step = Step::next;
    while (step == Step::next)
    {
        const auto position = static_cast<std::size_t>(frame.pc - frame.analysis->code());
        // Code ends in STOP (yellow paper 9.4.1), also in the middle of a PUSH.
        const std::uint8_t opcode = position < frame.analysis->size ? *frame.pc : std::uint8_t{op_stop};
        const Status status = check_stack(frame, opcode);
        const Price price = status == Status::success ? plain::price_of(frame, opcode) : Price{.status = status};
        report(frame, opcode, price);
        if (price.status != Status::success)
            return frame.halt(price.status);

        frame.gas -= static_cast<std::int64_t>(price.gas) + price.call_gas;
        if (price.memory_size > frame.memory.size())
            frame.memory.grow(price.memory_size);
        step = plain::Instruction{frame, opcode, price}.run();
    }
    return step;
}
}  // namespace jiffy::evm
