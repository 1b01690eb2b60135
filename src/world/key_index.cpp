// SPDX-License-Identifier: Apache-2.0
#include "world/key_index.hpp"

#include <algorithm>
#include <bit>

namespace jiffy::world
{
namespace
{
constexpr unsigned first_size_bits = 10;

/// Places moved with each insertion while the index grows: the old table is empty long before the new one is full.
constexpr std::uint64_t moved_per_insertion = 16;

/// A table with more keys than this is too full.
constexpr std::uint64_t most_keys(std::uint64_t table_size) noexcept
{
    return table_size / 8 * 5;
}

/// Places are found with the upper half of a hash.
constexpr unsigned largest_size_bits = 32;

/// Insertions between two looks at who still reads a replaced table.
constexpr std::uint64_t insertions_per_look = 256;
}  // namespace

KeyIndex::KeyIndex(PinTable& pins)
  : pins_{pins}
  , current_{new Table{first_size_bits}}
{
}

KeyIndex::~KeyIndex()
{
    for (const auto& [generation, table] : retired_)
        delete table;
    delete old_.load();
    delete current_.load();
}

void KeyIndex::put(const Table& table, std::uint64_t place) noexcept
{
    auto number = table.first(static_cast<std::uint32_t>(place >> 32));
    while (table.at(number).load(std::memory_order_relaxed) != Table::empty)
        number = table.after(number);
    table.at(number).store(place, std::memory_order_release);
}

void KeyIndex::insert(std::uint64_t hash, std::uint32_t id)
{
    const auto* const table = current_.load(std::memory_order_relaxed);
    if (used_ > most_keys(table->size()))
        grow();
    else
        move_some(moved_per_insertion);
    put(*current_.load(std::memory_order_relaxed), (hash >> 32 << 32) | (id + 1));
    ++used_;
    if (!retired_.empty() && used_ % insertions_per_look == 0)
        free_retired();
}

void KeyIndex::reserve(std::uint64_t count)
{
    auto size_bits = first_size_bits;
    while (most_keys(std::uint64_t{1} << size_bits) < count && size_bits < largest_size_bits)
        ++size_bits;
    delete current_.exchange(new Table{size_bits}, std::memory_order_seq_cst);
}

void KeyIndex::erase(std::uint64_t hash, std::uint32_t id) noexcept
{
    const auto place = (hash >> 32 << 32) | (id + 1);
    erase_in(*current_.load(std::memory_order_relaxed), place);
    if (const auto* const old = old_.load(std::memory_order_relaxed); old != nullptr)
        erase_in(*old, place);
}

void KeyIndex::erase_in(const Table& table, std::uint64_t place) noexcept
{
    for (auto number = table.first(static_cast<std::uint32_t>(place >> 32));; number = table.after(number))
    {
        const auto found = table.at(number).load(std::memory_order_relaxed);
        if (found == Table::empty)
            return;
        if (found == place)
        {
            table.at(number).store(place | Table::erased, std::memory_order_release);
            return;
        }
    }
}

void KeyIndex::grow()
{
    move_some(~std::uint64_t{0});
    const auto* const table = current_.load(std::memory_order_relaxed);
    old_.store(table, std::memory_order_seq_cst);
    current_.store(new Table{static_cast<unsigned>(std::bit_width(table->size()))}, std::memory_order_seq_cst);
    next_to_move_ = 0;
    used_ = 0;
}

void KeyIndex::move_some(std::uint64_t count) noexcept
{
    const auto* const old = old_.load(std::memory_order_relaxed);
    if (old == nullptr)
        return;
    const auto* const current = current_.load(std::memory_order_relaxed);
    for (; count != 0 && next_to_move_ != old->size(); --count, ++next_to_move_)
    {
        const auto place = old->at(next_to_move_).load(std::memory_order_relaxed);
        if (place == Table::empty || static_cast<std::uint32_t>(place) == Table::erased)
            continue;
        put(*current, place);
        ++used_;
    }
    if (next_to_move_ != old->size())
        return;
    old_.store(nullptr, std::memory_order_seq_cst);
    retired_.push_back({pins_.retire(), old});
}

void KeyIndex::free_retired() noexcept
{
    const auto oldest = pins_.oldest();
    std::erase_if(retired_,
        [oldest](const Retired& retired)
        {
            if (retired.generation >= oldest)
                return false;
            delete retired.table;
            return true;
        });
}

std::size_t KeyIndex::bytes_reserved() const noexcept
{
    std::size_t places = 0;
    for (const auto* table : {current_.load(std::memory_order_relaxed), old_.load(std::memory_order_relaxed)})
        if (table != nullptr)
            places += table->size();
    for (const auto& [generation, table] : retired_)
        places += table->size();
    return places * sizeof(Table::Place);
}
}  // namespace jiffy::world
