// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "state/slot_key_hasher.hpp"
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
    Presence has_storage(const Address& address) const noexcept;

    /// Puts a difference on top of all before it.
    void apply(const types::StateDifference& difference);

    /// All differences as one, accounts in order of first change, slots in order of first change within each.
    [[nodiscard]] types::StateDifference difference() const;

    void clear() noexcept;

private:
    struct AccountLayer
    {
        Address address;
        types::Account account;
        /// It is not there now.
        bool deleted = false;
        /// Slots of the state below do not show through.
        bool storage_cleared = false;
        /// Slots in order of first change.
        std::vector<types::SlotChange> slots;
        std::unordered_map<U256, std::uint32_t, SlotKeyHasher> slot_places;
    };

    [[nodiscard]] const AccountLayer* find(const Address& address) const noexcept;
    AccountLayer& layer(const Address& address);

    Source below_;
    KeyHasher hasher_;
    std::vector<AccountLayer> accounts_;
    std::unordered_map<Address, std::uint32_t, KeyHasher> places_;
    std::vector<types::NewCode> codes_;
    std::unordered_map<Hash, std::uint32_t, KeyHasher> code_places_;
};
}  // namespace jiffy::state
