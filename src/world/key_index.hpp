// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/pin_table.hpp"
#include "world/zeroed_memory.hpp"

#include <vector>

namespace jiffy::world
{
/// Stands for no entry.
inline constexpr std::uint32_t no_id = ~0U;

/// Open-addressing index from hashes of keys to ids of entries. One writer; readers need no lock.
///
/// It grows by moving a few places with each insertion: there is no insertion that waits for a whole table, and readers
/// look into the new table and then into the old one meanwhile.
class KeyIndex
{
public:
    class Table;

    /// The tables to look into, taken while the reader is in the pin table (or by the writer itself).
    struct Tables
    {
        const Table* current;
        const Table* old;
    };

    /// A place holds the upper half of the hash above the id.
    class Table
    {
    public:
        static constexpr std::uint64_t empty = 0;
        /// Stands for an id that was taken back. Ids are stored plus one.
        static constexpr std::uint32_t erased = ~0U;

        explicit Table(unsigned size_bits)
          : shift_{32 - size_bits}
          , mask_{(std::uint64_t{1} << size_bits) - 1}
          , memory_{(mask_ + 1) * sizeof(Place)}
        {
        }

        using Place = std::atomic<std::uint64_t>;
        [[nodiscard]] std::uint64_t size() const noexcept { return mask_ + 1; }
        [[nodiscard]] std::uint64_t first(std::uint32_t tag) const noexcept { return tag >> shift_; }
        [[nodiscard]] std::uint64_t after(std::uint64_t number) const noexcept { return (number + 1) & mask_; }
        [[nodiscard]] Place& at(std::uint64_t number) const noexcept { return memory_.as<Place>()[number]; }

    private:
        /// Tables are in the order of hashes, so that a bigger one is filled front to back.
        unsigned shift_;
        std::uint64_t mask_;
        ZeroedMemory memory_;
    };

    explicit KeyIndex(PinTable& pins);
    ~KeyIndex();
    KeyIndex(const KeyIndex&) = delete;
    KeyIndex& operator=(const KeyIndex&) = delete;

    [[nodiscard]] Tables tables() const noexcept
    {
        const auto* const current = current_.load(std::memory_order_seq_cst);
        return {current, old_.load(std::memory_order_seq_cst)};
    }

    /// The id whose key has this hash and for which `matches(id)` is true, or `no_id`.
    template <class Matches>
    static std::uint32_t find(const Tables& tables, std::uint64_t hash, Matches matches)
    {
        for (const auto* table : {tables.current, tables.old})
        {
            if (table == nullptr)
                break;
            const auto tag = static_cast<std::uint32_t>(hash >> 32);
            for (auto number = table->first(tag);; number = table->after(number))
            {
                const auto place = table->at(number).load(std::memory_order_acquire);
                if (place == Table::empty)
                    break;
                const auto stored = static_cast<std::uint32_t>(place);
                if (place >> 32 == tag && stored != Table::erased && matches(stored - 1))
                    return stored - 1;
            }
        }
        return no_id;
    }

    /// Asks the processor for the place where the search for a key begins.
    void prefetch(std::uint64_t hash) const noexcept
    {
        const auto* const table = current_.load(std::memory_order_relaxed);
        __builtin_prefetch(&table->at(table->first(static_cast<std::uint32_t>(hash >> 32))));
    }

    /// The first id with such a hash in the newest table, most likely the key's: to ask for its entry early.
    [[nodiscard]] std::uint32_t candidate(std::uint64_t hash) const noexcept
    {
        return find({current_.load(std::memory_order_relaxed), nullptr}, hash, [](std::uint32_t) { return true; });
    }

    /// Writer: adds a key that is not there. The entry must be readable before.
    void insert(std::uint64_t hash, std::uint32_t id);
    /// Writer: makes room for so many keys in an index that has none and that nobody reads.
    void reserve(std::uint64_t count);
    /// Writer: takes a key back.
    void erase(std::uint64_t hash, std::uint32_t id) noexcept;

    /// Bytes of address space in tables.
    [[nodiscard]] std::size_t bytes_reserved() const noexcept;

private:
    struct Retired
    {
        PinTable::Generation generation;
        const Table* table;
    };

    static void put(const Table& table, std::uint64_t place) noexcept;
    static void erase_in(const Table& table, std::uint64_t place) noexcept;
    void grow();
    void move_some(std::uint64_t count) noexcept;
    void free_retired() noexcept;

    PinTable& pins_;
    std::atomic<const Table*> current_;
    /// While places are being moved from it.
    std::atomic<const Table*> old_{nullptr};
    /// First place of the old table that was not moved.
    std::uint64_t next_to_move_ = 0;
    std::uint64_t used_ = 0;
    std::vector<Retired> retired_;
};
}  // namespace jiffy::world
