// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

#include <array>
#include <atomic>

namespace jiffy::world
{
/// Number of a commit; the empty state is commit 0.
using CommitNumber = std::uint64_t;

using Word = std::uint64_t;
using AtomicWord = std::atomic<Word>;

/// First word of an entry: the commit that wrote it, a count of its writes, so that a reader notices one that happened
/// while it read, and flags.
struct Stamp
{
    static constexpr Word busy = 1;
    /// The account exists, or the slot is not zero.
    static constexpr Word present = 2;
    /// The account's balance has more than 128 bits.
    static constexpr Word wide = 4;
    static constexpr Word has_storage = 8;
    /// Of a record in the version log: it is a slot's.
    static constexpr Word slot = 16;

    static constexpr unsigned flag_bits = 5;
    static constexpr unsigned write_bits = 11;
    static constexpr unsigned commit_shift = flag_bits + write_bits;

    static constexpr CommitNumber commit(Word stamp) noexcept { return stamp >> commit_shift; }

    /// Stamp of a write of an entry that had the stamp `before`.
    static constexpr Word next(Word before, CommitNumber commit, Word flags) noexcept
    {
        constexpr Word writes = (Word{1} << write_bits) - 1;
        const auto count = ((before >> flag_bits) + 1) & writes;
        return commit << commit_shift | count << flag_bits | flags;
    }
};

/// Copies an entry as one write left it; waits while the writer is inside it, which takes it some nanoseconds.
template <std::size_t Count>
std::array<Word, Count> read_entry(const AtomicWord (&entry)[Count]) noexcept
{
    std::array<Word, Count> words;
    for (;;)
    {
        words[0] = entry[0].load(std::memory_order_acquire);
        if ((words[0] & Stamp::busy) == 0)
        {
            // Each acquires: none of them, and not the second look at the stamp, is read earlier.
            for (std::size_t i = 1; i < Count; ++i)
                words[i] = entry[i].load(std::memory_order_acquire);
            if (entry[0].load(std::memory_order_relaxed) == words[0])
                return words;
        }
        __builtin_ia32_pause();
    }
}

/// Tells readers that the entry is being written, before something that belongs to it but lies elsewhere is written.
template <std::size_t Count>
void mark_busy(AtomicWord (&entry)[Count]) noexcept
{
    entry[0].store(entry[0].load(std::memory_order_relaxed) | Stamp::busy, std::memory_order_relaxed);
}

/// Writes an entry; its stamp stands in the first word. Only the writer calls it.
template <std::size_t Count>
void write_entry(AtomicWord (&entry)[Count], const std::array<Word, Count>& words) noexcept
{
    mark_busy(entry);
    // Each releases: whoever sees one of them sees the busy stamp, or a later one.
    for (std::size_t i = 1; i < Count; ++i)
        entry[i].store(words[i], std::memory_order_release);
    entry[0].store(words[0], std::memory_order_release);
}

constexpr Word join(std::uint32_t low, std::uint32_t high) noexcept
{
    return Word{high} << 32 | low;
}
constexpr std::uint32_t low_half(Word word) noexcept
{
    return static_cast<std::uint32_t>(word);
}
constexpr std::uint32_t high_half(Word word) noexcept
{
    return static_cast<std::uint32_t>(word >> 32);
}
}  // namespace jiffy::world
