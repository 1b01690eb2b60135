// SPDX-License-Identifier: Apache-2.0
#include "evm/plain_interpreter_price.hpp"

#include "evm/delegation.hpp"
#include "evm/plain_interpreter_arithmetic.hpp"

#include <algorithm>

namespace jiffy::evm::plain
{
namespace
{
/// The state of pricing one instruction. Each step answers whether the instruction is still alive.
class Pricing
{
public:
    Pricing(Frame& frame, std::uint8_t opcode)
      : frame_{frame}
      , journal_{frame.context->journal}
      , revision_{frame.context->block->revision}
      , opcode_{opcode}
    {
        price_.memory_size = frame.memory.size();
    }

    Price find() &&
    {
        if (pay(static_cast<std::uint64_t>(base_gas(revision_, opcode_))))
            pay_for_operands();
        return price_;
    }

private:
    /// The operand that the instruction pops as number `index`, counted from 0.
    const U256& operand(int index) const noexcept { return *(frame_.stack_top - 1 - index); }
    bool at_least(Revision revision) const noexcept { return revision_ >= revision; }

    bool fail(Status status) noexcept
    {
        price_.status = status;
        return false;
    }

    bool pay(std::uint64_t gas) noexcept
    {
        price_.gas += gas;
        return price_.gas <= static_cast<std::uint64_t>(frame_.gas) || fail(Status::out_of_gas);
    }

    std::uint64_t gas_left() const noexcept { return static_cast<std::uint64_t>(frame_.gas) - price_.gas; }

    /// Memory for `size` bytes from `offset`: 3 gas for each word, and the square of their number by 512.
    bool reserve(const U256& offset, const U256& size) noexcept
    {
        if (equal(size, 0))
            return true;
        const U256 end = add(offset, size);
        if (less(end, size) || less(memory_limit, end))
            return fail(Status::out_of_gas);
        const auto total = [](std::uint64_t words) { return 3 * words + words * words / 512; };
        const std::uint64_t words = (end.low() + 31) / 32;
        const std::uint64_t words_before = price_.memory_size / 32;
        if (words <= words_before)
            return true;
        price_.memory_size = 32 * words;
        return pay(total(words) - total(words_before));
    }

    /// A price for each word, the last one rounded up; the size is in memory already.
    bool pay_by_word(const U256& size, std::uint64_t gas) noexcept { return pay(gas * ((size.low() + 31) / 32)); }

    state::AccountEntry* load(const Address& address)
    {
        auto* const account = journal_.account(address);
        if (account == nullptr)
            fail(Status::unavailable);
        return account;
    }

    /// Loads the account that an operand names; the constant gas has paid for a warm one.
    bool access_account(const U256& address)
    {
        price_.account = load(to_address(address));
        if (price_.account == nullptr)
            return false;
        if (at_least(Revision::berlin) && journal_.warm_up(*price_.account))
            return pay(2600 - 100);
        return true;
    }

    bool refuse_if_static() noexcept { return !frame_.is_static || fail(Status::static_mode_violation); }

    bool copy(const U256& target, const U256& size) noexcept { return reserve(target, size) && pay_by_word(size, 3); }

    bool pay_for_operands()
    {
        switch (opcode_)
        {
            case op_exp:
                return pay(
                    (at_least(Revision::spurious_dragon) ? 50 : 10) * std::uint64_t{length_in_bytes(operand(1))});
            case op_keccak256:
                return reserve(operand(0), operand(1)) && pay_by_word(operand(1), 6);
            case op_balance:
            case op_extcodesize:
            case op_extcodehash:
                return access_account(operand(0));
            case op_extcodecopy:
                return copy(operand(1), operand(3)) && access_account(operand(0));
            case op_calldatacopy:
            case op_codecopy:
            case op_returndatacopy:
                return copy(operand(0), operand(2));
            case op_mcopy:
                return reserve(operand(0), operand(2)) && reserve(operand(1), operand(2)) && pay_by_word(operand(2), 3);
            case op_mload:
            case op_mstore:
                return reserve(operand(0), 32);
            case op_mstore8:
                return reserve(operand(0), 1);
            case op_sload:
                return pay_for_load();
            case op_sstore:
                return pay_for_store();
            case op_tstore:
                return refuse_if_static();
            case op_log0:
            case op_log0 + 1:
            case op_log0 + 2:
            case op_log0 + 3:
            case op_log4:
                return refuse_if_static() && reserve(operand(0), operand(1)) && pay(8 * operand(1).low());
            case op_return:
            case op_revert:
                return reserve(operand(0), operand(1));
            case op_call:
            case op_callcode:
            case op_delegatecall:
            case op_staticcall:
                return pay_for_call();
            case op_create:
            case op_create2:
                return pay_for_creation();
            case op_selfdestruct:
                return pay_for_destruction();
            default:
                return true;
        }
    }

    bool pay_for_load()
    {
        auto* const slot = journal_.slot(*frame_.account, operand(0));
        if (slot == nullptr)
            return fail(Status::unavailable);
        return !at_least(Revision::berlin) || !journal_.warm_up(*slot) || pay(2100 - 100);
    }

