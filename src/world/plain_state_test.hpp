// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/world.hpp"

#include <map>
#include <rapidcheck.h>

namespace jiffy::world
{
constexpr std::uint64_t address_range = 24;
constexpr std::uint64_t key_range = 6;

struct PlainAccount
{
    types::Account account;
    std::map<U256, U256> slots;

    friend bool operator==(const PlainAccount&, const PlainAccount&) = default;
};

using PlainState = std::map<Address, PlainAccount>;

inline Address address_number(std::uint64_t number)
{
    return to_address(U256{number});
}

inline Bytes code_number(std::uint64_t number)
{
    return {static_cast<Byte>(number), 0x5b};
}

inline void apply_to(PlainState& state, const types::StateDifference& difference)
{
    for (const auto& change : difference.accounts)
    {
        if (change.deleted)
        {
            state.erase(change.address);
            continue;
        }
        auto& entry = state[change.address];
        entry.account = change.account;
        if (change.storage_cleared)
            entry.slots.clear();
        for (const auto& [key, value] : difference.slots_of(change))
            if (value.is_zero())
                entry.slots.erase(key);
            else
                entry.slots[key] = value;
    }
}

/// A random number below `bound` that shrinks with the test case.
inline std::uint64_t pick(std::uint64_t bound)
{
    return *rc::gen::inRange<std::uint64_t>(0, bound);
}

inline types::StateDifference random_difference()
{
    types::StateDifference difference;
    for (std::uint64_t number = 0; number < address_range; ++number)
    {
        if (pick(4) != 0)
            continue;
        types::AccountChange change;
        change.address = address_number(number);
        const auto kind = pick(8);
        change.deleted = kind == 0;
        change.storage_cleared = kind == 1;
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        if (!change.deleted)
        {
            change.account.nonce = pick(5);
            change.account.balance = U256{pick(4)} << (pick(2) * 200);
            if (const auto code = pick(6); code < 2)
            {
                difference.codes.push_back({crypto::keccak256(code_number(code)), code_number(code)});
                change.account.code_hash = difference.codes.back().hash;
            }
            for (std::uint64_t key = 0; key < key_range; ++key)
                if (pick(3) == 0)
                    difference.slots.push_back({U256{key} << 100, U256{pick(3)}});
        }
        change.slot_count = static_cast<std::uint32_t>(difference.slots.size()) - change.first_slot;
        difference.accounts.push_back(change);
    }
    return difference;
}

/// True if the source says exactly what the state is; false if it says that it cannot tell.
template <class Source>
bool matches(const Source& source, const PlainState& state)
{
    for (std::uint64_t number = 0; number < address_range; ++number)
    {
        const auto address = address_number(number);
        const auto expected = state.find(address);
        const auto exists = expected != state.end();
        types::Account account;
        const auto presence = source.account(address, account);
        if (presence == state::Presence::unavailable)
            return false;
        RC_ASSERT((presence == state::Presence::present) == exists);
        if (exists)
            RC_ASSERT(account == expected->second.account);

        const auto has_storage = source.has_storage(address);
        if (has_storage == state::Presence::unavailable)
            return false;
        RC_ASSERT((has_storage == state::Presence::present) == (exists && !expected->second.slots.empty()));

        for (std::uint64_t key = 0; key < key_range; ++key)
        {
            U256 value;
            const auto slot_presence = source.storage(address, U256{key} << 100, value);
            if (slot_presence == state::Presence::unavailable)
                return false;
            U256 expected_value;
            if (exists && expected->second.slots.contains(U256{key} << 100))
                expected_value = expected->second.slots.at(U256{key} << 100);
            RC_ASSERT((slot_presence == state::Presence::present) == !expected_value.is_zero());
            if (slot_presence == state::Presence::present)
                RC_ASSERT(value == expected_value);
        }
        if (exists && account.has_code())
        {
            BytesView code;
            RC_ASSERT(source.code(account.code_hash, code) == state::Presence::present);
            RC_ASSERT(crypto::keccak256(code) == account.code_hash);
        }
    }
    return true;
}

inline PlainState plain_state_of(const types::StateDifference& difference)
{
    PlainState state;
    apply_to(state, difference);
    return state;
}
}  // namespace jiffy::world
