// SPDX-License-Identifier: Apache-2.0
#include "store/block_segments.hpp"

#include "crypto/keccak.hpp"
#include "store/simulated_disk.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::store
{
namespace
{
constexpr ChainIdentity chain{7, Hash{{1, 2, 3}}};

Hash hash_of(std::uint64_t number, std::uint64_t version = 0)
{
    const Byte text[] = {static_cast<Byte>(number), static_cast<Byte>(number >> 8), static_cast<Byte>(version)};
    return crypto::keccak256(text);
}

/// Something that cannot be compressed and is of another length for each.
Bytes block_of(std::uint64_t number, std::uint64_t version = 0)
{
    Bytes bytes;
    for (std::uint64_t i = 0; i <= number % 40; ++i)
        append(bytes, hash_of(number + i, version + 1).view());
    return bytes;
}

std::unique_ptr<BlockSegments> open(Disk& disk, std::uint64_t file_size = 4096)
{
    auto opened = BlockSegments::open(disk, "d", chain, {.file_size = file_size});
    if (!opened)
        throw std::runtime_error{opened.error().text};
    return std::move(*opened);
}

void add(BlockSegments& segments, std::uint64_t number)
{
    ASSERT_TRUE(segments.append(number, hash_of(number), block_of(number)));
}

void expect_blocks(const BlockSegments& segments, std::uint64_t first, std::uint64_t next, std::uint64_t version = 0)
{
    EXPECT_EQ(segments.first_number(), first);
    EXPECT_EQ(segments.next_number(), next);
    auto number = first;
    const auto scanned = segments.scan(first, BlockSegments::Wanted::blocks,
        [&](const BlockSegments::Read& read)
        {
            EXPECT_EQ(read.head.number, number);
            EXPECT_EQ(read.head.hash, hash_of(number, version));
            EXPECT_EQ(read.block, block_of(number, version));
            ++number;
            return true;
        });
    EXPECT_TRUE(scanned) << scanned.error().text;
    EXPECT_EQ(number, next);
}

TEST(BlockSegments, gives_back_what_was_appended_in_several_files)
{
    SimulatedDisk disk;
    const auto segments = open(disk);
    std::vector<BlockPlace> places;
    for (std::uint64_t number = 5; number < 60; ++number)
        places.push_back(segments->append(number, hash_of(number), block_of(number)).value());
    EXPECT_GT(segments->file_count(), 5U);
    expect_blocks(*segments, 5, 60);
    for (std::uint64_t number = 5; number < 60; ++number)
    {
        EXPECT_EQ(segments->locate(number).value(), places[number - 5]);
        EXPECT_EQ(segments->read(places[number - 5])->block, block_of(number));
    }
    EXPECT_FALSE(segments->locate(4));
    EXPECT_FALSE(segments->locate(60));
    for (const auto& name : disk.list("d").value())
        EXPECT_LE(disk.open("d/" + name).value()->size().value(), 4096U);
}

TEST(BlockSegments, refuses_a_gap_and_goes_on_after_reopening)
{
    SimulatedDisk disk;
    {
        const auto segments = open(disk);
        add(*segments, 0);
        EXPECT_FALSE(segments->append(2, hash_of(2), block_of(2)));
        EXPECT_FALSE(segments->append(0, hash_of(0), block_of(0)));
        add(*segments, 1);
    }
    const auto segments = open(disk);
    add(*segments, 2);
    expect_blocks(*segments, 0, 3);
}

TEST(BlockSegments, a_block_longer_than_a_file_has_one_for_itself)
{
    SimulatedDisk disk;
    const auto segments = open(disk, 512);
    add(*segments, 39);
    add(*segments, 40);
    add(*segments, 41);
    expect_blocks(*segments, 39, 42);
    EXPECT_EQ(segments->file_count(), 2U);
}

TEST(BlockSegments, cuts_blocks_off_durably_and_goes_on_with_others)
{
    for (std::uint64_t last = 3; last < 40; ++last)
    {
        SimulatedDisk disk;
        const auto segments = open(disk);
        for (std::uint64_t number = 3; number < 40; ++number)
            add(*segments, number);
        ASSERT_TRUE(segments->sync());
        ASSERT_TRUE(segments->cut_behind(last));
        expect_blocks(*segments, 3, last + 1);
        expect_blocks(*open(*disk.crash(last)), 3, last + 1);
        ASSERT_TRUE(segments->append(last + 1, hash_of(last + 1, 1), block_of(last + 1, 1)));
        EXPECT_EQ(segments->read(segments->locate(last + 1).value())->block, block_of(last + 1, 1));
    }
}

TEST(BlockSegments, refuses_another_chain_and_another_version)
{
    SimulatedDisk disk;
    add(*open(disk), 0);
    const auto other = BlockSegments::open(disk, "d", {8, chain.genesis});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, ErrorKind::foreign);
    EXPECT_FALSE(BlockSegments::open(disk, "d", {chain.chain_id, Hash{}}));
    disk.flip_bit("d/" + disk.list("d")->front(), 8 * 8 + 1);
    const auto newer = BlockSegments::open(disk, "d", chain);
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().kind, ErrorKind::foreign);
}

