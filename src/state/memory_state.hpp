// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "state/slot_key_hasher.hpp"
#include "state/source.hpp"

#include <unordered_map>

namespace jiffy::state
{
/// A whole state in plain maps: for genesis, tests and fixtures, where clarity counts and speed does not.
class MemoryState
{
public:
    using Storage = std::unordered_map<U256, U256, SlotKeyHasher>;

    struct Entry
    {
        types::Account account;
        /// No slot is zero.
        Storage storage;
    };

    explicit MemoryState(std::uint64_t hash_seed = 0);

    Presence account(const Address& address, types::Account& result) const noexcept;
    Presence storage(const Address& address, const U256& key, U256& result) const noexcept;
    Presence code(const Hash& code_hash, BytesView& result) const noexcept;
    Presence has_storage(const Address& address) const noexcept;

    void apply(const types::StateDifference& difference);

    /// Puts an account in place, with its code; its storage stays.
    void set_account(const Address& address, std::uint64_t nonce, const U256& balance, BytesView code);
    void set_storage(const Address& address, const U256& key, const U256& value);

    [[nodiscard]] const std::unordered_map<Address, Entry, KeyHasher>& accounts() const noexcept { return accounts_; }
    /// The whole state as a difference to nothing, accounts in order of address, slots in order of key.
    [[nodiscard]] types::StateDifference as_difference() const;

private:
    Entry& entry(const Address& address);

    KeyHasher hasher_;
    std::unordered_map<Address, Entry, KeyHasher> accounts_;
    std::unordered_map<Hash, Bytes, KeyHasher> codes_;
};
}  // namespace jiffy::state
