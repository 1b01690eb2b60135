// SPDX-License-Identifier: Apache-2.0
#include "world/world.hpp"

#include <algorithm>

namespace jiffy::world
{
namespace
{
/// Ids stay below: the indexes need the rest for themselves.
constexpr std::uint32_t id_limit = no_id - 1;

/// The most slots that may have come and gone within a frame, each of which takes memory: more than all the gas of a
/// block could pay for, at 20,000 (EIP-2200) and 8 * 10^10.
constexpr std::uint32_t most_lost_slots = std::uint32_t{1} << 22;

/// Place of an account in the frame; none is beyond the last.
std::size_t place_of(const types::DifferenceFrame& frame, std::uint32_t account_id) noexcept
{
    const auto found = std::ranges::lower_bound(frame.accounts, account_id, {}, &types::AccountUpdate::id);
    return found != frame.accounts.end() && found->id == account_id
               ? static_cast<std::size_t>(found - frame.accounts.begin())
               : frame.accounts.size();
}

/// True if two of the names, by their places, are the same; sorts them.
template <class Same>
bool has_twins(std::vector<std::pair<std::uint64_t, std::size_t>>& names, const Same& same)
{
    if (names.size() < 2)
        return false;
    std::ranges::sort(names);
    for (std::size_t i = 0; i < names.size(); ++i)
        for (auto j = i + 1; j < names.size() && names[j].first == names[i].first; ++j)
            if (same(names[i].second, names[j].second))
                return true;
    return false;
}
}  // namespace

Result<CommitNumber, FrameMisfit> World::apply(const types::DifferenceFrame& frame)
{
    if (const auto misfit = plan(frame))
        return failure(*misfit);
    const auto commit = commit_number() + 1;
    for (const auto& [hash, code] : frame.codes)
        code_entry(hash, &code);
    const auto first_new = frame.accounts.size() - plan_.new_accounts.size();
    for (std::size_t i = first_new; i < frame.accounts.size(); ++i)
        make_account(frame.accounts[i].address, plan_.new_accounts[i - first_new]);
    for (const auto account : plan_.new_storages)
        make_storage(account);
    const auto* new_slot = plan_.new_slots.data();
    for (const auto& slot : frame.slots)
    {
        if (slot.id >= frame.before.slots)
        {
            while (tables_.slot_count.load(std::memory_order_relaxed) != slot.id)
                make_lost_slot();
            make_slot(new_slot->storage, slot.key, new_slot->hash);
            ++new_slot;
        }
        write_slot(commit, slot.id, slot.value);
    }
    while (tables_.slot_count.load(std::memory_order_relaxed) != frame.after.slots)
        make_lost_slot();
    for (std::size_t i = 0; i < frame.accounts.size(); ++i)
    {
        const auto& update = frame.accounts[i];
        const auto before = value_of(update.id);
        AccountValue value;
        if (!update.deleted)
            value = {true, storages_[plan_.storages[i]].size != 0, update.nonce, update.balance, update.code,
                plan_.storages[i]};
        if (value != before)
            write_account(commit, update.id, before, value);
    }
    close_commit(commit);
    return commit;
}

std::optional<FrameMisfit> World::plan(const types::DifferenceFrame& frame)
{
    const auto& [accounts, slots, codes] = frame.after;
    if (frame.before != id_counts() || accounts < frame.before.accounts || slots < frame.before.slots ||
        codes < frame.before.codes || std::max({accounts, slots, codes}) > id_limit)
        return FrameMisfit::ids;
    if (!plan_codes(frame))
        return FrameMisfit::code;
    if (!plan_accounts(frame))
        return FrameMisfit::account;
    if (!plan_slots(frame))
        return FrameMisfit::slot;
    const auto lost_slots = slots - frame.before.slots - plan_.new_slots.size();
    const bool may_lose_slots = std::ranges::any_of(
        frame.accounts, [](const auto& update) { return update.deleted || update.storage_cleared; });
    if (plan_.new_accounts.size() != accounts - frame.before.accounts ||
        lost_slots > (may_lose_slots ? most_lost_slots : 0))
        return FrameMisfit::ids;
    return std::nullopt;
}

bool World::plan_codes(const types::DifferenceFrame& frame)
{
    auto& names = plan_.new_names;
    names.clear();
    for (const auto& [hash, code] : frame.codes)
    {
        const auto key_hash = tables_.hasher(hash);
        const auto known = KeyIndex::find(
            tables_.code_index.tables(), key_hash, [&](std::uint32_t id) { return tables_.codes[id].hash == hash; });
        if (known != no_id || crypto::keccak256(code) != hash)
            return false;
        names.emplace_back(key_hash, names.size());
    }
    return frame.codes.size() == frame.after.codes - frame.before.codes &&
           !has_twins(names, [&](std::size_t a, std::size_t b) { return frame.codes[a].hash == frame.codes[b].hash; });
}

bool World::plan_accounts(const types::DifferenceFrame& frame)
{
    const auto& updates = frame.accounts;
    for (const auto& update : updates)
        if (update.id < frame.before.accounts)
            __builtin_prefetch(&tables_.accounts[update.id], 1);
    auto& names = plan_.new_names;
    names.clear();
    plan_.new_accounts.clear();
    plan_.storages.assign(updates.size(), 0);
    for (std::size_t i = 0; i < updates.size(); ++i)
    {
        const auto& update = updates[i];
        const bool has_fields = update.nonce != 0 || !update.balance.is_zero() || update.code != 0;
        if ((i != 0 && update.id <= updates[i - 1].id) || update.id >= frame.after.accounts ||
            update.code >= frame.after.codes || (update.deleted && (has_fields || update.storage_cleared)))
            return false;
        if (update.id >= frame.before.accounts)
        {
            const auto hash = tables_.hasher(update.address);
            if (find_account(update.address, hash) != no_id)
                return false;
            plan_.new_accounts.push_back(hash);
            names.emplace_back(hash, i);
        }
        else if (!update.deleted && !update.storage_cleared)
            plan_.storages[i] = value_of(update.id).storage;
    }
    return !has_twins(names, [&](std::size_t a, std::size_t b) { return updates[a].address == updates[b].address; });
}

bool World::plan_slots(const types::DifferenceFrame& frame)
{
    for (const auto& slot : frame.slots)
        if (slot.id < frame.before.slots)
            __builtin_prefetch(&tables_.slots[slot.id], 1);
    auto& names = plan_.new_names;
    names.clear();
    plan_.new_slots.clear();
    plan_.new_storages.clear();
    for (std::size_t i = 0; i < frame.slots.size(); ++i)
    {
        const auto& slot = frame.slots[i];
        if ((i != 0 && slot.id <= frame.slots[i - 1].id) || slot.id >= frame.after.slots)
            return false;
        const bool is_new = slot.id >= frame.before.slots;
        const auto account = is_new ? slot.account : account_of_slot(slot.id);
        const auto place = place_of(frame, account);
        if (place == frame.accounts.size() || frame.accounts[place].deleted)
            return false;
        if (!is_new)
        {
            const auto storage = low_half(tables_.slots[slot.id].words[1].load(std::memory_order_relaxed));
            if (plan_.storages[place] != storage)
                return false;
            continue;
        }
        if (!plan_new_slot(slot, place))
            return false;
        names.emplace_back(plan_.new_slots.back().hash, i);
    }
    return !has_twins(names, [&](std::size_t a, std::size_t b)
        { return frame.slots[a].account == frame.slots[b].account && frame.slots[a].key == frame.slots[b].key; });
}

bool World::plan_new_slot(const types::SlotUpdate& slot, std::size_t account_place)
{
    auto& storage = plan_.storages[account_place];
    if (storage == 0)
    {
        storage = static_cast<StorageId>(storages_.size() + plan_.new_storages.size());
        plan_.new_storages.push_back(slot.account);
    }
    const auto hash = tables_.slot_hash(storage, slot.key);
    plan_.new_slots.push_back({hash, storage});
    return storage >= storages_.size() || find_slot(storage, slot.key, hash) == no_id;
}

void World::make_lost_slot()
{
    const auto id = tables_.slot_count.load(std::memory_order_relaxed);
    auto& fresh = tables_.slots.make(id).words;
    // No account has storage 0, and it is in no index.
    write_entry(fresh, {Stamp::next(fresh[0].load(std::memory_order_relaxed), 0, 0)});
    tables_.slot_count.store(id + 1, std::memory_order_release);
}

std::uint32_t World::account_of_slot(std::uint32_t slot_id) const noexcept
{
    return storages_[low_half(tables_.slots[slot_id].words[1].load(std::memory_order_relaxed))].account;
}

std::vector<std::uint32_t> World::slot_accounts(const types::DifferenceFrame& frame) const
{
    std::vector<std::uint32_t> accounts;
    accounts.reserve(frame.slots.size());
    for (const auto& slot : frame.slots)
        accounts.push_back(slot.id >= frame.before.slots ? slot.account : account_of_slot(slot.id));
    return accounts;
}

types::StateDifference World::named(const types::DifferenceFrame& frame) const
{
    types::StateDifference difference;
    difference.codes = frame.codes;
    difference.accounts.reserve(frame.accounts.size());
    std::vector<std::size_t> places(frame.accounts.size());
    for (std::size_t i = 0; i < frame.accounts.size(); ++i)
    {
        const auto& update = frame.accounts[i];
        places[i] = difference.accounts.size();
        if (update.deleted && update.id >= frame.before.accounts)
            continue;
        types::AccountChange change;
        change.address = address_of(read_entry(tables_.accounts[update.id].words));
        change.deleted = update.deleted;
        change.storage_cleared = update.storage_cleared;
        change.account = {update.nonce, update.balance};
        if (update.code != 0)
            change.account.code_hash = tables_.codes[update.code].hash;
        difference.accounts.push_back(change);
    }

    const auto accounts = slot_accounts(frame);
    const auto for_each_change = [&](const auto& action)
    {
        for (std::size_t i = 0; i < frame.slots.size(); ++i)
            if (const auto& slot = frame.slots[i]; slot.id < frame.before.slots || !slot.value.is_zero())
                action(slot, difference.accounts[places[place_of(frame, accounts[i])]]);
    };
    for_each_change([](const auto& /*slot*/, auto& account) { ++account.slot_count; });
    std::uint32_t slot_count = 0;
    for (auto& account : difference.accounts)
    {
        account.first_slot = slot_count;
        slot_count += std::exchange(account.slot_count, 0);
    }
    difference.slots.resize(slot_count);
    for_each_change(
        [&](const auto& slot, auto& account)
        {
            const auto words = read_entry(tables_.slots[slot.id].words);
            const U256 key{words[2], words[3], words[4], words[5]};
            difference.slots[account.first_slot + account.slot_count++] = {key, slot.value};
        });
    return difference;
}
}  // namespace jiffy::world
