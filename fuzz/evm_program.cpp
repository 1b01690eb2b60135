// SPDX-License-Identifier: Apache-2.0
#include "evm_program.hpp"

#include "evm/opcodes.hpp"

#include <algorithm>
#include <string_view>

namespace jiffy::fuzz
{
namespace
{
using namespace evm;

/// True if code after the instruction runs only if something jumps there.
bool ends_flow(std::uint8_t opcode)
{
    return opcode == op_stop || opcode == op_jump || opcode == op_return || opcode == op_revert ||
           opcode == op_invalid || opcode == op_selfdestruct;
}

/// What each operand means, in the order in which they are popped: (a)ddress, memory (o)ffset, (s)ize, tiny si(z)e,
/// (g)as, small (v)alue, storage (k)ey, block (n)umber, (j)ump target, (b)yte or bit position, (*) any number.
std::string_view roles_of(std::uint8_t opcode)
{
    switch (opcode)
    {
        case op_keccak256:
        case op_return:
        case op_revert:
            return "os";
        case op_balance:
        case op_extcodesize:
        case op_extcodehash:
        case op_selfdestruct:
            return "a";
        case op_calldataload:
        case op_mload:
            return "o";
        case op_calldatacopy:
        case op_codecopy:
        case op_returndatacopy:
        case op_mcopy:
            return "oos";
        case op_extcodecopy:
            return "aoos";
        case op_blockhash:
            return "n";
        case op_blobhash:
        case op_sload:
        case op_tload:
            return "k";
        case op_mstore:
        case op_mstore8:
            return "o*";
        case op_sstore:
        case op_tstore:
            return "kk";
        case op_jump:
            return "j";
        case op_jumpi:
            return "jk";
        case op_log0:
        case op_log0 + 1:
        case op_log0 + 2:
        case op_log0 + 3:
        case op_log4:
            return std::string_view{"os****"}.substr(0, 2U + opcode - op_log0);
        case op_create:
            return "vos";
        case op_create2:
            return "vosk";
        case op_call:
        case op_callcode:
            return "gavosos";
        case op_delegatecall:
        case op_staticcall:
            return "gaosos";
        default:
            return {};
    }
}

class Assembler
{
public:
    Assembler(ByteSource& source, Revision revision, const std::vector<Address>& addresses)
      : source_{source}
      , addresses_{addresses}
    {
        for (int opcode = 0; opcode < 256; ++opcode)
            if (base_gas(revision, static_cast<std::size_t>(opcode)) >= 0)
                opcodes_.push_back(static_cast<std::uint8_t>(opcode));
    }

    Bytes assemble()
    {
        const unsigned units = source_.byte() % 64;
        for (unsigned i = 0; i < units && !source_.empty(); ++i)
            add_unit();
        add_answer();
        link();
        return std::move(code_);
    }

private:
    void add_unit()
    {
        const auto kind = source_.byte();
        if (kind < 180)
            add_instruction(source_.choose(opcodes_));
        else if (kind < 210)
            add_call();
        else if (kind < 225)
            add_creation();
        else if (kind < 248)
            add_destination();
        else if (kind < 252)
            add_bare(source_.choose(opcodes_));
        else if (source_.byte() % 16 == 0)
            append(code_, source_.bytes(source_.byte() % 8));
    }

    std::uint8_t defined_or(std::uint8_t other, std::uint8_t opcode) const
    {
        return std::ranges::count(opcodes_, opcode) != 0 ? opcode : other;
    }

    void emit(std::uint8_t opcode)
    {
        code_.push_back(opcode);
        height_ += opcode_table[opcode].stack_out - opcode_table[opcode].stack_in;
    }

    /// Whatever is on the stack serves as operands, if there is enough.
    void add_bare(std::uint8_t opcode)
    {
        if (opcode < op_push1 || opcode > op_push32)
            emit(opcode);
    }

    /// Whoever jumps here may bring an empty stack.
    void add_destination()
    {
        destinations_.push_back(code_.size());
        emit(op_jumpdest);
        height_ = 0;
    }

    void add_instruction(std::uint8_t opcode)
    {
        if (ends_flow(opcode) && source_.byte() % (opcode == op_selfdestruct ? 2 : 8) != 0)
            return;
        if (opcode >= op_push1 && opcode <= op_push32)
        {
            emit(opcode);
            append(code_, source_.bytes(opcode - op_push1 + 1U));
            return;
        }
        const int operands = opcode_table[opcode].stack_in;
        const auto roles = roles_of(opcode);
        if (!roles.empty())
            for (std::size_t i = roles.size(); i-- > 0;)
                push_operand(roles[i]);
        else if (opcode < op_dup1)
            for (int i = 0; i < operands; ++i)
                push_operand('*');
        else
            while (height_ < operands)
                push_operand('*');
        emit(opcode);
        if (opcode == op_jump || opcode == op_jumpi)
            add_destination();
        else if (opcode < op_dup1 && opcode_table[opcode].stack_out == 1)
            keep_result();
    }

    /// Writes the result to a place of its own, since what stays on the stack is never seen.
    void keep_result()
    {
        push(result_offset + source_.byte() % results * 32);
        emit(op_mstore);
    }

    /// Ends with the hash of the memory as output.
    void add_answer()
    {
        push(result_offset + results * 32);
        push(0);
        emit(op_keccak256);
        push(0);
        emit(op_mstore);
        push(32);
        push(0);
        emit(op_return);
    }

