// SPDX-License-Identifier: Apache-2.0
#include "store/block_index.hpp"

#include "crypto/keccak.hpp"
#include "store/posix_disk.hpp"
#include "store/temporary_directory_test.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace jiffy::store
{
namespace
{
constexpr ChainIdentity chain{7, Hash{{1, 2, 3}}};
constexpr std::uint64_t mini_blocks_per_block = 3;

Hash name(std::string_view kind, std::uint64_t number, std::uint64_t index = 0)
{
    const auto text = std::string{kind} + std::to_string(number) + "/" + std::to_string(index);
    return crypto::keccak256({reinterpret_cast<const Byte*>(text.data()), text.size()});
}

struct BlockIndexTest : testing::Test
{
    std::unique_ptr<BlockSegments> open_segments()
    {
        return BlockSegments::open(disk, directory.path(), chain, {.file_size = 1000}).value();
    }
    std::unique_ptr<BlockIndex> open_index(const BlockSegments& segments)
    {
        return BlockIndex::open(index_path, chain, segments).value();
    }

    static BlockNames names_of(std::uint64_t number, const BlockPlace& place)
    {
        BlockNames names{number, name("block", number), place, {}, number * mini_blocks_per_block, {}};
        for (std::uint64_t i = 0; i < number % 4; ++i)
            names.transactions.push_back(name("transaction", number, i));
        for (std::uint64_t i = 0; i < mini_blocks_per_block; ++i)
            names.mini_blocks.push_back(name("mini", number, i));
        return names;
    }

    static void add(BlockSegments& segments, BlockIndex& index, std::uint64_t number)
    {
        const auto place = segments.append(number, name("block", number), Bytes(100, Byte{1})).value();
        ASSERT_TRUE(index.add(names_of(number, place)));
    }

    static void expect_found(const BlockSegments& segments, const BlockIndex& index, std::uint64_t number)
    {
        EXPECT_EQ(index.block(number).value()->place, segments.locate(number).value());
        EXPECT_EQ(index.block(number).value()->hash, name("block", number));
        EXPECT_EQ(index.block(name("block", number)).value()->number, number);
        for (std::uint32_t i = 0; i < number % 4; ++i)
        {
            const auto found = index.transaction(name("transaction", number, i)).value();
            EXPECT_EQ(found->number, number);
            EXPECT_EQ(found->index, i);
        }
        for (std::uint32_t i = 0; i < mini_blocks_per_block; ++i)
        {
            EXPECT_EQ(index.mini_block(name("mini", number, i)).value()->number, number);
            EXPECT_EQ(index.mini_block(name("mini", number, i)).value()->index, i);
            EXPECT_EQ(index.block_of_mini_block(number * mini_blocks_per_block + i).value(), number);
        }
    }

    TemporaryDirectory directory;
    std::string index_path = directory.path() + "/index";
    PosixDisk disk;
};

TEST_F(BlockIndexTest, finds_every_name_also_when_it_is_opened_again)
{
    const auto segments = open_segments();
    {
        const auto index = open_index(*segments);
        for (std::uint64_t number = 0; number < 20; ++number)
            add(*segments, *index, number);
        for (std::uint64_t number = 0; number < 20; ++number)
            expect_found(*segments, *index, number);
    }
    const auto index = open_index(*segments);
    EXPECT_EQ(index->next_number(), 20U);
    for (std::uint64_t number = 0; number < 20; ++number)
        expect_found(*segments, *index, number);
    EXPECT_FALSE(index->block(20).value());
    EXPECT_FALSE(index->block(name("block", 20)).value());
    EXPECT_FALSE(index->transaction(name("block", 1)).value());
    EXPECT_TRUE(index->may_know(name("transaction", 7)));
    EXPECT_TRUE(index->may_know(name("block", 7)));
    EXPECT_TRUE(index->may_know(name("mini", 7)));
}

TEST_F(BlockIndexTest, an_index_ahead_of_the_segments_is_cut)
{
    const auto segments = open_segments();
    {
        const auto index = open_index(*segments);
        for (std::uint64_t number = 0; number < 20; ++number)
            add(*segments, *index, number);
    }
    ASSERT_TRUE(segments->cut_behind(11));
    const auto index = open_index(*segments);
    EXPECT_EQ(index->next_number(), 12U);
    EXPECT_FALSE(index->block(12).value());
    EXPECT_EQ(index->block_of_mini_block(15 * mini_blocks_per_block).value(), 11U);
    add(*segments, *index, 12);
    for (std::uint64_t number = 0; number < 13; ++number)
        expect_found(*segments, *index, number);
}

TEST_F(BlockIndexTest, an_index_that_does_not_agree_with_the_segments_is_thrown_away)
{
    const auto segments = open_segments();
    {
        const auto index = open_index(*segments);
        for (std::uint64_t number = 0; number < 8; ++number)
            add(*segments, *index, number);
    }
    ASSERT_TRUE(segments->cut_behind(6));
    ASSERT_TRUE(segments->append(7, name("another block", 7), Bytes(100, Byte{1})));
    EXPECT_EQ(open_index(*segments)->next_number(), 0U);
    EXPECT_EQ(BlockIndex::open(index_path, {chain.chain_id + 1, chain.genesis}, *segments).value()->next_number(), 0U);
}

TEST_F(BlockIndexTest, a_damaged_index_is_thrown_away)
{
    const auto segments = open_segments();
    {
        const auto index = open_index(*segments);
        for (std::uint64_t number = 0; number < 8; ++number)
            add(*segments, *index, number);
    }
    std::ofstream{index_path + "/CURRENT", std::ios::trunc} << "nonsense\n";
    EXPECT_EQ(open_index(*segments)->next_number(), 0U);
}
}  // namespace
}  // namespace jiffy::store
