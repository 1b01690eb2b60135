// SPDX-License-Identifier: Apache-2.0
#include "state/journal.hpp"

#include <algorithm>

namespace jiffy::state
{
namespace
{
constexpr std::size_t initial_account_table = 256;

/// The account of the RIPEMD-160 precompile. Mainnet block 2,675,119 touched it in a call that failed, and all clients
/// kept the touch; the rule is part of the protocol since (yellow paper, appendix K.1).
bool keeps_touch_of_failed_call(const Address& address) noexcept
{
    Address ripemd160;
    ripemd160[19] = 3;
    return address == ripemd160;
}
}  // namespace

Journal::Journal(std::uint64_t hash_seed)
  : hasher_{hash_seed}
  , source_{empty_state}
  , account_table_(initial_account_table)
  , slots_{hasher_}
  , transients_{hasher_}
{
}

void Journal::begin(Source source) noexcept
{
    source_ = source;
    unavailable_ = false;
    clear_accounts();
    slots_.clear();
    transients_.clear();
    changes_.clear();
    code_records_.clear();
    new_codes_.clear();
    logs_.clear();
    log_data_.clear();
    refund_ = 0;
}

void Journal::clear_accounts() noexcept
{
    for (AccountIndex i = 0; i < account_count_; ++i)
        account_table_[entry(i).bucket] = 0;
    // One transaction with many accounts must not hold its memory for ever.
    if (account_table_.size() > 64 * initial_account_table && account_count_ < account_table_.size() / 16)
    {
        account_table_.assign(initial_account_table, 0);
        account_table_.shrink_to_fit();
        chunks_.resize(1);
    }
    account_count_ = 0;
}

AccountEntry* Journal::find(const Address& address) noexcept
{
    const std::size_t mask = account_table_.size() - 1;
    for (std::size_t position = hasher_(address) & mask;; position = (position + 1) & mask)
    {
        const std::uint32_t index_plus_one = account_table_[position];
        if (index_plus_one == 0)
            return nullptr;
        auto& candidate = entry(index_plus_one - 1);
        if (candidate.address == address)
            return &candidate;
    }
}

void Journal::place_account(AccountEntry& entry) noexcept
{
    const std::size_t mask = account_table_.size() - 1;
    std::size_t position = hasher_(entry.address) & mask;
    while (account_table_[position] != 0)
        position = (position + 1) & mask;
    account_table_[position] = entry.index + 1;
    entry.bucket = static_cast<std::uint32_t>(position);
}

AccountEntry* Journal::load(const Address& address)
{
    types::Account account;
    const auto presence = source_.account(address, account);
    if (presence == Presence::unavailable)
    {
        unavailable_ = true;
        return nullptr;
    }
    if (account_count_ == chunks_.size() * chunk_size)
        chunks_.push_back(std::make_unique<AccountEntry[]>(chunk_size));
    if ((account_count_ + 1) * 2 > account_table_.size())
    {
        account_table_.assign(account_table_.size() * 2, 0);
        for (AccountIndex i = 0; i < account_count_; ++i)
            place_account(entry(i));
    }
    const auto index = static_cast<AccountIndex>(account_count_++);
    auto& loaded = entry(index);
    loaded = AccountEntry{};
    loaded.address = address;
    loaded.index = index;
    // Hardly any address begins with so many zeros but a precompiled contract's.
    if (!warm_from_start_.empty() && std::ranges::all_of(address.view().first(16), [](Byte byte) { return byte == 0; }))
        loaded.warm = std::ranges::find(warm_from_start_, address) != warm_from_start_.end();
    if (presence == Presence::present)
    {
        loaded.current = account;
        loaded.original = account;
        loaded.exists = true;
        loaded.original_exists = true;
    }
    place_account(loaded);
    return &loaded;
}

bool Journal::load_code(AccountEntry& entry)
{
    if (entry.code_loaded)
        return true;
    if (entry.current.has_code())
    {
        // A code hash without code is a broken source; to go on with no code would give a wrong result.
        if (source_.code(entry.current.code_hash, entry.code) != Presence::present)
        {
            unavailable_ = true;
            return false;
        }
    }
    else
    {
        entry.code = {};
    }
    entry.code_loaded = true;
    return true;
}

void Journal::touch(AccountEntry& entry)
{
    if (entry.touched)
        return;
    entry.touched = true;
    record(Change::touch, entry.index);
}

void Journal::touch_creating(AccountEntry& entry)
{
    touch(entry);
    if (entry.exists)
        return;
    entry.exists = true;
    record(Change::exists, entry.index);
}

void Journal::credit(AccountEntry& entry, const U256& amount)
{
    if (amount.is_zero())
    {
        touch(entry);
        return;
    }
    touch_creating(entry);
    record(Change::balance, entry.index, entry.current.balance);
    entry.current.balance += amount;
}

void Journal::debit(AccountEntry& entry, const U256& amount)
{
    touch(entry);
    entry.balance_observed = true;
    record(Change::balance, entry.index, entry.current.balance);
    entry.current.balance -= amount;
}

void Journal::set_nonce(AccountEntry& entry, std::uint64_t nonce)
{
    touch_creating(entry);
    record(Change::nonce, entry.index, entry.current.nonce);
    entry.current.nonce = nonce;
}

void Journal::set_code(AccountEntry& entry, BytesView code)
{
    touch_creating(entry);
    record(Change::code, entry.index, U256{code_records_.size()});
    code_records_.push_back({entry.current.code_hash, entry.code, entry.analysis, entry.code_loaded});
    if (code.empty())
    {
        entry.current.code_hash = crypto::empty_keccak;
        entry.code = {};
    }
    else
    {
        entry.current.code_hash = crypto::keccak256(code);
        entry.code = new_codes_.emplace_back(code.begin(), code.end());
    }
    entry.analysis = nullptr;
    entry.code_loaded = true;
}

void Journal::create(AccountEntry& entry, std::uint64_t nonce)
{
    touch_creating(entry);
    record(Change::nonce, entry.index, entry.current.nonce);
    entry.current.nonce = nonce;
    if (!entry.created)
    {
        entry.created = true;
        record(Change::create, entry.index);
    }
}

bool Journal::is_creation_collision(AccountEntry& entry)
{
    if (entry.current.nonce != 0 || entry.current.has_code())
        return true;
    if (entry.created)
    {
        for (const auto& slot : slots_.entries())
            if (slot.account == entry.index && !slot.current.is_zero())
                return true;
        return false;
    }
    if (!entry.original_exists)
        return false;
    const auto presence = source_.has_storage(entry.address);
    unavailable_ = unavailable_ || presence == Presence::unavailable;
    return presence != Presence::absent;
}

bool Journal::mark_destructed(AccountEntry& entry)
{
    if (entry.destructed)
        return false;
    entry.destructed = true;
    record(Change::destruct, entry.index);
    return true;
}

SlotEntry* Journal::load_slot(const AccountEntry& entry, const U256& key)
{
    U256 value;
    if (!entry.created && entry.original_exists)
    {
        const auto presence = source_.storage(entry.address, key, value);
        if (presence == Presence::unavailable)
        {
            unavailable_ = true;
            return nullptr;
        }
        if (presence == Presence::absent)
            value = {};
    }
    return &slots_.insert(entry.index, key, value);
}

void Journal::set_slot(SlotEntry& slot, const U256& value)
{
    record(Change::slot, slots_.index_of(slot), slot.current);
    slot.current = value;
}

U256 Journal::transient(const AccountEntry& entry, const U256& key) noexcept
{
    if (transients_.empty())
        return {};
    const auto* found = transients_.find(entry.index, key);
    return found != nullptr ? found->current : U256{};
}

void Journal::set_transient(const AccountEntry& entry, const U256& key, const U256& value)
{
    auto* found = transients_.find(entry.index, key);
    if (found == nullptr)
        found = &transients_.insert(entry.index, key, {});
    record(Change::transient, transients_.index_of(*found), found->current);
    found->current = value;
}

void Journal::add_log(const Address& address, std::span<const Hash> topics, BytesView data)
{
    auto& log = logs_.emplace_back();
    log.address = address;
    log.topics.count = static_cast<std::uint8_t>(topics.size());
    std::copy(topics.begin(), topics.end(), log.topics.values.begin());
    log.data_offset = log_data_.size();
    log.data_size = data.size();
    append(log_data_, data);
}

std::vector<types::Log> Journal::logs() const
{
    std::vector<types::Log> result;
    result.reserve(logs_.size());
    for (const auto& log : logs_)
        result.push_back(
            {log.address, log.topics, to_bytes(BytesView{log_data_}.subspan(log.data_offset, log.data_size))});
    return result;
}

void Journal::revert(const Checkpoint& checkpoint) noexcept
{
    while (changes_.size() > checkpoint.change_count)
    {
        take_back(changes_.back());
        changes_.pop_back();
    }
    logs_.resize(checkpoint.log_count);
    log_data_.resize(checkpoint.log_bytes);
    refund_ = checkpoint.refund;
}

void Journal::take_back(const Record& record) noexcept
{
    const auto index = record.index;
    switch (record.change)
    {
        case Change::warm_account:
            entry(index).warm = false;
            break;
        case Change::warm_slot:
            slots_[index].warm = false;
            break;
        case Change::touch:
            entry(index).touched = keeps_touch_of_failed_call(entry(index).address);
            break;
        case Change::exists:
            entry(index).exists = false;
            break;
        case Change::balance:
            entry(index).current.balance = record.previous;
            break;
        case Change::nonce:
            entry(index).current.nonce = record.previous.low();
            break;
        case Change::code:
        {
            const auto& code = code_records_[record.previous.low()];
            auto& account = entry(index);
            account.current.code_hash = code.hash;
            account.code = code.code;
            account.analysis = code.analysis;
            account.code_loaded = code.loaded;
            break;
        }
        case Change::create:
            entry(index).created = false;
            break;
        case Change::destruct:
            entry(index).destructed = false;
            break;
        case Change::slot:
            slots_[index].current = record.previous;
            break;
        case Change::transient:
            transients_[index].current = record.previous;
            break;
    }
}

void Journal::finalise(const FinalisationRules& rules, types::StateDifference& difference)
{
    difference.clear();

    const auto is_removed = [&rules](const AccountEntry& account)
    {
        return account.destructed || !account.exists ||
               (rules.remove_empty_accounts && account.touched && account.current.is_empty());
    };

    // Slots are in order of insertion over all accounts; two passes bring them together by account.
    slot_places_.assign(account_count_ + 1, 0);
    for (const auto& slot : slots_.entries())
        if (slot.current != slot.original && !is_removed(entry(slot.account)))
            ++slot_places_[slot.account + 1];
    for (std::size_t i = 1; i < slot_places_.size(); ++i)
        slot_places_[i] += slot_places_[i - 1];
    difference.slots.resize(slot_places_.back());

    for (AccountIndex i = 0; i < account_count_; ++i)
    {
        const auto& account = entry(i);
        if (is_removed(account))
        {
            if (account.original_exists)
                difference.accounts.push_back({.address = account.address, .deleted = true});
            continue;
        }
        const std::uint32_t slot_count = slot_places_[i + 1] - slot_places_[i];
        if (account.original_exists && slot_count == 0 && account.current == account.original)
            continue;
        difference.accounts.push_back({.address = account.address,
            .account = account.current,
            .first_slot = slot_places_[i],
            .slot_count = slot_count});
        if (account.current.has_code() && account.current.code_hash != account.original.code_hash)
            difference.codes.push_back({account.current.code_hash, to_bytes(account.code)});
    }
    if (difference.slots.empty())
        return;
    for (const auto& slot : slots_.entries())
        if (slot.current != slot.original && !is_removed(entry(slot.account)))
            difference.slots[slot_places_[slot.account]++] = {slot.key, slot.current};
}
}  // namespace jiffy::state
