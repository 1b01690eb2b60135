// SPDX-License-Identifier: Apache-2.0
#include "world/tables.hpp"

namespace jiffy::world
{
using state::Presence;

namespace
{
Presence presence_of(bool is_present) noexcept
{
    return is_present ? Presence::present : Presence::absent;
}

bool has_address(const std::array<Word, 8>& words, const Address& address) noexcept
{
    return std::memcmp(&words[4], address.data(), sizeof(Address)) == 0;
}

StorageId storage_of(const std::array<Word, 10>& words) noexcept
{
    return low_half(words[1]);
}

U256 key_of(const std::array<Word, 10>& words) noexcept
{
    return {words[2], words[3], words[4], words[5]};
}
}  // namespace

Tables::~Tables()
{
    for (std::uint32_t id = 1; id < code_count; ++id)
        delete codes[id].code.load(std::memory_order_relaxed);
}

Address address_of(const std::array<Word, 8>& words) noexcept
{
    Address result;
    std::memcpy(result.data(), &words[4], sizeof(Address));
    return result;
}

AccountValue account_value_of(const std::array<Word, 8>& words, const Word high[2]) noexcept
{
    if ((words[0] & Stamp::present) == 0)
        return {};
    return {true, (words[0] & Stamp::has_storage) != 0, words[1], {words[2], words[3], high[0], high[1]},
        high_half(words[6]), low_half(words[7])};
}

AccountValue account_value_of(const Record& record) noexcept
{
    if ((record[0] & Stamp::present) == 0)
        return {};
    return {true, (record[0] & Stamp::has_storage) != 0, record[2], {record[3], record[4], record[5], record[6]},
        low_half(record[7]), high_half(record[7])};
}

Presence Reader::find_record(std::uint32_t newest, Record& result) const noexcept
{
    for (auto place = newest;; place = low_half(result[1]))
    {
        result = tables_->log.read(place);
        if (tables_->log.floor() > commit_ || !is_valid())
            return Presence::unavailable;
        if (Stamp::commit(result[0]) <= commit_)
            return presence_of((result[0] & Stamp::present) != 0);
    }
}

Presence Reader::account_value(std::uint32_t id, const std::array<Word, 8>& entry, AccountValue& result) const noexcept
{
    auto words = entry;
    if (Stamp::commit(words[0]) > commit_)
    {
        Record record;
        const auto presence = find_record(high_half(words[7]), record);
        if (presence == Presence::present)
            result = account_value_of(record);
        return presence;
    }
    Word high[2] = {};
    while ((words[0] & Stamp::wide) != 0)
    {
        const auto& wide = tables_->wide_balances[id].words;
        high[0] = wide[0].load(std::memory_order_acquire);
        high[1] = wide[1].load(std::memory_order_acquire);
        const auto& place = tables_->accounts[id].words;
        if (place[0].load(std::memory_order_relaxed) == words[0])
            break;
        words = read_entry(place);
        if (Stamp::commit(words[0]) > commit_)
            return account_value(id, words, result);
        high[0] = high[1] = 0;
    }
    if (!is_valid())
        return Presence::unavailable;
    if ((words[0] & Stamp::present) == 0)
        return Presence::absent;
    result = account_value_of(words, high);
    return Presence::present;
}

Presence Reader::find_account(const Address& address, AccountValue& result) const noexcept
{
    std::array<Word, 8> words;
    const auto id = KeyIndex::find(account_index_, tables_->hasher(address),
        [&](std::uint32_t candidate)
        {
            words = read_entry(tables_->accounts[candidate].words);
            return has_address(words, address);
        });
    if (id == no_id)
        return is_valid() ? Presence::absent : Presence::unavailable;
    return account_value(id, words, result);
}

Presence Reader::slot_value(const std::array<Word, 10>& words, U256& result) const noexcept
{
    if (Stamp::commit(words[0]) > commit_)
    {
        Record record;
        const auto presence = find_record(high_half(words[1]), record);
        if (presence == Presence::present)
            result = {record[2], record[3], record[4], record[5]};
        return presence;
    }
    if (!is_valid())
        return Presence::unavailable;
    result = {words[6], words[7], words[8], words[9]};
    return presence_of((words[0] & Stamp::present) != 0);
}

types::Account Reader::account_of(const AccountValue& value) const noexcept
{
    types::Account result{value.nonce, value.balance};
    if (value.code != 0)
        result.code_hash = tables_->codes[value.code].hash;
    return result;
}

Presence Reader::account(const Address& address, types::Account& result) const noexcept
{
    AccountValue value;
    const auto presence = find_account(address, value);
    if (presence == Presence::present)
        result = account_of(value);
    return presence;
}

Presence Reader::storage(const Address& address, const U256& key, U256& result) const noexcept
{
    AccountValue account;
    if (const auto presence = find_account(address, account); presence != Presence::present)
        return presence;
    if (account.storage == 0)
        return Presence::absent;
    std::array<Word, 10> words;
    const auto id = KeyIndex::find(slot_index_, tables_->slot_hash(account.storage, key),
        [&](std::uint32_t candidate)
        {
            words = read_entry(tables_->slots[candidate].words);
            return storage_of(words) == account.storage && key_of(words) == key;
        });
    if (id == no_id)
        return is_valid() ? Presence::absent : Presence::unavailable;
    return slot_value(words, result);
}

Presence Reader::code(const Hash& code_hash, BytesView& result) const noexcept
{
    if (code_hash == crypto::empty_keccak)
    {
        result = {};
        return Presence::present;
    }
    const auto id = KeyIndex::find(code_index_, tables_->hasher(code_hash),
        [&](std::uint32_t candidate) { return tables_->codes[candidate].hash == code_hash; });
    if (id == no_id)
        return Presence::absent;
    const auto* const code = tables_->codes[id].code.load(std::memory_order_acquire);
    if (code == nullptr)
        return Presence::unavailable;
    result = *code;
    return Presence::present;
}

Presence Reader::has_storage(const Address& address) const noexcept
{
    AccountValue value;
    const auto presence = find_account(address, value);
    return presence == Presence::present ? presence_of(value.has_storage) : presence;
}

std::optional<types::IdCounts> Reader::id_counts() const noexcept
{
    const auto boundary = tables_->boundaries.read(commit_);
    if (tables_->log.floor() > commit_ || !is_valid())
        return std::nullopt;
    return boundary.ids;
}

Presence Reader::account_at(std::uint32_t id, Address& address, AccountValue& result) const noexcept
{
    const auto words = read_entry(tables_->accounts[id].words);
    address = address_of(words);
    return account_value(id, words, result);
}

Presence Reader::slot_at(std::uint32_t id, Slot& result) const noexcept
{
    const auto words = read_entry(tables_->slots[id].words);
    result.storage = storage_of(words);
    result.key = key_of(words);
    return slot_value(words, result.value);
}
}  // namespace jiffy::world
