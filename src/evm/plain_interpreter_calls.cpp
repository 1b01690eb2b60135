// SPDX-License-Identifier: Apache-2.0
#include "evm/addresses.hpp"
#include "evm/frames.hpp"
#include "evm/plain_interpreter_instruction.hpp"

namespace jiffy::evm::plain
{
Step Instruction::self_destruct()
{
    auto& self = *frame_.account;
    auto& beneficiary = *price_.account;
    // EIP-6780
    const bool destroys = block_.revision < Revision::cancun || self.created;
    const U256 funds = self.current.balance;
    self.balance_observed = true;
    if (&beneficiary != &self)
    {
        journal_.debit(self, funds);
        if (block_.revision < Revision::spurious_dragon)
            journal_.touch_creating(beneficiary);
        journal_.credit(beneficiary, funds);
    }
    else if (destroys)
    {
        // Sent to itself, it is burnt with the account.
        journal_.debit(self, funds);
    }
    // EIP-3529 ended the refund.
    if (destroys && journal_.mark_destructed(self) && block_.revision < Revision::london)
        journal_.add_refund(24000);
    return frame_.halt(Status::success);
}

Step Instruction::call()
{
    auto& self = *frame_.account;
    const bool has_value = opcode_ == op_call || opcode_ == op_callcode;
    pop();
    const Address address = to_address(pop());
    const U256 value = has_value ? pop() : U256{};
    const U256 input_offset = pop();
    const U256 input_size = pop();
    frame_.output_offset = pop().low();
    frame_.output_size = pop().low();
    frame_.return_data = {};

    const bool sends_value = !equal(value, 0);
    const std::int64_t gas = price_.call_gas + (sends_value ? 2300 : 0);
    if (sends_value)
        self.balance_observed = true;
    if (frame_.depth == 1024 || less(self.current.balance, value))
    {
        frame_.gas += gas;
        push_flag(false);
        return Step::next;
    }

    FrameRequest request{
        .kind = MessageKind::call,
        .opcode = opcode_,
        .depth = frame_.depth + 1,
        .is_static = frame_.is_static || opcode_ == op_staticcall,
        .transfers_value = opcode_ == op_call || opcode_ == op_staticcall,
        .sender = self.address,
        .account = opcode_ == op_call || opcode_ == op_staticcall ? price_.account : &self,
        .payer = &self,
        .code_address = address,
        .code_account = price_.code_account,
        .value = value,
        .input = memory_view(input_offset, input_size),
        .gas = gas,
    };
    if (opcode_ == op_delegatecall)
    {
        request.sender = frame_.sender;
        request.value = frame_.value;
    }
    // The place of the answer, until it comes.
    push_flag(false);
    request.stack_base = frame_.stack_top;

    const auto outcome = begin_frame(context_, request, frame_.precompile_output);
    if (!outcome)
        return Step::call;
    if (outcome->status == Status::unavailable)
        return frame_.halt(Status::unavailable);
    frame_.gas += outcome->gas_left;
    frame_.return_data = outcome->output;
    frame_.stack_top[-1] = U256{outcome->status == Status::success};
    for (std::uint64_t i = 0; i < frame_.output_size && i < outcome->output.size(); ++i)
        frame_.memory.data()[frame_.output_offset + i] = outcome->output[i];
    return Step::next;
}

Step Instruction::create()
{
    auto& self = *frame_.account;
    const U256 value = pop();
    const U256 offset = pop();
    const BytesView init_code = memory_view(offset, pop());
    const U256 salt = opcode_ == op_create2 ? pop() : U256{};
    frame_.return_data = {};
    self.balance_observed = true;
    push_flag(false);
    // EIP-2681 limits the nonce.
    if (frame_.depth == 1024 || less(self.current.balance, value) || self.current.nonce + 1 == 0)
        return Step::next;

    // EIP-150: a 64th stays.
    const std::int64_t kept = block_.revision >= Revision::tangerine_whistle ? frame_.gas / 64 : 0;
    const std::int64_t gas = frame_.gas - kept;
    frame_.gas = kept;
    const Address address = opcode_ == op_create2 ? create2_address(self.address, to_hash(salt), init_code)
                                                  : create_address(self.address, self.current.nonce);
    journal_.set_nonce(self, self.current.nonce + 1);
    auto* const created = journal_.account(address);
    if (created == nullptr)
        return frame_.halt(Status::unavailable);
    if (block_.revision >= Revision::berlin)
        journal_.warm_up(*created);
    const bool collides = journal_.is_creation_collision(*created);
    if (journal_.unavailable())
        return frame_.halt(Status::unavailable);
    if (collides)
        return Step::next;

    begin_frame(context_,
        {
            .kind = MessageKind::create,
            .opcode = opcode_,
            .depth = frame_.depth + 1,
            .transfers_value = true,
            .sender = self.address,
            .account = created,
            .payer = &self,
            .code_address = address,
            .value = value,
            .input = init_code,
            .gas = gas,
            .stack_base = frame_.stack_top,
        },
        frame_.precompile_output);
    return Step::call;
}
}  // namespace jiffy::evm::plain
