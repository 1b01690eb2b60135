// SPDX-License-Identifier: Apache-2.0
#include "state/slot_table.hpp"

namespace jiffy::state
{
void SlotTable::place(std::uint32_t index, std::uint64_t hash) noexcept
{
    const std::size_t mask = buckets_.size() - 1;
    std::size_t position = hash & mask;
    while (buckets_[position].entry_plus_one != 0)
        position = (position + 1) & mask;
    buckets_[position] = {index + 1, tag_of(hash)};
    entries_[index].bucket = static_cast<std::uint32_t>(position);
}

void SlotTable::grow()
{
    buckets_.assign(buckets_.size() * 2, {});
    for (std::uint32_t i = 0; i < entries_.size(); ++i)
        place(i, hash_of(entries_[i].account, entries_[i].key));
}

SlotEntry& SlotTable::insert(std::uint32_t account, const U256& key, const U256& value)
{
    if (entries_.size() * 2 >= buckets_.size())
        grow();
    auto& entry = entries_.emplace_back();
    entry.key = key;
    entry.current = value;
    entry.original = value;
    entry.account = account;
    place(static_cast<std::uint32_t>(entries_.size() - 1), hash_of(account, key));
    return entry;
}

void SlotTable::clear() noexcept
{
    // One transaction with many slots must not make every later one clear a large table.
    if (buckets_.size() > 64 * initial_buckets && entries_.size() < buckets_.size() / 16)
    {
        buckets_.assign(initial_buckets, {});
        buckets_.shrink_to_fit();
        entries_ = {};
        return;
    }
    for (const auto& entry : entries_)
        buckets_[entry.bucket] = {};
    entries_.clear();
}
}  // namespace jiffy::state
