// SPDX-License-Identifier: Apache-2.0
#include "evm/plain_interpreter_instruction.hpp"

#include "crypto/keccak.hpp"

#include <utility>

namespace jiffy::evm::plain
{
Step Instruction::run()
{
    ++frame_.pc;
    if (opcode_ >= op_push0 && opcode_ <= op_push32)
        return push_bytes(opcode_ - op_push0), Step::next;
    if (opcode_ >= op_dup1 && opcode_ <= op_dup16)
        return duplicate(opcode_ - op_dup1 + 1), Step::next;
    if (opcode_ >= op_swap1 && opcode_ <= op_swap16)
        return exchange(opcode_ - op_swap1 + 1), Step::next;
    if (opcode_ >= op_log0 && opcode_ <= op_log4)
        return log(opcode_ - op_log0), Step::next;

    const auto& transaction = *context_.transaction;
    switch (opcode_)
    {
        case op_stop:
            return frame_.halt(Status::success);
        case op_add:
            with_two(add);
            break;
        case op_mul:
            with_two(multiply);
            break;
        case op_sub:
            with_two(subtract);
            break;
        case op_div:
            with_two(quotient);
            break;
        case op_sdiv:
            with_two(signed_quotient);
            break;
        case op_mod:
            with_two(remainder);
            break;
        case op_smod:
            with_two(signed_remainder);
            break;
        case op_addmod:
            with_three(sum_modulo);
            break;
        case op_mulmod:
            with_three(product_modulo);
            break;
        case op_exp:
            with_two(raise);
            break;
        case op_signextend:
            with_two(extend_sign);
            break;
        case op_lt:
            with_two([](const U256& a, const U256& b) { return U256{less(a, b)}; });
            break;
        case op_gt:
            with_two([](const U256& a, const U256& b) { return U256{less(b, a)}; });
            break;
        case op_slt:
            with_two([](const U256& a, const U256& b) { return U256{plain::signed_less(a, b)}; });
            break;
        case op_sgt:
            with_two([](const U256& a, const U256& b) { return U256{plain::signed_less(b, a)}; });
            break;
        case op_eq:
            with_two([](const U256& a, const U256& b) { return U256{equal(a, b)}; });
            break;
        case op_iszero:
            push_flag(equal(pop(), 0));
            break;
        case op_and:
            with_two(bit_and);
            break;
        case op_or:
            with_two(bit_or);
            break;
        case op_xor:
            with_two(bit_xor);
            break;
        case op_not:
            with_one(bit_not);
            break;
        case op_byte:
            with_two(byte_at);
            break;
        case op_shl:
            with_two(shift_left);
            break;
        case op_shr:
            with_two(shift_right);
            break;
        case op_sar:
            with_two(signed_shift_right);
            break;
        case op_clz:
            with_one(leading_zeros);
            break;
        case op_keccak256:
            with_two([this](const U256& offset, const U256& size)
                { return to_u256(crypto::keccak256(memory_view(offset, size))); });
            break;
        case op_address:
            push_address(frame_.account->address);
            break;
        case op_balance:
            pop();
            price_.account->balance_observed = true;
            push(price_.account->current.balance);
            break;
        case op_origin:
            push_address(transaction.origin);
            break;
        case op_caller:
            push_address(frame_.sender);
            break;
        case op_callvalue:
            push(frame_.value);
            break;
        case op_calldataload:
            load_word();
            break;
        case op_calldatasize:
            push(frame_.input.size());
            break;
        case op_calldatacopy:
            copy_to_memory(frame_.input);
            break;
        case op_codesize:
            push(frame_.code.size());
            break;
        case op_codecopy:
            copy_to_memory(frame_.code);
            break;
        case op_gasprice:
            push(transaction.gas_price);
            break;
        case op_extcodesize:
            return code_of(true);
        case op_extcodecopy:
            return code_of(false);
        case op_returndatasize:
            push(frame_.return_data.size());
            break;
        case op_returndatacopy:
            return return_data_copy();
        case op_extcodehash:
            pop();
            price_.account->balance_observed = true;
            push(price_.account->current.is_empty() ? U256{} : to_u256(price_.account->current.code_hash));
            break;
        case op_blockhash:
            return block_hash();
        case op_coinbase:
            push_address(block_.coinbase);
            break;
        case op_timestamp:
            push(block_.timestamp);
            break;
        case op_number:
            push(block_.number);
            break;
        case op_prevrandao:
            push(block_.prev_randao);
            break;
        case op_gaslimit:
            push(block_.gas_limit);
            break;
        case op_chainid:
            push(block_.chain_id);
            break;
        case op_selfbalance:
            frame_.account->balance_observed = true;
            push(frame_.account->current.balance);
            break;
        case op_basefee:
            push(block_.base_fee);
            break;
        case op_blobhash:
            blob_hash();
            break;
        case op_blobbasefee:
            push(block_.blob_base_fee);
            break;
        case op_pop:
            pop();
            break;
        case op_mload:
            with_one([this](const U256& offset) { return to_u256(memory_view(offset, 32)); });
            break;
        case op_mstore:
            store_word();
            break;
        case op_mstore8:
        {
            const U256 offset = pop();
            frame_.memory.data()[offset.low()] = static_cast<Byte>(pop().low());
            break;
        }
        case op_sload:
        {
            // Pricing has loaded the slot, so it is there.
            const U256 key = pop();
            push(journal_.slot(*frame_.account, key)->current);
            break;
        }
        case op_sstore:
        {
            const U256 key = pop();
            journal_.add_refund(price_.refund);
            journal_.set_slot(*journal_.slot(*frame_.account, key), pop());
            break;
        }
        case op_jump:
            return jump(pop());
        case op_jumpi:
        {
            const U256 target = pop();
            return equal(pop(), 0) ? Step::next : jump(target);
        }
        case op_pc:
            push(static_cast<std::uint64_t>(frame_.pc - 1 - frame_.analysis->code()));
            break;
        case op_msize:
            push(frame_.memory.size());
            break;
        case op_gas:
            push(static_cast<std::uint64_t>(frame_.gas));
            break;
        case op_jumpdest:
            break;
        case op_tload:
            with_one([this](const U256& key) { return journal_.transient(*frame_.account, key); });
            break;
        case op_tstore:
        {
            const U256 key = pop();
            journal_.set_transient(*frame_.account, key, pop());
            break;
        }
        case op_mcopy:
            copy_memory();
            break;
        case op_create:
        case op_create2:
            return create();
        case op_call:
        case op_callcode:
        case op_delegatecall:
        case op_staticcall:
            return call();
        case op_return:
            return end(Status::success);
        case op_revert:
            return end(Status::revert);
        case op_selfdestruct:
            return self_destruct();
        case op_invalid:
            return frame_.halt(Status::invalid_instruction);
        default:
            return frame_.halt(Status::undefined_instruction);
    }
    return Step::next;
}

Step Instruction::return_data_copy()
{
    // Operand 1 is the offset, operand 2 the size.
    const U256& offset = frame_.stack_top[-2];
    const U256 end = add(offset, frame_.stack_top[-3]);
    if (less(end, offset) || less(frame_.return_data.size(), end))
        return frame_.halt(Status::out_of_bounds_read);
    copy_to_memory(frame_.return_data);
    return Step::next;
}

void Instruction::copy_memory()
{
    const U256 target = pop();
    const U256 source = pop();
    const U256 size = pop();
    const Bytes copy = to_bytes(memory_view(source, size));
    for (std::size_t i = 0; i < copy.size(); ++i)
        frame_.memory.data()[target.low() + i] = copy[i];
}

void Instruction::load_word()
{
    const U256 offset = pop();
    Hash word;
    for (std::size_t i = 0; i < word.size(); ++i)
        word[i] = byte_of(frame_.input, offset, i);
    push(to_u256(word));
}

void Instruction::store_word()
{
    const U256 offset = pop();
    const Hash word = to_hash(pop());
    for (std::size_t i = 0; i < word.size(); ++i)
        frame_.memory.data()[offset.low() + i] = word[i];
}

void Instruction::push_bytes(unsigned count) noexcept
{
    const BytesView code = frame_.analysis->view();
    const auto position = static_cast<std::uint64_t>(frame_.pc - frame_.analysis->code());
    Hash word;
    for (unsigned i = 0; i < count; ++i)
        word[32 - count + i] = byte_of(code, position, i);
    push(to_u256(word));
    frame_.pc += count;
}

Step Instruction::jump(const U256& target) noexcept
{
    const BytesView code = frame_.analysis->view();
    if (!less(target, code.size()) || !frame_.analysis->is_jump_destination(target.low()))
        return frame_.halt(Status::bad_jump_destination);
    frame_.pc = frame_.analysis->code() + target.low();
    return Step::next;
}

Step Instruction::block_hash()
{
    const U256 number = pop();
    const std::uint64_t oldest = block_.number > 256 ? block_.number - 256 : 0;
    if (less(number, oldest) || !less(number, block_.number) || block_.block_hashes.lookup == nullptr)
        return push({}), Step::next;
    Hash hash;
    const auto presence = block_.block_hashes.lookup(block_.block_hashes.context, number.low(), hash);
    if (presence == state::Presence::unavailable)
        return frame_.halt(Status::unavailable);
    push(presence == state::Presence::present ? to_u256(hash) : U256{});
    return Step::next;
}

void Instruction::blob_hash()
{
    const auto& hashes = context_.transaction->blob_hashes;
    const U256 index = pop();
    push(less(index, hashes.size()) ? to_u256(hashes[index.low()]) : U256{});
}

/// EXTCODESIZE and EXTCODECOPY.
Step Instruction::code_of(bool only_size)
{
    auto& account = *price_.account;
    if (!journal_.load_code(account))
        return frame_.halt(Status::unavailable);
    pop();
    if (only_size)
        push(account.code.size());
    else
        copy_to_memory(account.code);
    return Step::next;
}

void Instruction::log(int topic_count)
{
    const U256 offset = pop();
    const U256 size = pop();
    std::vector<Hash> topics;
    topics.reserve(static_cast<std::size_t>(topic_count));
    for (int i = 0; i < topic_count; ++i)
        topics.push_back(to_hash(pop()));
    journal_.add_log(frame_.account->address, topics, memory_view(offset, size));
}

Step Instruction::end(Status status)
{
    const U256 offset = pop();
    frame_.output = memory_view(offset, pop());
    return frame_.halt(status);
}
}  // namespace jiffy::evm::plain
