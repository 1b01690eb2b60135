// SPDX-License-Identifier: Apache-2.0
#include "world/world.hpp"

#include <algorithm>

namespace jiffy::world
{
namespace
{
/// Later than any commit.
constexpr CommitNumber newest = (CommitNumber{1} << (64 - Stamp::commit_shift)) - 1;

/// Accounts whose cache lines are asked for together.
constexpr std::size_t group_size = 16;

Word flags_of(const AccountValue& value) noexcept
{
    return (value.is_present ? Stamp::present : 0) | (value.has_storage ? Stamp::has_storage : 0) |
           (value.balance.fits_128() ? 0 : Stamp::wide);
}
}  // namespace

World::World(std::uint64_t hash_seed, const Limits& limits)
  : tables_{hash_seed, limits.log_records, limits.pins}
  , storages_(1)
{
}

Reader World::Latest::reader() const noexcept
{
    return {tables, newest, tables.rewinds.load(std::memory_order_relaxed)};
}

std::optional<Snapshot> World::pin_at(CommitNumber commit) const noexcept
{
    const auto rewinds = tables_.rewinds.load(std::memory_order_acquire);
    if (commit > commit_number() || commit < tables_.log.floor())
        return std::nullopt;
    Snapshot snapshot{tables_, commit, rewinds};
    if (!snapshot.is_pinned())
        return std::nullopt;
    return snapshot;
}

CommitNumber World::apply(const types::StateDifference& difference, DifferenceIds* told_ids)
{
    const auto commit = commit_number() + 1;
    if (told_ids != nullptr)
    {
        told_ids->accounts.resize(difference.accounts.size());
        told_ids->account_codes.resize(difference.accounts.size());
        told_ids->slots.assign(difference.slots.size(), no_id);
        told_ids->codes.clear();
    }
    for (const auto& [hash, code] : difference.codes)
    {
        const auto id = code_entry(hash, &code);
        if (told_ids != nullptr)
            told_ids->codes.push_back(id);
    }
    const std::span changes{difference.accounts};
    for (std::size_t begin = 0; begin < changes.size(); begin += group_size)
    {
        const auto group = changes.subspan(begin, std::min(group_size, changes.size() - begin));
        std::array<std::uint64_t, group_size> hashes;
        std::array<std::uint32_t, group_size> ids;
        for (std::size_t i = 0; i < group.size(); ++i)
        {
            hashes[i] = tables_.hasher(group[i].address);
            tables_.account_index.prefetch(hashes[i]);
        }
        for (std::size_t i = 0; i < group.size(); ++i)
            if (const auto id = tables_.account_index.candidate(hashes[i]); id != no_id)
                __builtin_prefetch(&tables_.accounts[id], 1);
        for (std::size_t i = 0; i < group.size(); ++i)
            ids[i] = group[i].deleted ? find_account(group[i].address, hashes[i])
                                      : account_entry(group[i].address, hashes[i]);
        for (std::size_t i = 0; i < group.size(); ++i)
        {
            auto* const slot_ids = told_ids != nullptr ? told_ids->slots.data() + group[i].first_slot : nullptr;
            const auto code = ids[i] != no_id ? apply_account(commit, difference, group[i], ids[i], slot_ids) : 0;
            if (told_ids != nullptr)
            {
                told_ids->accounts[begin + i] = ids[i];
                told_ids->account_codes[begin + i] = code;
            }
        }
    }
    close_commit(commit);
    return commit;
}

CommitNumber World::show()
{
    is_holding_ = false;
    const auto commit = commit_number() + 1;
    close_commit(commit);
    return commit;
}

bool World::drop_held()
{
    return !std::exchange(is_holding_, false) || rewind(commit_number());
}

void World::close_commit(CommitNumber commit)
{
    if (is_holding_)
        return;
    auto& boundaries = tables_.boundaries;
    // Commits without any change leave no records, but their boundaries are bounded too.
    if (commit >= boundaries.capacity())
        tables_.log.raise_floor(commit - boundaries.capacity() + 1);
    boundaries.write(commit, {tables_.log.head(), id_counts(), static_cast<StorageId>(storages_.size())});
    tables_.latest.store(commit, std::memory_order_release);
}

std::uint32_t World::find_account(const Address& address, std::uint64_t hash) const noexcept
{
    return KeyIndex::find(tables_.account_index.tables(), hash,
        [&](std::uint32_t id)
        {
            const auto& words = tables_.accounts[id].words;
            return address_of({0, 0, 0, 0, words[4].load(std::memory_order_relaxed),
                       words[5].load(std::memory_order_relaxed), words[6].load(std::memory_order_relaxed), 0}) ==
                   address;
        });
}

std::uint32_t World::find_slot(StorageId storage, const U256& key, std::uint64_t hash) const noexcept
{
    return KeyIndex::find(tables_.slot_index.tables(), hash,
        [&](std::uint32_t id)
        {
            const auto& words = tables_.slots[id].words;
            const auto word = [&](std::size_t i) { return words[i].load(std::memory_order_relaxed); };
            return low_half(word(1)) == storage && U256{word(2), word(3), word(4), word(5)} == key;
        });
}

std::uint32_t World::account_entry(const Address& address, std::uint64_t hash)
{
    const auto id = find_account(address, hash);
    return id != no_id ? id : make_account(address, hash);
}

std::uint32_t World::make_account(const Address& address, std::uint64_t hash)
{
    const auto id = tables_.account_count.load(std::memory_order_relaxed);
    auto& words = tables_.accounts.make(id).words;
    std::array<Word, 8> fresh{};
    std::memcpy(&fresh[4], address.data(), sizeof(Address));
    fresh[0] = Stamp::next(words[0].load(std::memory_order_relaxed), 0, 0);
    write_entry(words, fresh);
    tables_.account_index.insert(hash, id);
    tables_.account_count.store(id + 1, std::memory_order_release);
    return id;
}

AccountValue World::value_of(std::uint32_t account_id) const noexcept
{
    const auto words = read_entry(tables_.accounts[account_id].words);
    Word high[2] = {};
    if ((words[0] & Stamp::wide) != 0)
        for (std::size_t i = 0; i < 2; ++i)
            high[i] = tables_.wide_balances[account_id].words[i].load(std::memory_order_relaxed);
    return account_value_of(words, high);
}

CodeId World::apply_account(CommitNumber commit,
    const types::StateDifference& difference,
    const types::AccountChange& change,
    std::uint32_t id,
    std::uint32_t* slot_ids)
{
    const auto before = value_of(id);
    AccountValue value;
    if (!change.deleted)
    {
        value.is_present = true;
        value.nonce = change.account.nonce;
        value.balance = change.account.balance;
        value.code = change.account.has_code() ? code_entry(change.account.code_hash, nullptr) : 0;
        value.storage = change.storage_cleared ? 0 : before.storage;
        const auto slots = difference.slots_of(change);
        for (std::size_t i = 0; i < slots.size(); ++i)
        {
            if (value.storage == 0)
            {
                if (slots[i].value.is_zero())
                    continue;
                value.storage = make_storage(id);
            }
            const auto slot_id = apply_slot(commit, value.storage, slots[i]);
            if (slot_ids != nullptr)
                slot_ids[i] = slot_id;
        }
        value.has_storage = storages_[value.storage].size != 0;
    }
    if (value != before)
        write_account(commit, id, before, value);
    return value.code;
}

types::DifferenceFrame World::reserve_slot(const Address& address, const U256& key)
{
    types::DifferenceFrame frame;
    frame.before = frame.after = id_counts();
    const auto id = account_id(address);
    const auto before = id != no_id ? value_of(id) : AccountValue{};
    if (!before.is_present)
        return frame;
    const auto commit = commit_number() + 1;
    auto value = before;
    if (value.storage == 0)
        value.storage = make_storage(id);
    const auto hash = tables_.slot_hash(value.storage, key);
    if (find_slot(value.storage, key, hash) == no_id)
    {
        frame.accounts = {{.id = id, .nonce = value.nonce, .balance = value.balance, .code = value.code}};
        frame.slots = {{.id = make_slot(value.storage, key, hash), .account = id, .key = key}};
        frame.after = id_counts();
    }
    if (value != before)
        write_account(commit, id, before, value);
    close_commit(commit);
    return frame;
}

StorageId World::make_storage(std::uint32_t account_id)
{
    storages_.push_back({0, account_id});
    return static_cast<StorageId>(storages_.size() - 1);
}

void World::write_account(CommitNumber commit, std::uint32_t id, const AccountValue& before, const AccountValue& value)
{
    const auto& words = tables_.accounts[id].words;
    const auto stamp = words[0].load(std::memory_order_relaxed);
    const auto older_record = high_half(words[7].load(std::memory_order_relaxed));
    // What the commit itself has written nobody asks for again.
    if (Stamp::commit(stamp) == commit)
        return store_account(id, Stamp::next(stamp, commit, flags_of(value)), value, older_record);
    const auto& balance = before.balance.limbs;
    const auto record = tables_.log.push(commit, {stamp, join(older_record, id), before.nonce, balance[0], balance[1],
                                                     balance[2], balance[3], join(before.code, before.storage)});
    store_account(id, Stamp::next(stamp, commit, flags_of(value)), value, record);
}

void World::store_account(std::uint32_t id, Word stamp, const AccountValue& value, std::uint32_t newest_record) noexcept
{
    auto& words = tables_.accounts[id].words;
    const auto& balance = value.balance.limbs;
    if ((stamp & Stamp::wide) != 0)
    {
        mark_busy(words);
        auto& wide = tables_.wide_balances.make(id).words;
        wide[0].store(balance[2], std::memory_order_release);
        wide[1].store(balance[3], std::memory_order_release);
    }
    const auto word = [&](std::size_t i) { return words[i].load(std::memory_order_relaxed); };
    write_entry(words, {stamp, value.nonce, balance[0], balance[1], word(4), word(5),
                           join(low_half(word(6)), value.code), join(value.storage, newest_record)});
}

std::uint32_t World::make_slot(StorageId storage, const U256& key, std::uint64_t hash)
{
    const auto id = tables_.slot_count.load(std::memory_order_relaxed);
    auto& fresh = tables_.slots.make(id).words;
    const auto& words = key.limbs;
    write_entry(fresh, {Stamp::next(fresh[0].load(std::memory_order_relaxed), 0, 0), join(storage, 0), words[0],
                           words[1], words[2], words[3], 0, 0, 0, 0});
    tables_.slot_index.insert(hash, id);
    tables_.slot_count.store(id + 1, std::memory_order_release);
    return id;
}

std::uint32_t World::apply_slot(CommitNumber commit, StorageId storage, const types::SlotChange& change)
{
    const auto hash = tables_.slot_hash(storage, change.key);
    auto id = find_slot(storage, change.key, hash);
    if (id == no_id)
    {
        if (change.value.is_zero())
            return no_id;
        id = make_slot(storage, change.key, hash);
    }
    write_slot(commit, id, change.value);
    return id;
}

void World::write_slot(CommitNumber commit, std::uint32_t id, const U256& slot_value)
{
    auto& words = tables_.slots[id].words;
    const auto before = read_entry(words);
    const auto storage = low_half(before[1]);
    const auto& value = slot_value.limbs;
    if (U256{before[6], before[7], before[8], before[9]} == slot_value)
        return;
    // As for an account.
    const auto record = Stamp::commit(before[0]) == commit
                            ? high_half(before[1])
                            : tables_.log.push(commit, {before[0] | Stamp::slot, join(high_half(before[1]), id),
                                                           before[6], before[7], before[8], before[9], 0, 0});
    const auto is_present = !slot_value.is_zero();
    storages_[storage].size += is_present;
    storages_[storage].size -= (before[0] & Stamp::present) != 0;
    write_entry(words, {Stamp::next(before[0], commit, is_present ? Stamp::present : 0), join(storage, record),
                           before[2], before[3], before[4], before[5], value[0], value[1], value[2], value[3]});
}

CodeId World::code_entry(const Hash& hash, const Bytes* code)
{
    const auto key_hash = tables_.hasher(hash);
    auto id = KeyIndex::find(tables_.code_index.tables(), key_hash,
        [&](std::uint32_t candidate) { return tables_.codes[candidate].hash == hash; });
    const bool is_new = id == no_id;
    if (is_new)
        id = tables_.code_count.load(std::memory_order_relaxed);
    auto& entry = is_new ? tables_.codes.make(id) : tables_.codes[id];
    if (is_new)
        entry.hash = hash;
    if (code != nullptr && entry.code.load(std::memory_order_relaxed) == nullptr)
        entry.code.store(new Bytes(*code), std::memory_order_release);
    if (is_new)
    {
        tables_.code_index.insert(key_hash, id);
        tables_.code_count.store(id + 1, std::memory_order_release);
    }
    return id;
}

bool World::rewind(CommitNumber commit)
{
    if (commit > commit_number() || commit < tables_.log.floor())
        return false;
    tables_.rewinds.fetch_add(1, std::memory_order_seq_cst);
    auto boundary = tables_.boundaries.read(commit);
    for (auto position = tables_.log.head(); position != boundary.log_head; --position)
        take_back(tables_.log.at(position - 1));
    tables_.log.rewind(boundary.log_head, commit);

    for (auto id = tables_.account_count.load(std::memory_order_relaxed); id-- != boundary.ids.accounts;)
        tables_.account_index.erase(tables_.hasher(address_of(read_entry(tables_.accounts[id].words))), id);
    tables_.account_count.store(boundary.ids.accounts, std::memory_order_release);
    for (auto id = tables_.slot_count.load(std::memory_order_relaxed); id-- != boundary.ids.slots;)
    {
        const auto words = read_entry(tables_.slots[id].words);
        tables_.slot_index.erase(tables_.slot_hash(low_half(words[1]), {words[2], words[3], words[4], words[5]}), id);
    }
    tables_.slot_count.store(boundary.ids.slots, std::memory_order_release);
    storages_.resize(boundary.storages);
    // Codes keep their ids.
    boundary.ids = id_counts();
    tables_.boundaries.write(commit, boundary);
    tables_.latest.store(commit, std::memory_order_release);
    tables_.rewinds.fetch_add(1, std::memory_order_release);
    return true;
}

void World::take_back(const Record& record) noexcept
{
    constexpr Word flag_mask = (Word{1} << Stamp::flag_bits) - 1;
    const auto commit = Stamp::commit(record[0]);
    const auto flags = record[0] & flag_mask & ~Stamp::slot;
    const auto id = high_half(record[1]);
    const auto older_record = low_half(record[1]);
    if ((record[0] & Stamp::slot) == 0)
    {
        const auto stamp = tables_.accounts[id].words[0].load(std::memory_order_relaxed);
        store_account(id, Stamp::next(stamp, commit, flags), account_value_of(record), older_record);
        return;
    }
    auto& words = tables_.slots[id].words;
    auto restored = read_entry(words);
    const auto storage = low_half(restored[1]);
    storages_[storage].size += (flags & Stamp::present) != 0;
    storages_[storage].size -= (restored[0] & Stamp::present) != 0;
    restored[0] = Stamp::next(restored[0], commit, flags);
    restored[1] = join(storage, older_record);
    std::copy_n(record.begin() + 2, 4, restored.begin() + 6);
    write_entry(words, restored);
}

Statistics World::statistics() const noexcept
{
    return {
        .accounts = tables_.account_count.load(std::memory_order_relaxed),
        .slots = tables_.slot_count.load(std::memory_order_relaxed),
        .codes = tables_.code_count.load(std::memory_order_relaxed) - 1,
        .pins = tables_.pins.count(),
        .oldest = tables_.log.floor(),
        .bytes_reserved = tables_.account_index.bytes_reserved() + tables_.slot_index.bytes_reserved() +
                          tables_.code_index.bytes_reserved() + tables_.accounts.bytes_reserved() +
                          tables_.wide_balances.bytes_reserved() + tables_.slots.bytes_reserved() +
                          tables_.codes.bytes_reserved() + tables_.log.capacity() * sizeof(Record),
    };
}

std::uint32_t World::account_id(const Address& address) const noexcept
{
    return find_account(address, tables_.hasher(address));
}

std::optional<Address> World::address_at(std::uint32_t account_id) const noexcept
{
    if (account_id >= tables_.account_count.load(std::memory_order_acquire))
        return std::nullopt;
    return address_of(read_entry(tables_.accounts[account_id].words));
}

std::uint32_t World::slot_id(const Address& address, const U256& key) const noexcept
{
    const auto account = account_id(address);
    if (account == no_id)
        return no_id;
    const auto storage = value_of(account).storage;
    return storage == 0 ? no_id : find_slot(storage, key, tables_.slot_hash(storage, key));
}
}  // namespace jiffy::world