    bool pay_for_store()
    {
        if (!refuse_if_static())
            return false;
        if (at_least(Revision::istanbul) && frame_.gas <= 2300)
            return fail(Status::out_of_gas);
        auto* const slot = journal_.slot(*frame_.account, operand(0));
        if (slot == nullptr)
            return fail(Status::unavailable);
        const std::uint64_t cold = at_least(Revision::berlin) && journal_.warm_up(*slot) ? 2100 : 0;
        const U256& value = operand(1);
        const bool was_zero = equal(slot->current, 0);
        const bool becomes_zero = equal(value, 0);

        if (!at_least(Revision::constantinople) || revision_ == Revision::petersburg)
        {
            if (!was_zero && becomes_zero)
                price_.refund = 15000;
            return pay(was_zero && !becomes_zero ? 20000 : 5000);
        }

        // EIP-1283's three cases, with the prices of EIP-2200, EIP-2929 and EIP-3529.
        const std::int64_t touch_price = at_least(Revision::berlin) ? 100 : at_least(Revision::istanbul) ? 800 : 200;
        const std::int64_t change_price = at_least(Revision::berlin) ? 5000 - 2100 : 5000;
        const std::int64_t clear_refund = at_least(Revision::london) ? 4800 : 15000;
        const bool began_as_zero = equal(slot->original, 0);
        const std::int64_t first_change_price = began_as_zero ? 20000 : change_price;
        const bool is_first_change = equal(slot->original, slot->current);
        if (equal(slot->current, value))
            return pay(cold + static_cast<std::uint64_t>(touch_price));
        if (!began_as_zero && becomes_zero)
            price_.refund += clear_refund;
        if (!began_as_zero && was_zero)
            price_.refund -= clear_refund;
        if (!is_first_change && equal(slot->original, value))
            price_.refund += first_change_price - touch_price;
        return pay(cold + static_cast<std::uint64_t>(is_first_change ? first_change_price : touch_price));
    }

    /// EIP-7702: a delegated account runs another account's code, whose access costs once more.
    bool follow_delegation()
    {
        price_.code_account = price_.account;
        if (!at_least(Revision::prague))
            return true;
        if (!journal_.load_code(*price_.account))
            return fail(Status::unavailable);
        const auto target = delegation_target(price_.account->code);
        if (!target)
            return true;
        price_.code_account = load(*target);
        if (price_.code_account == nullptr)
            return false;
        return pay(journal_.warm_up(*price_.code_account) ? 2600 : 100);
    }

    bool pay_for_call()
    {
        const bool has_value = opcode_ == op_call || opcode_ == op_callcode;
        const bool sends_value = has_value && !equal(operand(2), 0);
        const int input = has_value ? 3 : 2;
        if (opcode_ == op_call && sends_value && !refuse_if_static())
            return false;
        if (!reserve(operand(input), operand(input + 1)) || !reserve(operand(input + 2), operand(input + 3)) ||
            !access_account(operand(1)) || !follow_delegation())
            return false;

        if (sends_value && !pay(9000))
            return false;
        const bool makes_account = at_least(Revision::spurious_dragon)
                                       ? sends_value && price_.account->current.is_empty()
                                       : !price_.account->exists;
        if (opcode_ == op_call && makes_account && !pay(25000))
            return false;

        const std::uint64_t limit = at_least(Revision::tangerine_whistle) ? gas_left() - gas_left() / 64 : gas_left();
        if (less(limit, operand(0)))
        {
            if (!at_least(Revision::tangerine_whistle))
                return fail(Status::out_of_gas);
            price_.call_gas = static_cast<std::int64_t>(limit);
        }
        else
        {
            price_.call_gas = static_cast<std::int64_t>(operand(0).low());
        }
        return true;
    }

    bool pay_for_creation()
    {
        if (!refuse_if_static() || !reserve(operand(1), operand(2)))
            return false;
        if (at_least(Revision::shanghai))
        {
            if (less(49152, operand(2)))
                return fail(Status::init_code_size_exceeded);
            if (!pay_by_word(operand(2), 2))
                return false;
        }
        return opcode_ != op_create2 || pay_by_word(operand(2), 6);
    }

    bool pay_for_destruction()
    {
        if (!refuse_if_static())
            return false;
        price_.account = load(to_address(operand(0)));
        if (price_.account == nullptr)
            return false;
        if (at_least(Revision::berlin) && journal_.warm_up(*price_.account) && !pay(2600))
            return false;
        if (!at_least(Revision::tangerine_whistle))
            return true;
        const bool makes_account = at_least(Revision::spurious_dragon) ? !equal(frame_.account->current.balance, 0) &&
                                                                             price_.account->current.is_empty()
                                                                       : !price_.account->exists;
        return !makes_account || pay(25000);
    }

    Frame& frame_;
    state::Journal& journal_;
    Revision revision_;
    std::uint8_t opcode_;
    Price price_;
};
}  // namespace

Price price_of(Frame& frame, std::uint8_t opcode)
{
    return Pricing{frame, opcode}.find();
}
}  // namespace jiffy::evm::plain
