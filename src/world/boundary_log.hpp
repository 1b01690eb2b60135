// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/difference_frame.hpp"
#include "world/entry_words.hpp"
#include "world/zeroed_memory.hpp"

namespace jiffy::world
{
/// Id of a storage: 0 is that of an account without any slot. An account gets a new storage id whenever its storage is
/// cleared: no slot has to be touched for it.
using StorageId = std::uint32_t;

/// Where things stood after a commit.
struct Boundary
{
    /// Number of records in the version log.
    std::uint64_t log_head = 0;
    types::IdCounts ids;
    /// One more than the storage ids that were given out.
    StorageId storages = 1;
};

/// Ring of the boundaries of the last commits, for the writer and for readers of the commits that a `VersionLog` can
/// still tell.
class BoundaryLog
{
public:
    /// `capacity` is a power of two.
    explicit BoundaryLog(std::size_t capacity)
      : capacity_{capacity}
      , memory_{capacity * sizeof(Words)}
    {
        write(0, {});
    }

    /// Number of commits that it holds.
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Writer: sets the boundary of a commit. The commit `capacity` before it is given up: the log's floor is above it.
    void write(CommitNumber commit, const Boundary& boundary) noexcept
    {
        auto& words = place(commit);
        // Each releases: whoever sees one of them sees the floor that gave the old commit up.
        words[0].store(boundary.log_head, std::memory_order_release);
        words[1].store(join(boundary.ids.accounts, boundary.ids.slots), std::memory_order_release);
        words[2].store(join(boundary.ids.codes, boundary.storages), std::memory_order_release);
    }

    /// The boundary of a commit. To a reader it means something only if the log's floor, asked afterwards, does not
    /// exceed the commit.
    [[nodiscard]] Boundary read(CommitNumber commit) const noexcept
    {
        const auto& words = place(commit);
        const auto word = [&](std::size_t i) { return words[i].load(std::memory_order_acquire); };
        const auto ids = word(1);
        const auto others = word(2);
        return {word(0), {low_half(ids), high_half(ids), low_half(others)}, high_half(others)};
    }

private:
    using Words = AtomicWord[3];

    [[nodiscard]] Words& place(CommitNumber commit) const noexcept
    {
        return memory_.as<Words>()[commit & (capacity_ - 1)];
    }

    std::size_t capacity_;
    ZeroedMemory memory_;
};
}  // namespace jiffy::world
