// SPDX-License-Identifier: Apache-2.0
#include "feed/record_window.hpp"

#include <gtest/gtest.h>
#include <random>
#include <rapidcheck/gtest.h>
#include <thread>

namespace jiffy::feed
{
namespace
{
constexpr FeedPosition beginning{1, Hash{{0x11}}};

/// A record that tells its number in every word.
Bytes record_of(std::uint64_t sequence)
{
    Bytes record(1 + sequence * 37 % 200);
    for (std::size_t i = 0; i < record.size(); ++i)
        record[i] = static_cast<Byte>(sequence >> (i % 4 * 8));
    return record;
}

RC_GTEST_PROP(RecordWindowProperty, has_the_newest_records_and_what_is_before_them, ())
{
    const auto begin = FeedPosition{*rc::gen::inRange<std::uint64_t>(1, 100), Hash{{0x22}}};
    RecordWindow window{begin, *rc::gen::inRange<std::size_t>(0, 5000)};
    ChainHasher hasher;
    std::vector<FeedPosition> positions{begin};
    std::vector<Bytes> records;
    std::uint64_t released = 0;
    for (auto steps = *rc::gen::inRange(0, 100); steps != 0; --steps)
    {
        records.push_back(Bytes(*rc::gen::inRange<std::size_t>(1, *rc::gen::element<std::size_t>(10, 200, 3000)),
            *rc::gen::arbitrary<Byte>()));
        window.append(records.back());
        auto position = positions.back();
        hasher.step(position, records.back());
        positions.push_back(position);
        RC_ASSERT(window.end() == position);
        if (*rc::gen::inRange(0, 3) == 0)
        {
            window.release();
            released = records.size();
        }
        RC_ASSERT(window.released_before() == begin.sequence + released);
    }
    const BatchLimits limits{*rc::gen::inRange<std::size_t>(1, 1000), *rc::gen::inRange<std::uint32_t>(1, 10)};
    bool is_retained = false;
    for (std::size_t i = 0; i < released; ++i)
    {
        const auto sequence = begin.sequence + i;
        if (sequence >= window.oldest())
            RC_ASSERT(window.position_at(sequence) == std::optional{positions[i]});
        const auto batch = window.read(sequence, limits);
        // Once one is there, all later ones are.
        RC_ASSERT(batch.has_value() || (!is_retained && sequence < window.oldest()));
        if (!batch)
            continue;
        is_retained = true;
        const auto found = unpack(batch->body);
        RC_ASSERT(found);
        RC_ASSERT(found->size() == batch->count);
        RC_ASSERT(batch->count <= limits.records);
        RC_ASSERT(batch->first == sequence);
        RC_ASSERT(i + batch->count <= released);
        RC_ASSERT(batch->after == positions[i + batch->count]);
        for (std::size_t j = 0; j < found->size(); ++j)
            RC_ASSERT(equal((*found)[j], records[i + j]));
    }
    RC_ASSERT(!window.read(begin.sequence + released, limits));
    RC_ASSERT(!window.position_at(begin.sequence + released + 1));
}

TEST(RecordWindow, keeps_what_fits_and_drops_the_oldest)
{
    RecordWindow window{beginning, 1024};
    for (int i = 0; i < 10; ++i)
        window.append(Bytes(160, 1));
    EXPECT_FALSE(window.read(10, {})) << "nothing is released";
    window.release();
    EXPECT_TRUE(window.read(10, {}));
    EXPECT_FALSE(window.read(1, {}));
    EXPECT_EQ(window.oldest(), 7U)
        << "200 bytes each with its header: five are there, and the first tells what is before";
    EXPECT_EQ(window.position_at(11), std::optional{window.end()});
}

TEST(RecordWindow, a_record_that_is_longer_goes_by)
{
    RecordWindow window{beginning, 1024};
    window.append(Bytes(8, 1));
    window.append(Bytes(2000, 1));
    window.release();
    EXPECT_FALSE(window.read(1, {}));
    EXPECT_FALSE(window.read(2, {}));
    window.append(Bytes(8, 3));
    window.release();
    const auto batch = window.read(3, {});
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->after, window.end());
}

TEST(RecordWindow, readers_get_whole_records_while_they_are_overwritten)
{
    constexpr std::uint64_t end = 60'000;
    RecordWindow window{beginning, 16 << 10};
    std::atomic<std::uint64_t> taken = 0;
    const auto follow = [&](std::uint32_t seed)
    {
        std::minstd_rand random{seed};
        ChainHasher hasher;
        std::optional<FeedPosition> position = beginning;
        while (window.released_before() != end || position->sequence != end)
        {
            const auto batch = window.read(position->sequence, {1 + random() % 4000, most_records});
            if (!batch)
            {
                if (position->sequence < window.oldest())
                    for (position.reset(); !position;)
                        position = window.position_at(std::min(window.oldest(), window.released_before()));
                continue;
            }
            const auto records = unpack(batch->body);
            ASSERT_TRUE(records);
            for (const auto record : *records)
            {
                ASSERT_TRUE(equal(record, record_of(position->sequence)));
                hasher.step(*position, record);
            }
            ASSERT_EQ(*position, batch->after);
            taken += records->size();
        }
    };
    std::thread first{[&] { follow(1); }};
    std::thread second{[&] { follow(2); }};
    for (std::uint64_t sequence = 1; sequence < end; ++sequence)
    {
        window.append(record_of(sequence));
        if (sequence % 3 == 0)
            window.release();
        if (sequence % 512 == 0)
            std::this_thread::yield();
    }
    window.release();
    first.join();
    second.join();
    EXPECT_GT(taken, 0U);
}
}  // namespace
}  // namespace jiffy::feed
