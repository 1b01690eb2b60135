// SPDX-License-Identifier: Apache-2.0
#include "feed/record_window.hpp"

#include <algorithm>
#include <bit>

namespace jiffy::feed
{
namespace
{
constexpr std::uint64_t words_of(std::uint64_t bytes) noexcept
{
    return (bytes + 7) / 8;
}

/// Bytes of the window for each record that its index has room for: few are shorter than that.
constexpr std::size_t bytes_per_slot = 64;
constexpr std::size_t smallest_capacity = 128;
}  // namespace

RecordWindow::RecordWindow(const FeedPosition& begin, std::size_t capacity)
  : begin_{begin}
  , capacity_{std::bit_floor(std::max(capacity, smallest_capacity)) / 8}
  , slots_{std::bit_floor(std::max(capacity, smallest_capacity)) / bytes_per_slot}
  , words_{std::make_unique_for_overwrite<std::uint64_t[]>(capacity_)}
  , offsets_{std::make_unique_for_overwrite<std::uint64_t[]>(slots_)}
  , end_{begin}
  , first_{begin.sequence}
  , released_before_{begin.sequence}
{
}

void RecordWindow::put(std::uint64_t offset, const Byte* source, std::size_t size) noexcept
{
    for (std::size_t done = 0; done < size; done += 8, ++offset)
    {
        std::uint64_t value = 0;
        std::memcpy(&value, source + done, std::min<std::size_t>(8, size - done));
        word(offset).store(value, std::memory_order_relaxed);
    }
}

void RecordWindow::get(std::uint64_t offset, Byte* target, std::size_t size) const noexcept
{
    for (std::size_t done = 0; done < size; done += 8, ++offset)
    {
        const auto value = word(offset).load(std::memory_order_relaxed);
        std::memcpy(target + done, &value, std::min<std::size_t>(8, size - done));
    }
}

void RecordWindow::append(BytesView payload)
{
    const auto sequence = end_.sequence;
    hasher_.step(end_, payload);
    const auto size = header_words + words_of(payload.size());
    auto first = first_.load(std::memory_order_relaxed);
    const auto has_room = [&]
    {
        const auto begin = first == sequence ? end_offset_ : offset_of(first).load(std::memory_order_relaxed);
        return end_offset_ + size - begin <= capacity_ && sequence - first < slots_;
    };
    while (first != sequence && !has_room())
        ++first;
    const bool fits = size <= capacity_;
    first_.store(fits ? first : sequence + 1, std::memory_order_relaxed);
    if (!fits)
        return;
    // A reader that sees any of what follows sees, too, that the records in its place are gone.
    std::atomic_thread_fence(std::memory_order_release);
    offset_of(sequence).store(end_offset_, std::memory_order_relaxed);
    word(end_offset_).store(payload.size(), std::memory_order_relaxed);
    put(end_offset_ + 1, end_.hash.data(), Hash::size());
    put(end_offset_ + header_words, payload.data(), payload.size());
    end_offset_ += size;
}

bool RecordWindow::is_whole(std::uint64_t sequence) const noexcept
{
    std::atomic_thread_fence(std::memory_order_acquire);
    return first_.load(std::memory_order_relaxed) <= sequence;
}

std::optional<std::uint64_t> RecordWindow::length_of(std::uint64_t sequence) const noexcept
{
    if (sequence >= released_before() || first_.load(std::memory_order_relaxed) > sequence)
        return std::nullopt;
    const auto length = word(offset_of(sequence).load(std::memory_order_relaxed)).load(std::memory_order_relaxed);
    return is_whole(sequence) ? std::optional{length} : std::nullopt;
}

std::uint64_t RecordWindow::oldest() const noexcept
{
    const auto first = first_.load(std::memory_order_acquire);
    return first == begin_.sequence ? first : first + 1;
}

std::optional<FeedPosition> RecordWindow::position_at(std::uint64_t sequence) const
{
    if (sequence == begin_.sequence && oldest() == sequence)
        return begin_;
    FeedPosition position{sequence, {}};
    if (sequence == 0 || !length_of(sequence - 1))
        return std::nullopt;
    get(offset_of(sequence - 1).load(std::memory_order_relaxed) + 1, position.hash.data(), Hash::size());
    return is_whole(sequence - 1) ? std::optional{position} : std::nullopt;
}

std::optional<Batch> RecordWindow::read(std::uint64_t first, const BatchLimits& limits) const
{
    Batch batch;
    batch.first = first;
    Bytes record;
    for (auto sequence = first; batch.count < limits.records; ++sequence)
    {
        const auto length = length_of(sequence);
        if (!length || (batch.count != 0 && batch.body.size() + *length > limits.bytes))
            break;
        const auto offset = offset_of(sequence).load(std::memory_order_relaxed);
        FeedPosition after{sequence + 1, {}};
        record.resize(*length);
        get(offset + 1, after.hash.data(), Hash::size());
        get(offset + header_words, record.data(), record.size());
        if (!is_whole(sequence))
            break;
        pack(record, batch.body);
        batch.after = after;
        ++batch.count;
    }
    return batch.count != 0 ? std::optional{std::move(batch)} : std::nullopt;
}
}  // namespace jiffy::feed
