// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/zeroed_memory.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace jiffy::world
{
/// Entries by id, in chunks that never move, so that readers need no care while the array grows. The writer calls
/// `make` before it publishes an id. Memory begins as zeros, which must be a valid `Entry`.
template <class Entry>
class DenseArray
{
public:
    DenseArray()
      : directory_{maximum_chunks * sizeof(std::atomic<Entry*>)}
    {
    }

    /// The entry of an id that was made.
    [[nodiscard]] Entry& operator[](std::uint32_t id) const noexcept
    {
        return chunk(id / chunk_entries).load(std::memory_order_acquire)[id % chunk_entries];
    }

    /// Memory for the entry; that of an earlier call if there was one.
    Entry& make(std::uint32_t id)
    {
        auto& place = chunk(id / chunk_entries);
        if (place.load(std::memory_order_relaxed) == nullptr)
        {
            chunks_.emplace_back(chunk_entries * sizeof(Entry));
            place.store(chunks_.back().template as<Entry>(), std::memory_order_release);
        }
        return (*this)[id];
    }

    /// Entries of zeros, never to be written, for those of the ids [begin, end), none of which was made, that fill
    /// whole chunks: all of them share one.
    void share_zeros(std::uint32_t begin, std::uint32_t end)
    {
        const auto last = end / chunk_entries;
        for (auto number = (begin + chunk_entries - 1) / chunk_entries; number < last; ++number)
        {
            if (zeros_.size() == 0)
                zeros_ = ZeroedMemory{chunk_entries * sizeof(Entry)};
            chunk(number).store(zeros_.template as<Entry>(), std::memory_order_release);
        }
    }

    /// Bytes of address space in chunks.
    [[nodiscard]] std::size_t bytes_reserved() const noexcept { return chunks_.size() * chunk_entries * sizeof(Entry); }

private:
    static constexpr std::size_t chunk_entries = std::size_t{1} << 16;
    static constexpr std::size_t maximum_chunks = (std::size_t{1} << 32) / chunk_entries;

    [[nodiscard]] std::atomic<Entry*>& chunk(std::size_t number) const noexcept
    {
        return directory_.as<std::atomic<Entry*>>()[number];
    }

    ZeroedMemory directory_;
    std::vector<ZeroedMemory> chunks_;
    ZeroedMemory zeros_;
};
}  // namespace jiffy::world