    /// A call that keeps the memory small and usually has enough gas.
    void add_call()
    {
        static constexpr std::uint8_t calls[] = {op_call, op_callcode, op_delegatecall, op_staticcall};
        const auto opcode = defined_or(op_call, calls[source_.byte() % 4]);
        const auto sizes = source_.byte();
        push(sizes % 16U * 8);
        push(0);
        push(sizes / 16U * 16);
        push(0);
        if (opcode == op_call || opcode == op_callcode)
            push(sizes % 5 == 0 ? 1 : 0);
        push(to_u256(source_.choose(addresses_)));
        push(sizes % 3 == 0 ? U256{source_.word()} : U256::max());
        emit(opcode);
    }

    /// Takes some account's code as init code, or makes init code that returns some account's code.
    void add_creation()
    {
        const auto kind = source_.byte();
        const U256 account = to_u256(source_.choose(addresses_));
        push(source_.byte());
        push(0);
        push(0);
        push(account);
        emit(op_extcodecopy);
        if (kind % 4 == 0)
        {
            // PUSH1 size, PUSH1 0, PUSH1 0, PUSH20 account, EXTCODECOPY, PUSH1 size, PUSH1 0, RETURN
            Bytes init_code{op_push1, kind, op_push1, 0, op_push1, 0, op_push1 + 19};
            append(init_code, to_address(account).view());
            append(init_code, Bytes{op_extcodecopy, op_push1, kind, op_push1, 0});
            init_code.resize(32, op_return);
            push(to_u256(BytesView{init_code}));
            push(0);
            emit(op_mstore);
        }
        const auto opcode = defined_or(op_create, kind % 2 == 0 ? op_create2 : op_create);
        if (opcode == op_create2)
            push(source_.byte() % 2U);
        push(32 + kind);
        push(0);
        push(kind % 8 == 0 ? 1 : 0);
        emit(opcode);
    }

    void push_operand(char role)
    {
        const auto dice = source_.byte();
        // What is computed already serves as an operand too.
        if (dice < 40 && role != 'j' && height_ >= 4)
        {
            emit(static_cast<std::uint8_t>(op_dup1 + dice % 4));
            return;
        }
        if (dice > 250)
        {
            push(any_number());
            return;
        }
        switch (role)
        {
            case 'a':
                return push(to_u256(source_.choose(addresses_)));
            case 'o':
                return push(dice % 16 == 0 ? U256{source_.word()} : U256{source_.byte()});
            case 's':
                return push(dice % 16 == 0 ? U256{source_.word() % 4096U} : U256{dice % 4U * 32});
            case 'z':
                return push(dice % 8 == 0 ? 32U : dice % 8 == 1 ? 1U : 0U);
            case 'g':
                return push(dice % 2 == 0 ? U256{source_.word()} : U256::max());
            case 'v':
                return push(dice % 4U);
            case 'k':
                return push(dice % 5U);
            case 'b':
                return push(dice % 2 == 0 ? dice / 2U % 34U : source_.byte() * 2U % 260U);
            case 'n':
                return push(dice % 2 == 0 ? 740U + dice % 12U : 740U + source_.word() % 300U);
            case 'j':
                // The place is filled in when all destinations are known.
                emit(op_push2);
                jumps_.push_back({code_.size(), source_.byte()});
                append(code_, Bytes{0, 0});
                return;
            default:
                return push(any_number());
        }
    }

    U256 any_number()
    {
        const auto kind = source_.byte();
        const unsigned shift = source_.byte();
        switch (kind % 8)
        {
            case 0:
                return 0;
            case 1:
                return 1;
            case 2:
                return shift;
            case 3:
                return U256{1} << shift;
            case 4:
                return (U256{1} << shift) - 1;
            case 5:
                return U256::max() << shift;
            case 6:
                return -U256{shift};
            default:
                return to_u256(BytesView{source_.bytes(kind >= 128 ? 32U : 1U + kind / 4U)});
        }
    }

    /// The shortest PUSH of a number; PUSH1 for zero.
    void push(const U256& value)
    {
        const unsigned length = std::max(1U, value.byte_length());
        emit(static_cast<std::uint8_t>(op_push1 + length - 1));
        append(code_, to_hash(value).view().last(length));
    }

    void link()
    {
        for (const auto& [place, choice] : jumps_)
        {
            const std::size_t target =
                destinations_.empty() || choice >= 0xfc ? choice : destinations_[choice % destinations_.size()];
            code_[place] = static_cast<Byte>(target >> 8);
            code_[place + 1] = static_cast<Byte>(target);
        }
    }

    static constexpr std::uint64_t result_offset = 256;
    static constexpr std::uint64_t results = 8;

    struct Jump
    {
        std::size_t place;
        Byte choice;
    };

    ByteSource& source_;
    const std::vector<Address>& addresses_;
    std::vector<std::uint8_t> opcodes_;
    Bytes code_;
    /// Stack items that are there for certain, however the code is reached.
    int height_ = 0;
    std::vector<std::size_t> destinations_;
    std::vector<Jump> jumps_;
};
}  // namespace

Bytes make_program(ByteSource& source, Revision revision, const std::vector<Address>& addresses)
{
    return Assembler{source, revision, addresses}.assemble();
}
}  // namespace jiffy::fuzz
