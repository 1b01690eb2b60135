// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "state/slot_table.hpp"
#include "state/source.hpp"

#include <unordered_map>

namespace jiffy::state
{
/// Differences above another state; reads as the state that they lead to.
class Overlay
{
public:
    /// What is behind `below` must outlive the overlay and not change meanwhile. `hash_seed` as for `KeyHasher`.
    explicit Overlay(Source below, std::uint64_t hash_seed = 0);

    Presence account(const Address& address, types::Account& result) const noexcept;
    Presence storage(const Address& address, const U256& key, U256& result) const noexcept;
    Presence code(const Hash& code_hash, BytesView& result) const noexcept;
    /// An account whose slots below were all set to zero one by one still counts as having storage; no account that a
    /// creation could meet has a past like that.
    Presence has_storage(const Address& address) const noexcept;

    /// Puts a difference on top of all before it.
    void apply(const types::StateDifference& difference);

    /// All differences as one, accounts in order of first change, slots in order of first change within each.
    [[nodiscard]] types::StateDifference difference() const;

    [[nodiscard]] bool empty() const noexcept { return accounts_.empty(); }

private:
    struct AccountLayer
    {
        Address address;
        types::Account account;
        /// Name of its storage in the slot table; a cleared storage gets a new one, which forgets the old slots.
        std::uint32_t storage = 0;
        /// Slots here that are not zero.
        std::uint32_t live_slots = 0;
        /// It is not there now.
        bool deleted = false;
        /// Slots of the state below do not show through.
        bool storage_cleared = false;
    };

    [[nodiscard]] const AccountLayer* find(const Address& address) const noexcept;
    void clear_storage(AccountLayer& layer);
    void set_slot(AccountLayer& layer, const types::SlotChange& change);

    Source below_;
    std::unordered_map<Address, std::uint32_t, KeyHasher> places_;
    std::vector<AccountLayer> accounts_;
    /// Index of the account that each storage belongs to.
    std::vector<std::uint32_t> storage_owners_;
    /// Slots by storage; only `key` and `current` of an entry are used.
    SlotTable slots_;
    std::unordered_map<Hash, Bytes, KeyHasher> codes_;
    std::vector<Hash> code_order_;
};
}  // namespace jiffy::state
