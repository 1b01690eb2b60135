// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/generators.hpp"
#include "types/state_difference.hpp"

namespace jiffy::sequencer::test
{
inline constexpr std::size_t address_count = 5;
inline constexpr std::uint64_t key_count = 4;

inline Address address_of(std::size_t number)
{
    Address address{};
    address[19] = static_cast<Byte>(number + 1);
    return address;
}

/// A difference of a few accounts, some of which go away, come back, or lose their storage.
inline types::StateDifference some_difference()
{
    types::StateDifference difference;
    for (std::size_t number = 0; number < address_count; ++number)
    {
        if (*rc::gen::inRange(0, 3) != 0)
            continue;
        types::AccountChange change;
        change.address = address_of(number);
        change.deleted = *rc::gen::inRange(0, 5) == 0;
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        if (!change.deleted)
        {
            change.storage_cleared = *rc::gen::inRange(0, 5) == 0;
            change.account.nonce = *rc::gen::inRange<std::uint64_t>(0, 300);
            change.account.balance = types::generators::wide_number();
            if (*rc::gen::inRange(0, 3) == 0)
            {
                const Bytes code{*rc::gen::inRange<Byte>(0, 4)};
                change.account.code_hash = crypto::keccak256(code);
                difference.codes.push_back({change.account.code_hash, code});
            }
            for (std::uint64_t key = 0; key < key_count; ++key)
                if (*rc::gen::arbitrary<bool>())
                    difference.slots.push_back({U256{key}, U256{*rc::gen::inRange<std::uint64_t>(0, 3)}});
            change.slot_count = static_cast<std::uint32_t>(difference.slots.size()) - change.first_slot;
        }
        difference.accounts.push_back(change);
    }
    return difference;
}
}  // namespace jiffy::sequencer::test
