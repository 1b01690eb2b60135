// SPDX-License-Identifier: Apache-2.0
#include "world/snapshot.hpp"

#include <algorithm>
#include <unordered_map>

namespace jiffy::world
{
using state::Presence;

namespace
{
bool is_rewinding(std::uint64_t rewinds) noexcept
{
    return rewinds % 2 == 1;
}

/// The count of rewinds is loaded before the commit: a rewind that begins in between is noticed at every read.
Reader latest_reader(const Tables& tables) noexcept
{
    const auto rewinds = tables.rewinds.load(std::memory_order_acquire);
    return {tables, tables.latest.load(std::memory_order_acquire), rewinds};
}
}  // namespace

// The tables are loaded after the place is taken and the commit is known: they have every key of the commit, and are
// not freed.
Snapshot::Snapshot(const Tables& tables) noexcept
  : tables_{&tables}
  , place_{tables.pins.enter()}
  , reader_{latest_reader(tables)}
{
    if (place_ && is_rewinding(reader_.rewinds()))
        tables.pins.leave(*std::exchange(place_, std::nullopt));
}

Snapshot::Snapshot(const Tables& tables, CommitNumber commit, std::uint64_t rewinds) noexcept
  : tables_{&tables}
  , place_{is_rewinding(rewinds) ? std::nullopt : tables.pins.enter()}
  , reader_{tables, commit, rewinds}
{
}

Snapshot::~Snapshot()
{
    if (place_)
        tables_->pins.leave(*place_);
}

std::optional<types::StateDifference> Snapshot::as_difference() const
{
    if (!is_pinned())
        return std::nullopt;
    std::unordered_map<StorageId, std::vector<types::SlotChange>> slots;
    const auto slot_count = tables_->slot_count.load(std::memory_order_acquire);
    for (std::uint32_t id = 0; id < slot_count; ++id)
    {
        Reader::Slot slot;
        const auto presence = reader_.slot_at(id, slot);
        if (presence == Presence::unavailable)
            return std::nullopt;
        if (presence == Presence::present)
            slots[slot.storage].push_back({slot.key, slot.value});
    }

    types::StateDifference result;
    std::vector<bool> has_code(tables_->code_count.load(std::memory_order_acquire));
    const auto account_count = tables_->account_count.load(std::memory_order_acquire);
    for (std::uint32_t id = 0; id < account_count; ++id)
    {
        types::AccountChange change;
        AccountValue value;
        const auto presence = reader_.account_at(id, change.address, value);
        if (presence == Presence::unavailable)
            return std::nullopt;
        if (presence == Presence::absent)
            continue;
        change.account = reader_.account_of(value);
        change.first_slot = static_cast<std::uint32_t>(result.slots.size());
        if (const auto found = slots.find(value.storage); value.storage != 0 && found != slots.end())
            result.slots.insert(result.slots.end(), found->second.begin(), found->second.end());
        change.slot_count = static_cast<std::uint32_t>(result.slots.size()) - change.first_slot;
        BytesView code;
        if (value.code != 0 && !has_code[value.code] &&
            reader_.code(change.account.code_hash, code) == Presence::present)
        {
            has_code[value.code] = true;
            result.codes.push_back({change.account.code_hash, to_bytes(code)});
        }
        result.accounts.push_back(change);
    }
    if (!reader_.is_valid())
        return std::nullopt;
    return result;
}
}  // namespace jiffy::world
