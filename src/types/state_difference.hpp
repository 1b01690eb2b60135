// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"
#include "crypto/keccak.hpp"

namespace jiffy::types
{
/// An account without its storage (yellow paper 4.1); the storage root lives in the trie only.
struct Account
{
    std::uint64_t nonce = 0;
    /// Wei.
    U256 balance;
    Hash code_hash = crypto::empty_keccak;

    /// EIP-161: no code, nonce 0, balance 0.
    [[nodiscard]] bool is_empty() const noexcept
    {
        return nonce == 0 && balance.is_zero() && code_hash == crypto::empty_keccak;
    }
    [[nodiscard]] bool has_code() const noexcept { return code_hash != crypto::empty_keccak; }

    friend bool operator==(const Account&, const Account&) = default;
};

/// New value of a storage slot; zero means that the slot is gone.
struct SlotChange
{
    U256 key;
    U256 value;

    friend bool operator==(const SlotChange&, const SlotChange&) = default;
};

/// What happened to one account.
struct AccountChange
{
    Address address{};
    /// The account is gone, with all its storage; the other fields are defaults.
    bool deleted = false;
    /// All slots from before are gone; `slots` are the ones of its new life.
    bool storage_cleared = false;
    Account account{};
    /// Its part of `StateDifference::slots`.
    std::uint32_t first_slot = 0;
    std::uint32_t slot_count = 0;

    friend bool operator==(const AccountChange&, const AccountChange&) = default;
};

/// Code that came into being.
struct NewCode
{
    Hash hash;
    Bytes code;

    friend bool operator==(const NewCode&, const NewCode&) = default;
};

/// Everything that a transaction, mini-block or block changed in the state; each account at most once.
struct StateDifference
{
    std::vector<AccountChange> accounts;
    std::vector<SlotChange> slots;
    std::vector<NewCode> codes;

    [[nodiscard]] std::span<const SlotChange> slots_of(const AccountChange& change) const noexcept
    {
        return {slots.data() + change.first_slot, change.slot_count};
    }
    void clear() noexcept
    {
        accounts.clear();
        slots.clear();
        codes.clear();
    }

    friend bool operator==(const StateDifference&, const StateDifference&) = default;
};
}  // namespace jiffy::types
