// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "base/uint256.hpp"

#include <utility>

namespace jiffy::state
{
/// A storage slot as the running transaction sees it.
struct SlotEntry
{
    U256 key;
    U256 current;
    /// Value before the transaction (EIP-2200).
    U256 original;
    std::uint32_t account = 0;
    /// Place in the table, kept for clearing.
    std::uint32_t bucket = 0;
    /// EIP-2929: accessed in this transaction.
    bool warm = false;
};

/// Slots of all accounts of one transaction, keyed by account index and slot. Entries are in order of insertion and
/// never removed before `clear`.
class SlotTable
{
public:
    explicit SlotTable(KeyHasher hasher)
      : hasher_{hasher}
      , buckets_(initial_buckets)
    {
    }

    const SlotEntry* find(std::uint32_t account, const U256& key) const noexcept
    {
        const std::uint64_t hash = hash_of(account, key);
        const std::size_t mask = buckets_.size() - 1;
        for (std::size_t position = hash & mask;; position = (position + 1) & mask)
        {
            const Bucket bucket = buckets_[position];
            if (bucket.entry_plus_one == 0)
                return nullptr;
            if (bucket.tag != tag_of(hash))
                continue;
            const SlotEntry& entry = entries_[bucket.entry_plus_one - 1];
            if (entry.key == key && entry.account == account)
                return &entry;
        }
    }

    SlotEntry* find(std::uint32_t account, const U256& key) noexcept
    {
        return const_cast<SlotEntry*>(std::as_const(*this).find(account, key));
    }

    /// Adds a slot that is not there yet.
    SlotEntry& insert(std::uint32_t account, const U256& key, const U256& value);

    [[nodiscard]] std::uint32_t index_of(const SlotEntry& entry) const noexcept
    {
        return static_cast<std::uint32_t>(&entry - entries_.data());
    }
    [[nodiscard]] SlotEntry& operator[](std::size_t index) noexcept { return entries_[index]; }
    [[nodiscard]] std::span<SlotEntry> entries() noexcept { return entries_; }
    [[nodiscard]] std::span<const SlotEntry> entries() const noexcept { return entries_; }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

    void clear() noexcept;

private:
    static constexpr std::size_t initial_buckets = 256;

    struct Bucket
    {
        std::uint32_t entry_plus_one = 0;
        std::uint32_t tag = 0;
    };

    [[nodiscard]] std::uint64_t hash_of(std::uint32_t account, const U256& key) const noexcept
    {
        return hasher_.words_hash(key.limbs, account);
    }
    static std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }
    void place(std::uint32_t index, std::uint64_t hash) noexcept;
    void grow();

    KeyHasher hasher_;
    std::vector<Bucket> buckets_;
    std::vector<SlotEntry> entries_;
};
}  // namespace jiffy::state