TEST(BlockSegments, damage_is_refused_or_told_wherever_it_is_in_what_was_known_to_be_on_disk)
{
    SimulatedDisk disk;
    {
        const auto segments = open(disk, 2000);
        for (std::uint64_t number = 0; number < 6; ++number)
            add(*segments, number);
        ASSERT_TRUE(segments->sync());
        add(*segments, 6);
        disk.settle();
    }
    for (const auto& name : disk.list("d").value())
    {
        const auto size = disk.open("d/" + name).value()->size().value();
        const bool is_last = name == disk.list("d")->back();
        for (std::uint64_t byte = 0; byte < size; byte += 3)
        {
            const auto damaged = disk.restart(byte);
            damaged->flip_bit("d/" + name, byte * 8 + byte % 8);
            const auto segments = BlockSegments::open(*damaged, "d", chain, {.file_size = 2000});
            if (!segments)
                continue;
            const auto scanned =
                (*segments)->scan(0, BlockSegments::Wanted::blocks, [](const BlockSegments::Read&) { return true; });
            // Block 6 was never said to be on disk.
            EXPECT_TRUE(!scanned || (is_last && (*segments)->next_number() == 6)) << name << " " << byte;
        }
    }
}

TEST(BlockSegments, nothing_is_appended_after_a_write_or_a_sync_that_failed)
{
    for (std::uint64_t failing = 0; failing < 40; ++failing)
    {
        SimulatedDisk disk{failing};
        const auto segments = open(disk, 1500);
        disk.fail_operation(disk.operations() + failing, EIO);
        std::uint64_t number = 0;
        while (number < 30 && segments->append(number, hash_of(number), block_of(number)) && segments->sync())
            ++number;
        ASSERT_LT(number, 30U);
        EXPECT_FALSE(segments->append(segments->next_number(), hash_of(1), block_of(1)));
        EXPECT_FALSE(segments->sync());
        EXPECT_LE(segments->durable_before(), number);
    }
}

RC_GTEST_PROP(BlockSegmentsProperty, after_a_crash_anywhere_there_is_a_prefix_with_all_that_was_synced, ())
{
    auto disk = std::make_unique<SimulatedDisk>(*rc::gen::arbitrary<std::uint64_t>());
    const auto any = [](std::uint64_t bound) { return *rc::gen::inRange<std::uint64_t>(0, bound); };
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
    for (std::uint64_t life = 0; life < 4; ++life)
    {
        disk->stop_at_operation(disk->operations() + any(90));
        if (auto opened = BlockSegments::open(*disk, "d", chain, {.file_size = 1500}))
        {
            auto& segments = **opened;
            RC_ASSERT(segments.next_number() >= synced && segments.next_number() <= written);
            auto number = segments.first_number();
            auto scanned = segments.scan(number, BlockSegments::Wanted::blocks,
                [&](const BlockSegments::Read& read)
                {
                    RC_ASSERT(read.block == block_of(number));
                    ++number;
                    return true;
                });
            if (scanned)
                RC_ASSERT(number == segments.next_number());
            synced = segments.next_number();
            for (auto next = synced; next < 60; ++next)
            {
                written = std::max(written, next + 1);
                if (!segments.append(next, hash_of(next), block_of(next)))
                    break;
                if (any(4) == 0 && !segments.sync())
                    break;
                synced = std::max(synced, segments.durable_before());
            }
        }
        disk = any(3) == 0 ? disk->restart(any(1000)) : disk->crash(any(1000));
    }
    const auto segments = BlockSegments::open(*disk, "d", chain, {.file_size = 1500});
    if (!segments)
        RC_FAIL(segments.error().text);
    RC_ASSERT((*segments)->next_number() >= synced);
    for (auto next = (*segments)->next_number(); next < 60; ++next)
        RC_ASSERT((*segments)->append(next, hash_of(next), block_of(next)));
    expect_blocks(**segments, 0, 60);
}
}  // namespace
}  // namespace jiffy::store
