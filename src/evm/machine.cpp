// SPDX-License-Identifier: Apache-2.0
#include "evm/machine.hpp"

#include "evm/frames.hpp"
#include "evm/interpreter.hpp"
#include "evm/plain_interpreter.hpp"

namespace jiffy::evm
{
Machine::Machine(state::Journal& journal, CodeCache& codes)
  : context_{.journal = journal, .codes = codes}
{
}

void Machine::set_environment(const BlockEnvironment& block, const TransactionEnvironment& transaction) noexcept
{
    context_.block = &block;
    context_.transaction = &transaction;
}

Outcome Machine::execute(const Message& message)
{
    auto& journal = context_.journal;
    for (auto& frame : context_.frames)
        frame->memory.trim();

    auto* const sender = journal.account(message.sender);
    auto* const recipient = journal.account(message.recipient);
    if (sender == nullptr || recipient == nullptr)
        return {.status = Status::unavailable};
    FrameRequest request{
        .kind = message.kind,
        .transfers_value = true,
        .sender = message.sender,
        .account = recipient,
        .payer = sender,
        .code_address = message.recipient,
        .code_account = recipient,
        .value = message.value,
        .input = message.input,
        .gas = message.gas,
        .stack_base = stack_.base(),
    };

    if (message.kind == MessageKind::create)
    {
        if (journal.is_creation_collision(*recipient))
            return {.status = journal.unavailable() ? Status::unavailable : Status::address_collision};
    }
    else if (context_.block->revision >= Revision::prague)
    {
        if (!journal.load_code(*recipient))
            return {.status = Status::unavailable};
        if (const auto delegate = delegation_target(recipient->code))
        {
            request.code_account = journal.account(*delegate);
            if (request.code_account == nullptr)
                return {.status = Status::unavailable};
            journal.warm_up(*request.code_account);
        }
    }

    if (const auto immediate = begin_frame(context_, request, precompile_output_))
        return {immediate->status, immediate->gas_left, immediate->output};
    return run(*context_.prepared);
}

Outcome Machine::run(Frame& outermost)
{
    const auto run_frame = context_.tracer == nullptr ? run_fast : run_plain;
    Frame* frame = &outermost;
    for (;;)
    {
        if (run_frame(*frame) == Step::call)
        {
            frame = context_.prepared;
            continue;
        }
        if (frame->status == Status::unavailable)
            return {.status = Status::unavailable};
        end_frame(context_, *frame);
        if (frame == &outermost)
            return {frame->status, frame->gas, frame->output};
        Frame& caller = *context_.frames[static_cast<std::size_t>(frame->depth - 1)];
        deliver(caller, *frame);
        frame = &caller;
    }
}
}  // namespace jiffy::evm
