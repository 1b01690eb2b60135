// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/instructions_memory.hpp"

/// Instructions that read or write the state, and those that look at the block and the transaction. `top` is one past
/// the highest item. The constant gas of the table is paid before.
namespace jiffy::evm::instructions
{
/// EIP-2929: what a cold access costs on top of the warm price, which is the constant gas.
inline constexpr std::uint64_t cold_account_surcharge = 2500;
inline constexpr std::uint64_t cold_slot_surcharge = 2000;
inline constexpr std::uint64_t cold_account_access = 2600;

/// Loads an account and pays for a cold access; null if the frame has halted.
template <Revision R>
state::AccountEntry* access_account(Frame& frame, const Address& address)
{
    auto& journal = frame.context->journal;
    auto* const entry = journal.account(address);
    if (entry == nullptr)
    {
        frame.halt(Status::unavailable);
        return nullptr;
    }
    if constexpr (R >= Revision::berlin)
    {
        if (journal.warm_up(*entry) && !charge(frame, cold_account_surcharge))
        {
            frame.halt(Status::out_of_gas);
            return nullptr;
        }
    }
    return entry;
}

template <Revision R>
Step balance(Frame& frame, U256* top)
{
    auto* const entry = access_account<R>(frame, to_address(top[-1]));
    if (entry == nullptr)
        return Step::halt;
    entry->balance_observed = true;
    top[-1] = entry->current.balance;
    return Step::next;
}

template <Revision R>
Step extcodesize(Frame& frame, U256* top)
{
    auto* const entry = access_account<R>(frame, to_address(top[-1]));
    if (entry == nullptr)
        return Step::halt;
    if (!frame.context->journal.load_code(*entry))
        return frame.halt(Status::unavailable);
    top[-1] = U256{entry->code.size()};
    return Step::next;
}

template <Revision R>
Step extcodehash(Frame& frame, U256* top)
{
    auto* const entry = access_account<R>(frame, to_address(top[-1]));
    if (entry == nullptr)
        return Step::halt;
    entry->balance_observed = true;
    top[-1] = entry->current.is_empty() ? U256{} : to_u256(entry->current.code_hash);
    return Step::next;
}

template <Revision R>
Step extcodecopy(Frame& frame, U256* top)
{
    const U256& size = top[-4];
    if (!reserve_memory(frame, top[-2], size) || !charge(frame, copy_gas(size.low())))
        return frame.halt(Status::out_of_gas);
    auto* const entry = access_account<R>(frame, to_address(top[-1]));
    if (entry == nullptr)
        return Step::halt;
    if (!frame.context->journal.load_code(*entry))
        return frame.halt(Status::unavailable);
    if (!size.is_zero())
        copy_padded(frame.memory.data() + top[-2].low(), entry->code, top[-3], size.low());
    return Step::next;
}

template <Revision R>
Step sload(Frame& frame, U256* top)
{
    auto& journal = frame.context->journal;
    auto* const slot = journal.slot(*frame.account, top[-1]);
    if (slot == nullptr)
        return frame.halt(Status::unavailable);
    if constexpr (R >= Revision::berlin)
    {
        if (journal.warm_up(*slot) && !charge(frame, cold_slot_surcharge))
            return frame.halt(Status::out_of_gas);
    }
    top[-1] = slot->current;
    return Step::next;
}

/// Prices of SSTORE under net metering (EIP-1283, EIP-2200, EIP-2929, EIP-3529).
struct StorePrices
{
    std::int64_t warm_access;
    std::int64_t set;
    std::int64_t reset;
    std::int64_t clear_refund;
};

consteval StorePrices store_prices(Revision revision)
{
    return {
        .warm_access = revision >= Revision::berlin     ? 100
                       : revision >= Revision::istanbul ? 800
                                                        : 200,
        .set = 20000,
        .reset = revision >= Revision::berlin ? 2900 : 5000,
        .clear_refund = revision >= Revision::london ? 4800 : 15000,
    };
}

template <Revision R>
Step sstore(Frame& frame, U256* top)
{
    if (frame.is_static)
        return frame.halt(Status::static_mode_violation);
    // EIP-2200: a call with nothing but the stipend must not be able to write.
    if constexpr (R >= Revision::istanbul)
    {
        if (frame.gas <= 2300)
            return frame.halt(Status::out_of_gas);
    }
    auto& journal = frame.context->journal;
    auto* const slot = journal.slot(*frame.account, top[-1]);
    if (slot == nullptr)
        return frame.halt(Status::unavailable);

    const U256& value = top[-2];
    std::int64_t cost = 0;
    std::int64_t refund = 0;
    if constexpr (R >= Revision::berlin)
    {
        if (journal.warm_up(*slot))
            cost += 2100;
    }
    if constexpr (R < Revision::constantinople || R == Revision::petersburg)
    {
        cost += slot->current.is_zero() && !value.is_zero() ? 20000 : 5000;
        if (!slot->current.is_zero() && value.is_zero())
            refund += 15000;
    }
    else
    {
        constexpr StorePrices prices = store_prices(R);
        if (slot->current == value)
        {
            cost += prices.warm_access;
        }
        else if (slot->original == slot->current)
        {
            cost += slot->original.is_zero() ? prices.set : prices.reset;
            if (!slot->original.is_zero() && value.is_zero())
                refund += prices.clear_refund;
        }
        else
        {
            cost += prices.warm_access;
            if (!slot->original.is_zero())
            {
                if (slot->current.is_zero())
                    refund -= prices.clear_refund;
                else if (value.is_zero())
                    refund += prices.clear_refund;
            }
            if (slot->original == value)
                refund += (slot->original.is_zero() ? prices.set : prices.reset) - prices.warm_access;
        }
    }
    if (!charge(frame, static_cast<std::uint64_t>(cost)))
        return frame.halt(Status::out_of_gas);
    journal.add_refund(refund);
    journal.set_slot(*slot, value);
    return Step::next;
}

inline U256 address(const Frame& frame) noexcept
{
    return to_u256(frame.account->address);
}

inline U256 origin(const Frame& frame) noexcept
{
    return to_u256(frame.context->transaction->origin);
}

inline U256 caller(const Frame& frame) noexcept
{
    return to_u256(frame.sender);
}

inline U256 callvalue(const Frame& frame) noexcept
{
    return frame.value;
}

inline U256 calldatasize(const Frame& frame) noexcept
{
    return U256{frame.input.size()};
}

inline U256 codesize(const Frame& frame) noexcept
{
    return U256{frame.code.size()};
}

inline U256 gasprice(const Frame& frame) noexcept
{
    return frame.context->transaction->gas_price;
}

inline U256 returndatasize(const Frame& frame) noexcept
{
    return U256{frame.return_data.size()};
}

inline U256 coinbase(const Frame& frame) noexcept
{
    return to_u256(frame.context->block->coinbase);
}

inline U256 timestamp(const Frame& frame) noexcept
{
    return U256{frame.context->block->timestamp};
}

inline U256 number(const Frame& frame) noexcept
{
    return U256{frame.context->block->number};
}

inline U256 prevrandao(const Frame& frame) noexcept
{
    return frame.context->block->prev_randao;
}

inline U256 gaslimit(const Frame& frame) noexcept
{
    return U256{frame.context->block->gas_limit};
}

inline U256 chainid(const Frame& frame) noexcept
{
    return U256{frame.context->block->chain_id};
}

inline U256 selfbalance(const Frame& frame) noexcept
{
    frame.account->balance_observed = true;
    return frame.account->current.balance;
}

inline U256 basefee(const Frame& frame) noexcept
{
    return frame.context->block->base_fee;
}

inline U256 blobbasefee(const Frame& frame) noexcept
{
    return frame.context->block->blob_base_fee;
}

inline U256 msize(const Frame& frame) noexcept
{
    return U256{frame.memory.size()};
}

/// EIP-4844
inline Step blobhash(Frame& frame, U256* top) noexcept
{
    const auto hashes = frame.context->transaction->blob_hashes;
    const U256 index = top[-1];
    top[-1] = index < U256{hashes.size()} ? to_u256(hashes[index.low()]) : U256{};
    return Step::next;
}

/// EIP-1153
inline Step tload(Frame& frame, U256* top)
{
    top[-1] = frame.context->journal.transient(*frame.account, top[-1]);
    return Step::next;
}

inline Step tstore(Frame& frame, U256* top)
{
    if (frame.is_static)
        return frame.halt(Status::static_mode_violation);
    frame.context->journal.set_transient(*frame.account, top[-1], top[-2]);
    return Step::next;
}

inline Step blockhash(Frame& frame, U256* top)
{
    const auto& block = *frame.context->block;
    const U256 number = top[-1];
    top[-1] = {};
    if (!number.fits_64() || number.low() >= block.number || block.number - number.low() > 256)
        return Step::next;
    Hash hash;
    if (block.block_hashes.lookup == nullptr)
        return Step::next;
    const auto presence = block.block_hashes.lookup(block.block_hashes.context, number.low(), hash);
    if (presence == state::Presence::unavailable)
        return frame.halt(Status::unavailable);
    if (presence == state::Presence::present)
        top[-1] = to_u256(hash);
    return Step::next;
}

template <Revision R>
Step exp(Frame& frame, U256* top)
{
    constexpr std::uint64_t byte_price = R >= Revision::spurious_dragon ? 50 : 10;
    if (!charge(frame, byte_price * top[-2].byte_length()))
        return frame.halt(Status::out_of_gas);
    top[-2] = power(top[-1], top[-2]);
    return Step::next;
}

/// SELFDESTRUCT (EIP-6780 since Cancun).
template <Revision R>
Step selfdestruct(Frame& frame, U256* top)
{
    if (frame.is_static)
        return frame.halt(Status::static_mode_violation);
    auto& journal = frame.context->journal;
    auto* const beneficiary = journal.account(to_address(top[-1]));
    if (beneficiary == nullptr)
        return frame.halt(Status::unavailable);
    auto& self = *frame.account;

    std::uint64_t cost = 0;
    if constexpr (R >= Revision::berlin)
    {
        if (journal.warm_up(*beneficiary))
            cost += cold_account_access;
    }
    self.balance_observed = true;
    if constexpr (R >= Revision::spurious_dragon)
    {
        if (!self.current.balance.is_zero() && beneficiary->current.is_empty())
            cost += 25000;
    }
    else if constexpr (R >= Revision::tangerine_whistle)
    {
        if (!beneficiary->exists)
            cost += 25000;
    }
    if (!charge(frame, cost))
        return frame.halt(Status::out_of_gas);

    const bool destroys = R < Revision::cancun || self.created;
    const U256 funds = self.current.balance;
    if (beneficiary != &self)
    {
        journal.debit(self, funds);
        if constexpr (R < Revision::spurious_dragon)
            journal.touch_creating(*beneficiary);
        journal.credit(*beneficiary, funds);
    }
    else if (destroys)
    {
        journal.debit(self, funds);
    }
    if (destroys)
    {
        const bool first_time = journal.mark_destructed(self);
        if (R < Revision::london && first_time)
            journal.add_refund(24000);
    }
    return frame.halt(Status::success);
}
}  // namespace jiffy::evm::instructions
