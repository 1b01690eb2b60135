// SPDX-License-Identifier: Apache-2.0
#include "replica/checkpoint.hpp"

#include "rlp/rlp.hpp"

#include <gtest/gtest.h>

namespace jiffy::replica
{
namespace
{
Checkpoint some_checkpoint()
{
    return {.log_sequence = 70'000,
        .epoch = {{.chain_id = 5, .epoch = 3, .durability = types::Durability::disk}, Address{{7}}, 1'234},
        .feed = feed::FeedPosition{70'000, Hash{{1, 2}}},
        .position = {.prefix = Hash{{3}}, .mini_block = 100, .mini_block_parent = Hash{{4}}},
        .ancestors = {Hash{{5}}, Hash{{6}}},
        .block = {1, 2, 3}};
}

void expect_same(const Checkpoint& one, const Checkpoint& other)
{
    EXPECT_EQ(one.log_sequence, other.log_sequence);
    EXPECT_EQ(one.epoch, other.epoch);
    EXPECT_EQ(one.feed, other.feed);
    EXPECT_EQ(one.position, other.position);
    EXPECT_EQ(one.ancestors, other.ancestors);
    EXPECT_EQ(one.block, other.block);
}

TEST(Checkpoint, comes_back_as_it_was)
{
    auto checkpoint = some_checkpoint();
    const auto with_feed = decode_checkpoint(encode(checkpoint));
    ASSERT_TRUE(with_feed);
    expect_same(*with_feed, checkpoint);
    checkpoint.feed.reset();
    const auto without = decode_checkpoint(encode(checkpoint));
    ASSERT_TRUE(without);
    expect_same(*without, checkpoint);
}

TEST(Checkpoint, of_the_version_without_a_place_in_the_feed_is_read)
{
    auto checkpoint = some_checkpoint();
    rlp::Writer writer;
    const auto list = writer.open_list();
    for (const std::uint64_t value : {1UL, checkpoint.log_sequence, 0UL, 5UL, 3UL, 1UL})
        writer.integer(value);
    writer.fixed(checkpoint.epoch.signer);
    writer.integer(checkpoint.epoch.time);
    writer.fixed(checkpoint.position.prefix);
    writer.integer(checkpoint.position.mini_block);
    writer.fixed(checkpoint.position.mini_block_parent);
    writer.integer(checkpoint.position.mini_block_start);
    writer.integer(checkpoint.position.fragment_time);
    Bytes ancestors;
    for (const auto& hash : checkpoint.ancestors)
        append(ancestors, hash.view());
    writer.bytes(ancestors);
    writer.bytes(checkpoint.block);
    writer.close_list(list);
    const auto read = decode_checkpoint(std::move(writer).result());
    ASSERT_TRUE(read);
    checkpoint.feed.reset();
    expect_same(*read, checkpoint);
}

TEST(Checkpoint, of_another_version_or_cut_short_is_refused)
{
    rlp::Writer writer;
    const auto list = writer.open_list();
    writer.integer(std::uint64_t{3});
    writer.close_list(list);
    const auto other = decode_checkpoint(std::move(writer).result());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error(), types::FrameError::unknown_version);
    const auto whole = encode(some_checkpoint());
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decode_checkpoint(BytesView{whole}.first(size)));
}
}  // namespace
}  // namespace jiffy::replica
