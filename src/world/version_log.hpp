// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/entry_words.hpp"
#include "world/zeroed_memory.hpp"

#include <vector>

namespace jiffy::world
{
/// What an entry said before a commit overwrote it. The words are those of the account or slot:
///   0 its stamp, with `Stamp::slot` for a slot    1 place of the record before it, and the entry's id
///   account: 2 nonce    3 to 6 balance    7 code id, storage id
///   slot:    2 to 5 value
using Record = std::array<Word, 8>;

/// Ring of the values that were overwritten last, each entry's chained from the newest to the oldest. It keeps no
/// reader waiting and waits for none: a record is overwritten when its turn comes, and whoever still needs it finds
/// out, because `floor` was raised before.
class VersionLog
{
public:
    /// `capacity` in records is rounded up to a power of two, at least 1,024.
    explicit VersionLog(std::size_t capacity);

    /// Writer: adds the record of a value that `commit` overwrites, and returns its place.
    std::uint32_t push(CommitNumber commit, const Record& record) noexcept;

    /// Reader: a record by its place. It means something only if `floor`, asked afterwards, does not exceed the commit
    /// that is being read.
    [[nodiscard]] Record read(std::uint32_t place) const noexcept
    {
        Record result;
        const auto& words = records_[place];
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = words[i].load(std::memory_order_acquire);
        return result;
    }

    /// The oldest commit whose state the log can still tell.
    [[nodiscard]] CommitNumber floor() const noexcept { return floor_.load(std::memory_order_acquire); }
    /// Writer: gives up the states before `commit`.
    void raise_floor(CommitNumber commit) noexcept;

    /// Number of records ever pushed and not taken back.
    [[nodiscard]] std::uint64_t head() const noexcept { return head_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Writer: record number `position` of those counted by `head`.
    [[nodiscard]] Record at(std::uint64_t position) const noexcept
    {
        return read(static_cast<std::uint32_t>(position % capacity_));
    }
    /// Writer: takes back the records from `head` on, all of commits after `commit`.
    void rewind(std::uint64_t head, CommitNumber commit) noexcept;

private:
    static constexpr std::size_t segments = 64;

    [[nodiscard]] std::size_t segment_of(std::uint64_t position) const noexcept
    {
        return position % capacity_ / (capacity_ / segments);
    }

    using Words = AtomicWord[8];

    std::size_t capacity_;
    ZeroedMemory memory_;
    Words* records_;
    std::uint64_t head_ = 0;
    /// The last commit with a record in the segment. The floor rises by segments, so that readers share its line.
    std::array<CommitNumber, segments> last_commits_{};
    alignas(64) std::atomic<CommitNumber> floor_{0};
};
}  // namespace jiffy::world
