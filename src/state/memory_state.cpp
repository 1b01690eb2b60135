// SPDX-License-Identifier: Apache-2.0
#include "state/memory_state.hpp"

#include <algorithm>

namespace jiffy::state
{
MemoryState::MemoryState(std::uint64_t hash_seed)
  : hasher_{hash_seed}
  , accounts_(0, hasher_)
  , codes_(0, hasher_)
{
}

Presence MemoryState::account(const Address& address, types::Account& result) const noexcept
{
    const auto found = accounts_.find(address);
    if (found == accounts_.end())
        return Presence::absent;
    result = found->second.account;
    return Presence::present;
}

Presence MemoryState::storage(const Address& address, const U256& key, U256& result) const noexcept
{
    const auto found = accounts_.find(address);
    if (found == accounts_.end())
        return Presence::absent;
    const auto slot = found->second.storage.find(key);
    if (slot == found->second.storage.end())
        return Presence::absent;
    result = slot->second;
    return Presence::present;
}

Presence MemoryState::code(const Hash& code_hash, BytesView& result) const noexcept
{
    const auto found = codes_.find(code_hash);
    if (found == codes_.end())
        return Presence::absent;
    result = found->second;
    return Presence::present;
}

Presence MemoryState::has_storage(const Address& address) const noexcept
{
    const auto found = accounts_.find(address);
    return found != accounts_.end() && !found->second.storage.empty() ? Presence::present : Presence::absent;
}

MemoryState::Entry& MemoryState::entry(const Address& address)
{
    return accounts_.try_emplace(address, Entry{{}, Storage(0, SlotKeyHasher{hasher_})}).first->second;
}

void MemoryState::apply(const types::StateDifference& difference)
{
    for (const auto& change : difference.accounts)
    {
        if (change.deleted)
        {
            accounts_.erase(change.address);
            continue;
        }
        auto& changed = entry(change.address);
        changed.account = change.account;
        if (change.storage_cleared)
            changed.storage.clear();
        for (const auto& slot : difference.slots_of(change))
        {
            if (slot.value.is_zero())
                changed.storage.erase(slot.key);
            else
                changed.storage.insert_or_assign(slot.key, slot.value);
        }
    }
    for (const auto& code : difference.codes)
        codes_.try_emplace(code.hash, code.code);
}

void MemoryState::set_account(const Address& address, std::uint64_t nonce, const U256& balance, BytesView code)
{
    auto& account = entry(address).account;
    account.nonce = nonce;
    account.balance = balance;
    account.code_hash = code.empty() ? crypto::empty_keccak : crypto::keccak256(code);
    if (!code.empty())
        codes_.try_emplace(account.code_hash, to_bytes(code));
}

void MemoryState::set_storage(const Address& address, const U256& key, const U256& value)
{
    auto& storage = entry(address).storage;
    if (value.is_zero())
        storage.erase(key);
    else
        storage.insert_or_assign(key, value);
}

types::StateDifference MemoryState::as_difference() const
{
    types::StateDifference result;
    std::vector<const std::pair<const Address, Entry>*> sorted;
    sorted.reserve(accounts_.size());
    for (const auto& item : accounts_)
        sorted.push_back(&item);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    for (const auto* item : sorted)
    {
        const auto first = result.slots.size();
        for (const auto& [key, value] : item->second.storage)
            result.slots.push_back({key, value});
        std::sort(result.slots.begin() + static_cast<std::ptrdiff_t>(first), result.slots.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
        result.accounts.push_back({.address = item->first,
            .account = item->second.account,
            .first_slot = static_cast<std::uint32_t>(first),
            .slot_count = static_cast<std::uint32_t>(result.slots.size() - first)});
    }
    result.codes.reserve(codes_.size());
    for (const auto& [hash, code] : codes_)
        result.codes.push_back({hash, code});
    std::sort(result.codes.begin(), result.codes.end(), [](const auto& a, const auto& b) { return a.hash < b.hash; });
    return result;
}
}  // namespace jiffy::state
