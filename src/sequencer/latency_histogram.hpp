// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace jiffy::sequencer
{
/// Counts values, in a unit of its owner's, in fixed memory (18 kB): 64 buckets for each power of two, so that a
/// quantile is at most 1/64 above the truth. One thread records; any thread may read at any time and sees each value
/// wholly or not yet, with no lock and no locked instruction on the recording side.
class LatencyHistogram
{
public:
    /// Values from 2^40 on are counted as the largest below; `maximum` and `sum` have them in full.
    static constexpr unsigned value_bits = 40;

    /// The one writer.
    void record(std::uint64_t value) noexcept
    {
        add(counts_[index_of(value)], 1);
        add(sum_, value);
        if (value > maximum_.load(std::memory_order_relaxed))
            maximum_.store(value, std::memory_order_relaxed);
    }

    /// Adds what `other` has counted. The caller is the one writer of this one.
    void merge(const LatencyHistogram& other) noexcept
    {
        for (std::size_t i = 0; i < bucket_count; ++i)
            if (const auto counted = other.counts_[i].load(std::memory_order_relaxed); counted != 0)
                add(counts_[i], counted);
        add(sum_, other.sum());
        maximum_.store(std::max(maximum(), other.maximum()), std::memory_order_relaxed);
    }

    /// Forgets everything. The caller is the one writer.
    void clear() noexcept
    {
        for (auto& counted : counts_)
            counted.store(0, std::memory_order_relaxed);
        sum_.store(0, std::memory_order_relaxed);
        maximum_.store(0, std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return counts_by_bound().back(); }
    [[nodiscard]] std::uint64_t sum() const noexcept { return sum_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t maximum() const noexcept { return maximum_.load(std::memory_order_relaxed); }

    /// 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, ... 2^value_bits: the powers of two, and three steps between them.
    static constexpr std::size_t bound_count = 4 * (value_bits - 1);
    static constexpr std::uint64_t bound(std::size_t index) noexcept
    {
        if (index < 4)
            return index + 1;
        return (5 + (index - 4) % 4) << (index - 4) / 4;
    }

    /// How many values are below each bound: exact, because a bound begins a bucket. The last one is the number of all
    /// values.
    [[nodiscard]] std::array<std::uint64_t, bound_count> counts_by_bound() const noexcept
    {
        std::array<std::uint64_t, bound_count> result{};
        std::uint64_t total = 0;
        std::size_t bucket = 0;
        for (std::size_t i = 0; i < bound_count; ++i)
        {
            for (const auto end = index_of(bound(i) - 1) + 1; bucket < end; ++bucket)
                total += counts_[bucket].load(std::memory_order_relaxed);
            result[i] = total;
        }
        return result;
    }

    /// The smallest value, rounded up to the end of its bucket, that at least this share of all values does not
    /// exceed; 0 if there are none. `share` is from 0 to 1.
    [[nodiscard]] std::uint64_t quantile(double share) const noexcept
    {
        const auto total = count();
        if (total == 0)
            return 0;
        const auto position = static_cast<std::uint64_t>(share * static_cast<double>(total));
        // The rank is rounded up, but a product that is whole but for its representation is not.
        const bool is_whole = share * static_cast<double>(total) - static_cast<double>(position) < 1e-6;
        const auto rank = std::clamp<std::uint64_t>(is_whole ? position : position + 1, 1, total);
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < bucket_count; ++i)
        {
            seen += counts_[i].load(std::memory_order_relaxed);
            if (seen >= rank)
                return std::min(last_value_of(i), maximum());
        }
        return maximum();
    }

private:
    static constexpr unsigned precision_bits = 6;
    static constexpr std::size_t buckets_of_power = std::size_t{1} << precision_bits;
    static constexpr std::size_t bucket_count = (value_bits - precision_bits + 1) * buckets_of_power;

    static constexpr std::size_t index_of(std::uint64_t value) noexcept
    {
        value = std::min(value, (std::uint64_t{1} << value_bits) - 1);
        if (value < buckets_of_power)
            return static_cast<std::size_t>(value);
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - precision_bits;
        return shift * buckets_of_power + static_cast<std::size_t>(value >> shift);
    }

    static constexpr std::uint64_t last_value_of(std::size_t index) noexcept
    {
        if (index < 2 * buckets_of_power)
            return index;
        const auto shift = index / buckets_of_power - 1;
        return ((index - shift * buckets_of_power + 1) << shift) - 1;
    }

    /// A load and a store, because nobody else writes.
    static void add(std::atomic<std::uint64_t>& target, std::uint64_t value) noexcept
    {
        target.store(target.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
    }

    std::array<std::atomic<std::uint64_t>, bucket_count> counts_{};
    std::atomic<std::uint64_t> sum_ = 0;
    std::atomic<std::uint64_t> maximum_ = 0;
};
}  // namespace jiffy::sequencer
