// SPDX-License-Identifier: Apache-2.0
#include "evm/frames.hpp"

namespace jiffy::evm
{
namespace
{
constexpr std::size_t maximum_code_size = 0x6000;
constexpr std::int64_t code_deposit_gas = 200;

void trace_enter(Context& context, const FrameRequest& request)
{
    if (context.tracer == nullptr || context.tracer->enter == nullptr)
        return;
    context.tracer->enter(context.tracer->context, {.kind = request.kind,
                                                       .opcode = request.opcode,
                                                       .sender = request.sender,
                                                       .recipient = request.account->address,
                                                       .code_address = request.code_address,
                                                       .value = request.value,
                                                       .input = request.input,
                                                       .gas = request.gas,
                                                       .depth = request.depth});
}

void trace_leave(Context& context, const Outcome& outcome, std::int64_t gas_used)
{
    if (context.tracer != nullptr && context.tracer->leave != nullptr)
        context.tracer->leave(context.tracer->context, outcome, gas_used);
}

void move_value(Context& context, const FrameRequest& request)
{
    auto& journal = context.journal;
    if (!request.value.is_zero() && request.payer != request.account)
    {
        journal.debit(*request.payer, request.value);
        journal.credit(*request.account, request.value);
        return;
    }
    // Before EIP-161 even an empty transfer brings the account into being.
    if (context.block->revision < Revision::spurious_dragon)
        journal.touch_creating(*request.account);
    else
        journal.touch(*request.account);
}

/// Yellow paper 7: the init code's output becomes the contract.
void deposit_code(Context& context, Frame& frame)
{
    const auto revision = context.block->revision;
    const BytesView code = frame.output;
    if (revision >= Revision::london && !code.empty() && code[0] == 0xef)
    {
        frame.status = Status::invalid_code_prefix;
        return;
    }
    if (revision >= Revision::spurious_dragon && code.size() > maximum_code_size)
    {
        frame.status = Status::code_size_exceeded;
        return;
    }
    const std::int64_t cost = code_deposit_gas * static_cast<std::int64_t>(code.size());
    if (cost > frame.gas)
    {
        // Frontier leaves a contract without code (EIP-2 changed that).
        if (revision >= Revision::homestead)
            frame.status = Status::out_of_gas;
        return;
    }
    frame.gas -= cost;
    if (!code.empty())
        context.journal.set_code(*frame.account, code);
}
}  // namespace

std::optional<ImmediateOutcome> begin_frame(Context& context, const FrameRequest& request, Bytes& precompile_output)
{
    auto& journal = context.journal;
    const auto revision = context.block->revision;
    const auto checkpoint = journal.checkpoint();
    trace_enter(context, request);

    const AnalysedCode* analysis = nullptr;
    if (request.kind == MessageKind::create)
    {
        journal.create(*request.account, revision >= Revision::spurious_dragon ? 1 : 0);
        if (!request.value.is_zero())
            move_value(context, request);
    }
    else
    {
        if (request.transfers_value)
            move_value(context, request);
        if (const auto* const precompile =
                find_precompile(revision, request.code_address, context.block->precompile_rules))
        {
            const auto result = run_precompile(*precompile, request.input, request.gas, precompile_output);
            const auto status = result.success ? Status::success : Status::precompile_failure;
            if (!result.success)
                journal.revert(checkpoint);
            trace_leave(context, {status, result.gas_left, result.output}, request.gas - result.gas_left);
            return ImmediateOutcome{status, result.gas_left, result.output};
        }
        auto& code_account = *request.code_account;
        if (!journal.load_code(code_account))
            return ImmediateOutcome{.status = Status::unavailable};
        if (code_account.code.empty())
        {
            trace_leave(context, {Status::success, request.gas, {}}, 0);
            return ImmediateOutcome{.gas_left = request.gas};
        }
        if (code_account.analysis == nullptr)
            code_account.analysis = &context.codes.get(code_account.current.code_hash, code_account.code);
        analysis = code_account.analysis;
    }

    Frame& frame = context.frame_at(request.depth);
    if (request.kind == MessageKind::create)
    {
        frame.init_code = analyse(request.input);
        analysis = &frame.init_code;
        frame.code = analysis->view();
        frame.input = {};
    }
    else
    {
        frame.code = request.code_account->code;
        frame.input = request.input;
    }
    frame.pc = analysis->code();
    frame.stack_top = request.stack_base;
    frame.stack_base = request.stack_base;
    frame.gas = request.gas;
    frame.gas_at_entry = request.gas;
    frame.analysis = analysis;
    frame.context = &context;
    frame.memory.clear();
    frame.account = request.account;
    frame.return_data = {};
    frame.value = request.value;
    frame.sender = request.sender;
    frame.depth = request.depth;
    frame.is_static = request.is_static;
    frame.kind = request.kind;
    frame.status = Status::success;
    frame.output = {};
    frame.checkpoint = checkpoint;
    context.prepared = &frame;
    return std::nullopt;
}

void end_frame(Context& context, Frame& frame)
{
    if (frame.kind == MessageKind::create && frame.status == Status::success)
        deposit_code(context, frame);
    if (frame.status != Status::success)
    {
        context.journal.revert(frame.checkpoint);
        if (frame.status != Status::revert)
        {
            frame.gas = 0;
            frame.output = {};
        }
    }
    trace_leave(context, {frame.status, frame.gas, frame.output}, frame.gas_at_entry - frame.gas);
}

void deliver(Frame& caller, const Frame& callee)
{
    caller.gas += callee.gas;
    U256& result = caller.stack_top[-1];
    result = {};
    if (callee.kind == MessageKind::create)
    {
        // EIP-211: a creation returns data only if it reverts.
        caller.return_data = callee.status == Status::revert ? callee.output : BytesView{};
        if (callee.status == Status::success)
            result = to_u256(callee.account->address);
        return;
    }
    caller.return_data = callee.output;
    if (callee.status == Status::success)
        result = U256{1};
    const auto size = std::min<std::uint64_t>(caller.output_size, callee.output.size());
    if (size != 0)
        std::memcpy(caller.memory.data() + caller.output_offset, callee.output.data(), size);
}
}  // namespace jiffy::evm
