// SPDX-License-Identifier: Apache-2.0
#include "sequencer/hash_index.hpp"

#include "base/uint256.hpp"
#include "sequencer/append_only_vector.hpp"
#include "sequencer/queues.hpp"

#include <gtest/gtest.h>

namespace jiffy::sequencer
{
namespace
{
Hash key_of(std::uint64_t number)
{
    return to_hash(U256{number, number * 0x9e3779b97f4a7c15, 7, number});
}

TEST(HashIndex, finds_what_was_inserted_and_not_erased)
{
    HashIndex<std::shared_ptr<std::uint64_t>> index;
    constexpr std::uint64_t count = 20'000;
    for (std::uint64_t i = 0; i < count; ++i)
        index.insert(key_of(i), std::make_shared<std::uint64_t>(i));
    for (std::uint64_t i = 0; i < count; i += 2)
        index.erase(key_of(i));
    for (std::uint64_t i = 0; i < count; ++i)
    {
        const auto found = index.find(key_of(i));
        ASSERT_EQ(found.has_value(), i % 2 == 1);
        if (found)
            ASSERT_EQ(**found, i);
    }
    EXPECT_FALSE(index.find(key_of(count)).has_value());
}

TEST(HashIndex, readers_see_whole_values_while_the_writer_inserts_and_erases)
{
    HashIndex<std::shared_ptr<const std::uint64_t>> index;
    constexpr std::uint64_t count = 30'000;
    constexpr std::uint64_t window = 500;
    std::atomic<std::uint64_t> newest = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back(
            [&]
            {
                for (std::uint64_t last = 0; last < count;)
                {
                    last = newest.load(std::memory_order_acquire);
                    const std::uint64_t wanted = last > 100 ? last - 100 : last;
                    if (const auto found = index.find(key_of(wanted)))
                        EXPECT_EQ(**found, wanted);
                }
            });
    for (std::uint64_t i = 1; i <= count; ++i)
    {
        index.insert(key_of(i), std::make_shared<const std::uint64_t>(i));
        if (i > window)
            index.erase(key_of(i - window));
        newest.store(i, std::memory_order_release);
    }
    for (auto& reader : readers)
        reader.join();
}

TEST(AppendOnlyVector, readers_see_complete_elements)
{
    AppendOnlyVector<std::string> vector;
    constexpr std::size_t count = 20'000;
    std::thread reader{[&vector]
        {
            for (std::size_t seen = 0; seen < count; seen = vector.size())
                if (seen != 0)
                    EXPECT_EQ(vector[seen - 1], std::to_string(seen - 1));
        }};
    for (std::size_t i = 0; i < count; ++i)
        vector.push_back(std::to_string(i));
    reader.join();
    for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(vector[i], std::to_string(i));
}

TEST(MpscQueue, keeps_everything_in_order_of_each_producer)
{
    MpscQueue<std::uint64_t> queue{64};
    constexpr std::uint64_t count = 20'000;
    constexpr std::uint64_t producers = 3;
    std::vector<std::thread> threads;
    for (std::uint64_t producer = 0; producer < producers; ++producer)
        threads.emplace_back(
            [&queue, producer]
            {
                for (std::uint64_t i = 0; i < count; ++i)
                    for (std::uint64_t value = producer * count + i; !queue.try_push(value);)
                        std::this_thread::yield();
            });
    std::array<std::uint64_t, producers> next{};
    for (std::uint64_t received = 0; received < producers * count;)
    {
        const auto value = queue.try_pop();
        if (!value)
        {
            std::this_thread::yield();
            continue;
        }
        ASSERT_EQ(*value % count, next[*value / count]++);
        ++received;
    }
    for (auto& thread : threads)
        thread.join();
}

TEST(MpscQueue, refuses_when_full)
{
    MpscQueue<int> queue{4};
    int value = 1;
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(queue.try_push(value));
    EXPECT_FALSE(queue.try_push(value));
    EXPECT_TRUE(queue.try_pop().has_value());
    EXPECT_TRUE(queue.try_push(value));
}

}  // namespace
}  // namespace jiffy::sequencer
