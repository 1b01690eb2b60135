// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/protocol.hpp"

#include <atomic>
#include <memory>

namespace jiffy::feed
{
/// Records that go out in one message.
struct Batch
{
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    /// As a message has them.
    Bytes body;
    /// Behind the last one.
    FeedPosition after;
};

struct BatchLimits
{
    /// Of the body; a single record may be longer.
    std::size_t bytes = std::size_t{256} << 10;
    std::uint32_t records = most_records;
};

/// The newest records of the log in memory that is bounded. One thread adds to it and never waits: there is no lock.
/// Any thread reads what is released; what is overwritten while it reads, it does not get.
class RecordWindow
{
public:
    /// Goes on behind `begin`. `capacity` in bytes, rounded down to a power of two, beside an index of an eighth of it.
    RecordWindow(const FeedPosition& begin, std::size_t capacity);

    /// Adds the next record; drops the oldest ones that it takes the place of, and itself if it is longer than the
    /// window. The writing thread.
    void append(BytesView payload);
    /// Shows what was added to readers. The writing thread.
    void release() noexcept { released_before_.store(end_.sequence, std::memory_order_release); }
    /// Behind the last record. The writing thread.
    [[nodiscard]] const FeedPosition& end() const noexcept { return end_; }

    /// One more than the newest record that is released. Any thread, as the following ones.
    [[nodiscard]] std::uint64_t released_before() const noexcept
    {
        return released_before_.load(std::memory_order_acquire);
    }
    /// The oldest record for which `position_at` knows what is before it.
    [[nodiscard]] std::uint64_t oldest() const noexcept;
    /// The position before a record, which may be the next one to be released; nothing if it is not in the window.
    [[nodiscard]] std::optional<FeedPosition> position_at(std::uint64_t sequence) const;
    /// Released records from `first` on; nothing if that one is not in the window or not released.
    [[nodiscard]] std::optional<Batch> read(std::uint64_t first, const BatchLimits& limits) const;

private:
    /// Words of a record before its payload: its length, and the hash after it.
    static constexpr std::uint64_t header_words = 1 + Hash::size() / 8;

    void put(std::uint64_t offset, const Byte* source, std::size_t size) noexcept;
    void get(std::uint64_t offset, Byte* target, std::size_t size) const noexcept;
    std::atomic_ref<std::uint64_t> word(std::uint64_t offset) const noexcept
    {
        return std::atomic_ref{words_[offset & (capacity_ - 1)]};
    }
    std::atomic_ref<std::uint64_t> offset_of(std::uint64_t sequence) const noexcept
    {
        return std::atomic_ref{offsets_[sequence & (slots_ - 1)]};
    }
    /// That nothing of what was read from this record on was overwritten meanwhile.
    [[nodiscard]] bool is_whole(std::uint64_t sequence) const noexcept;
    /// Its length and the hash after it; nothing if it is not there any more.
    [[nodiscard]] std::optional<std::uint64_t> length_of(std::uint64_t sequence) const noexcept;

    FeedPosition begin_;
    /// In words. A power of two, as the next one.
    std::uint64_t capacity_;
    std::uint64_t slots_;
    /// Both are rings. They are written and read as atomic words: a reader may be in the middle of what is overwritten,
    /// and finds out afterwards.
    std::unique_ptr<std::uint64_t[]> words_;
    /// Where records begin, in words since ever.
    std::unique_ptr<std::uint64_t[]> offsets_;
    /// The writer's.
    FeedPosition end_;
    std::uint64_t end_offset_ = 0;
    ChainHasher hasher_;

    /// The oldest record that is there; raised before its place is written to.
    std::atomic<std::uint64_t> first_;
    std::atomic<std::uint64_t> released_before_;
};
}  // namespace jiffy::feed
