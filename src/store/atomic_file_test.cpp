// SPDX-License-Identifier: Apache-2.0
#include "store/atomic_file.hpp"

#include "store/simulated_disk.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <set>

namespace jiffy::store
{
namespace
{
constexpr ChainIdentity chain{901, {{1, 2, 3}}};

StoreResult<void> write(Disk& disk, const Bytes& content)
{
    return write_atomic_file(disk, "d", "epoch", chain, content);
}

std::optional<Bytes> read(Disk& disk)
{
    auto content = read_atomic_file(disk, "d", "epoch", chain);
    EXPECT_TRUE(content) << content.error().text;
    return content ? *std::move(content) : std::nullopt;
}

TEST(AtomicFile, is_read_as_it_was_written_last)
{
    SimulatedDisk disk;
    EXPECT_EQ(read(disk), std::nullopt);
    for (const auto& content : {Bytes{}, Bytes{1}, Bytes(5000, 7), Bytes{2, 3}})
    {
        ASSERT_TRUE(write(disk, content));
        EXPECT_EQ(read(disk), content);
        EXPECT_EQ(read(*disk.crash(0)), content);
    }
    EXPECT_EQ(write(disk, Bytes(longest_atomic_content + 1)).error().kind, ErrorKind::too_large);
}

TEST(AtomicFile, a_crash_at_any_step_leaves_the_old_content_or_the_new)
{
    const Bytes old_content(2000, 1);
    const Bytes new_content(3000, 2);
    std::set<std::optional<Bytes>> found;
    std::uint64_t last = 0;
    for (std::uint64_t step = 0; last == 0; ++step)
        for (std::uint64_t seed = 0; seed < 50; ++seed)
        {
            SimulatedDisk disk{seed};
            ASSERT_TRUE(write(disk, old_content));
            disk.stop_at_operation(disk.operations() + step);
            const bool is_written = write(disk, new_content).has_value();
            const auto after = disk.crash(seed);
            const auto content = read(*after);
            found.insert(content);
            if (is_written)
            {
                EXPECT_EQ(content, new_content);
                last = step;
            }
            // It works again, whatever the crash has left.
            ASSERT_TRUE(write(*after, {3}));
            EXPECT_EQ(read(*after->crash(seed)), Bytes{3});
        }
    EXPECT_EQ(found, (std::set<std::optional<Bytes>>{old_content, new_content}));
    EXPECT_EQ(last, 6U) << "operations of one replacement";
}

TEST(AtomicFile, no_success_is_reported_for_what_is_not_durable)
{
    for (const int code : {ENOSPC, EIO, EROFS})
        for (std::uint64_t step = 0; step < 6; ++step)
            for (std::uint64_t seed = 0; seed < 20; ++seed)
            {
                SimulatedDisk disk{seed};
                ASSERT_TRUE(write(disk, {1}));
                disk.fail_operation(disk.operations() + step, code);
                EXPECT_EQ(write(disk, {2}).error().code, code);
                // Once more, by the next process, over what the failure has left in memory.
                const auto next = disk.restart(seed);
                ASSERT_TRUE(write(*next, {3}));
                EXPECT_EQ(read(*next->crash(seed)), Bytes{3});
                EXPECT_NE(read(*disk.crash(seed)), std::nullopt);
            }
}

TEST(AtomicFile, every_damaged_bit_is_noticed)
{
    SimulatedDisk disk;
    ASSERT_TRUE(write(disk, {1, 2, 3}));
    const auto bits = disk.open("d/epoch").value()->size().value() * 8;
    for (std::uint64_t bit = 0; bit < bits; ++bit)
    {
        disk.flip_bit("d/epoch", bit);
        EXPECT_FALSE(read_atomic_file(disk, "d", "epoch", chain));
        disk.flip_bit("d/epoch", bit);
    }
    ASSERT_TRUE(disk.open("d/epoch").value()->resize(70));
    EXPECT_EQ(read_atomic_file(disk, "d", "epoch", chain).error().kind, ErrorKind::damaged);
}

TEST(AtomicFile, that_of_another_chain_genesis_or_version_is_refused_with_advice)
{
    SimulatedDisk disk;
    ASSERT_TRUE(write(disk, {1}));
    auto other = chain;
    other.chain_id = 10;
    auto error = read_atomic_file(disk, "d", "epoch", other).error();
    EXPECT_EQ(error.text, "d/epoch: written for chain 901, this is chain 10: use another data directory");
    other = chain;
    other.genesis = Hash{{4}};
    EXPECT_EQ(read_atomic_file(disk, "d", "epoch", other).error().kind, ErrorKind::foreign);
    disk.flip_bit("d/epoch", 8 * 8 + 1);
    error = read_atomic_file(disk, "d", "epoch", chain).error();
    EXPECT_EQ(error.kind, ErrorKind::foreign);
    EXPECT_TRUE(error.text.starts_with("d/epoch: written in version 3 ")) << error.text;
}
}  // namespace
}  // namespace jiffy::store
