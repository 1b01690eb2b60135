// SPDX-License-Identifier: Apache-2.0
#include "sequencer/latency_histogram.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <rapidcheck/gtest.h>
#include <thread>
#include <vector>

namespace jiffy::sequencer
{
namespace
{
TEST(LatencyHistogram, is_empty_at_first)
{
    const LatencyHistogram histogram;
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.quantile(0.5), 0U);
    EXPECT_EQ(histogram.maximum(), 0U);
}

TEST(LatencyHistogram, is_exact_for_small_values)
{
    LatencyHistogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value)
        histogram.record(value);
    EXPECT_EQ(histogram.count(), 100U);
    EXPECT_EQ(histogram.sum(), 5050U);
    EXPECT_EQ(histogram.quantile(0), 1U);
    EXPECT_EQ(histogram.quantile(0.5), 50U);
    EXPECT_EQ(histogram.quantile(0.99), 99U);
    EXPECT_EQ(histogram.quantile(0.999), 100U);
    EXPECT_EQ(histogram.quantile(1), 100U);
}

RC_GTEST_PROP(LatencyHistogram, quantiles_are_at_most_a_64th_too_high, ())
{
    const auto histogram = std::make_unique<LatencyHistogram>();
    auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(
        rc::gen::mapcat(rc::gen::inRange(1U, LatencyHistogram::value_bits),
            [](unsigned bits) { return rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << bits); })));
    for (const auto value : values)
        histogram->record(value);
    std::ranges::sort(values);
    RC_ASSERT(histogram->count() == values.size());
    RC_ASSERT(histogram->maximum() == values.back());
    for (const auto percent : {0U, 10U, 50U, 90U, 99U, 100U})
    {
        const auto rank = std::max<std::size_t>(1, (values.size() * percent + 99) / 100);
        const auto truth = values[rank - 1];
        const auto told = histogram->quantile(percent / 100.0);
        RC_ASSERT(told >= truth);
        RC_ASSERT(told - truth <= truth / 64);
    }
    const auto index = *rc::gen::inRange<std::size_t>(0, LatencyHistogram::bound_count);
    const auto below = std::ranges::lower_bound(values, LatencyHistogram::bound(index)) - values.begin();
    RC_ASSERT(histogram->counts_by_bound()[index] == static_cast<std::uint64_t>(below));
}

TEST(LatencyHistogram, has_bounds_at_powers_of_two_and_at_quarters_between)
{
    constexpr std::uint64_t first[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20};
    for (std::size_t i = 0; i < std::size(first); ++i)
        EXPECT_EQ(LatencyHistogram::bound(i), first[i]);
    EXPECT_EQ(
        LatencyHistogram::bound(LatencyHistogram::bound_count - 1), std::uint64_t{1} << LatencyHistogram::value_bits);
}

TEST(LatencyHistogram, counts_what_is_beyond_its_range)
{
    LatencyHistogram histogram;
    histogram.record(~std::uint64_t{0} / 2);
    histogram.record(std::uint64_t{1} << LatencyHistogram::value_bits);
    EXPECT_EQ(histogram.count(), 2U);
    EXPECT_EQ(histogram.maximum(), ~std::uint64_t{0} / 2);
    EXPECT_EQ(histogram.quantile(1), (std::uint64_t{1} << LatencyHistogram::value_bits) - 1);
}

TEST(LatencyHistogram, merges_and_clears)
{
    LatencyHistogram one;
    LatencyHistogram other;
    for (std::uint64_t value = 0; value < 1000; ++value)
        (value % 2 == 0 ? one : other).record(value);
    one.merge(other);
    EXPECT_EQ(one.count(), 1000U);
    EXPECT_EQ(one.sum(), 499'500U);
    EXPECT_EQ(one.maximum(), 999U);
    EXPECT_EQ(other.count(), 500U);
    one.clear();
    EXPECT_EQ(one.count(), 0U);
    EXPECT_EQ(one.sum(), 0U);
    EXPECT_EQ(one.maximum(), 0U);
}

TEST(LatencyHistogram, is_read_while_it_is_written)
{
    LatencyHistogram histogram;
    constexpr std::uint64_t recorded = 200'000;
    std::jthread writer{[&histogram]
        {
            for (std::uint64_t i = 0; i < recorded; ++i)
                histogram.record(i % 1000);
        }};
    std::uint64_t seen = 0;
    while (seen < recorded)
    {
        const auto now = histogram.count();
        ASSERT_GE(now, seen);
        ASSERT_LE(histogram.quantile(0.99), 1023U);
        seen = now;
    }
    EXPECT_EQ(seen, recorded);
}
}  // namespace
}  // namespace jiffy::sequencer
