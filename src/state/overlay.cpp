// SPDX-License-Identifier: Apache-2.0
#include "state/overlay.hpp"

namespace jiffy::state
{
Overlay::Overlay(Source below, std::uint64_t hash_seed)
  : below_{below}
  , places_(0, KeyHasher{hash_seed})
  , slots_{KeyHasher{hash_seed}}
  , codes_(0, KeyHasher{hash_seed})
{
}

const Overlay::AccountLayer* Overlay::find(const Address& address) const noexcept
{
    const auto found = places_.find(address);
    return found == places_.end() ? nullptr : &accounts_[found->second];
}

Presence Overlay::account(const Address& address, types::Account& result) const noexcept
{
    const auto* layer = find(address);
    if (layer == nullptr)
        return below_.account(address, result);
    if (layer->deleted)
        return Presence::absent;
    result = layer->account;
    return Presence::present;
}

Presence Overlay::storage(const Address& address, const U256& key, U256& result) const noexcept
{
    const auto* layer = find(address);
    if (layer == nullptr)
        return below_.storage(address, key, result);
    if (const auto* slot = slots_.find(layer->storage, key))
    {
        result = slot->current;
        return Presence::present;
    }
    return layer->storage_cleared ? Presence::absent : below_.storage(address, key, result);
}

Presence Overlay::code(const Hash& code_hash, BytesView& result) const noexcept
{
    const auto found = codes_.find(code_hash);
    if (found == codes_.end())
        return below_.code(code_hash, result);
    result = found->second;
    return Presence::present;
}

Presence Overlay::has_storage(const Address& address) const noexcept
{
    const auto* layer = find(address);
    if (layer == nullptr)
        return below_.has_storage(address);
    if (layer->live_slots != 0)
        return Presence::present;
    return layer->storage_cleared ? Presence::absent : below_.has_storage(address);
}

void Overlay::clear_storage(AccountLayer& layer)
{
    layer.storage_cleared = true;
    layer.live_slots = 0;
    const auto owner = storage_owners_[layer.storage];
    layer.storage = static_cast<std::uint32_t>(storage_owners_.size());
    storage_owners_.push_back(owner);
}

void Overlay::set_slot(AccountLayer& layer, const types::SlotChange& change)
{
    auto* slot = slots_.find(layer.storage, change.key);
    if (slot == nullptr)
        slot = &slots_.insert(layer.storage, change.key, {});
    if (slot->current.is_zero() && !change.value.is_zero())
        ++layer.live_slots;
    else if (!slot->current.is_zero() && change.value.is_zero())
        --layer.live_slots;
    slot->current = change.value;
}

void Overlay::apply(const types::StateDifference& difference)
{
    for (const auto& change : difference.accounts)
    {
        const auto [place, is_new] = places_.try_emplace(change.address, static_cast<std::uint32_t>(accounts_.size()));
        if (is_new)
        {
            accounts_.push_back({.address = change.address,
                .account = {},
                .storage = static_cast<std::uint32_t>(storage_owners_.size())});
            storage_owners_.push_back(place->second);
        }
        auto& layer = accounts_[place->second];
        if (change.deleted || change.storage_cleared)
            clear_storage(layer);
        layer.deleted = change.deleted;
        layer.account = change.account;
        for (const auto& slot : difference.slots_of(change))
            set_slot(layer, slot);
    }
    for (const auto& code : difference.codes)
        if (codes_.try_emplace(code.hash, code.code).second)
            code_order_.push_back(code.hash);
}

types::StateDifference Overlay::difference() const
{
    types::StateDifference result;
    result.accounts.reserve(accounts_.size());
    // Slots are in order of insertion over all accounts; two passes bring them together by account.
    const auto is_current = [this](const SlotEntry& slot)
    { return accounts_[storage_owners_[slot.account]].storage == slot.account; };
    std::vector<std::uint32_t> places(accounts_.size() + 1);
    for (const auto& slot : slots_.entries())
        if (is_current(slot))
            ++places[storage_owners_[slot.account] + 1];
    for (std::size_t i = 1; i < places.size(); ++i)
        places[i] += places[i - 1];
    result.slots.resize(places.back());

    for (std::size_t i = 0; i < accounts_.size(); ++i)
    {
        const auto& layer = accounts_[i];
        result.accounts.push_back({.address = layer.address,
            .deleted = layer.deleted,
            .storage_cleared = layer.storage_cleared && !layer.deleted,
            .account = layer.account,
            .first_slot = places[i],
            .slot_count = places[i + 1] - places[i]});
    }
    for (const auto& slot : slots_.entries())
        if (is_current(slot))
            result.slots[places[storage_owners_[slot.account]]++] = {slot.key, slot.current};
    result.codes.reserve(code_order_.size());
    for (const auto& hash : code_order_)
        result.codes.push_back({hash, codes_.at(hash)});
    return result;
}
}  // namespace jiffy::state
