// SPDX-License-Identifier: Apache-2.0
#include "sequencer/history.hpp"

#include <gtest/gtest.h>

namespace jiffy::sequencer
{
namespace
{
Hash name(std::uint64_t kind, std::uint64_t number)
{
    return to_hash(U256{number, 0, 0, kind});
}

/// Opens, fills and seals a block with some transactions and one mini-block.
void add_block(History& history, std::uint64_t number, std::uint64_t transactions)
{
    types::Header header;
    header.number = number;
    const auto block = std::make_shared<BlockRecord>(header, name(1, number));
    block->start_release({.first_mini_block = number, .environment = {}});
    history.open(block);
    for (std::uint64_t i = 0; i < transactions; ++i)
    {
        TransactionRecord record;
        record.hash = name(2, number * 1000 + i);
        block->transactions.push_back(std::move(record));
        history.index_newest_transaction(block);
    }
    MiniBlockRecord mini;
    mini.header.number = number;
    mini.hash = name(3, number);
    block->mini_blocks.push_back(std::move(mini));
    history.index_newest_mini_block(block);
    history.seal(block, {.header = header, .hash = name(4, number)});
    history.free_forgotten();
}

void expect_there(const History& history, std::uint64_t number, bool there)
{
    EXPECT_EQ(history.find(number) != nullptr, there) << number;
    EXPECT_EQ(history.find(name(1, number)) != nullptr, there) << number;
    EXPECT_EQ(history.find_transaction(name(2, number * 1000)).has_value(), there) << number;
    EXPECT_EQ(history.find_mini_block(name(3, number)).has_value(), there) << number;
    EXPECT_EQ(history.find_mini_block(number).has_value(), there) << number;
    EXPECT_EQ(history.find(name(4, number)) != nullptr, there) << number;
}

TEST(History, forgets_the_oldest_block_beyond_its_number_of_blocks)
{
    History history{32};
    for (std::uint64_t number = 0; number < 100; ++number)
        add_block(history, number, 1);
    EXPECT_EQ(history.oldest_number(), 68U);
    for (std::uint64_t number = 0; number < 100; ++number)
        expect_there(history, number, number >= 68);
}

TEST(History, forgets_the_oldest_blocks_beyond_its_number_of_transactions_but_keeps_some_blocks)
{
    History history{1024, 0, 300};
    for (std::uint64_t number = 0; number < 100; ++number)
        add_block(history, number, 10);
    // The newest block is not among the 300.
    EXPECT_EQ(history.oldest_number(), 69U);
    for (std::uint64_t number = 0; number < 100; ++number)
        expect_there(history, number, number >= 69);
    for (std::uint64_t number = 100; number < 200; ++number)
        add_block(history, number, 100);
    EXPECT_EQ(history.oldest_number(), 183U) << "16 blocks stay whatever they hold";
}

TEST(History, takes_the_names_of_a_forgotten_block_out_bit_by_bit)
{
    History history{16};
    for (std::uint64_t number = 0; number < 16; ++number)
        add_block(history, number, 10);
    EXPECT_FALSE(history.clean_up(1)) << "nothing is forgotten";
    add_block(history, 16, 0);
    EXPECT_FALSE(history.find_transaction(name(2, 9))) << "whether its name is taken out or not";
    EXPECT_TRUE(history.clean_up(9));
    EXPECT_FALSE(history.clean_up(1));

    add_block(history, 17, 5);
    EXPECT_FALSE(history.clean_up(0)) << "each transaction that came has made room for itself and one more";
    EXPECT_TRUE(history.find_transaction(name(2, 2000)));
}

TEST(History, frees_a_forgotten_block_on_the_sealing_thread_once_nobody_holds_it)
{
    History history{16};
    std::vector<std::weak_ptr<const BlockRecord>> blocks;
    const auto add = [&](std::uint64_t number)
    {
        add_block(history, number, 1);
        blocks.push_back(history.find(number));
    };
    for (std::uint64_t number = 0; number < 16; ++number)
        add(number);
    auto reader = history.find(0);
    for (std::uint64_t number = 16; number < 19; ++number)
        add(number);
    EXPECT_FALSE(blocks[0].expired());
    EXPECT_TRUE(blocks[1].expired()) << "though the one before it is held";
    reader.reset();
    EXPECT_FALSE(blocks[0].expired()) << "the reader has nothing to free";
    add(19);
    EXPECT_TRUE(blocks[0].expired());
    for (std::size_t number = 0; number < 3; ++number)
        EXPECT_TRUE(blocks[number].expired()) << number;
}

TEST(History, knows_the_hashes_of_the_last_256_blocks_however_few_it_keeps)
{
    History history{16};
    for (std::uint64_t number = 0; number <= 10'000; ++number)
        add_block(history, number, 0);
    const auto hashes = history.block_hashes();
    for (std::uint64_t number = 10'000 - 256; number <= 10'000; ++number)
    {
        Hash hash;
        ASSERT_EQ(hashes.lookup(hashes.context, number, hash), state::Presence::present);
        EXPECT_EQ(hash, name(4, number));
    }
    Hash hash;
    EXPECT_EQ(hashes.lookup(hashes.context, 10'001, hash), state::Presence::unavailable);
    EXPECT_EQ(hashes.lookup(hashes.context, 1, hash), state::Presence::absent);
}

TEST(History, begins_with_a_block_and_the_hashes_of_those_before_it)
{
    types::Header header;
    header.number = 1'000;
    const auto block = std::make_shared<BlockRecord>(header, name(1, 1'000));
    block->start_release({.first_mini_block = 70, .environment = {}});
    TransactionRecord record;
    record.hash = name(2, 5);
    block->transactions.push_back(std::move(record));
    MiniBlockRecord mini;
    mini.hash = name(4, 6);
    block->mini_blocks.push_back(std::move(mini));
    block->seal({header, name(3, 1'000), 0, {}});
    History history{16};
    history.begin(block, std::vector{name(3, 998), name(3, 999)});

    EXPECT_EQ(history.oldest_number(), 1'000U);
    EXPECT_EQ(history.sealed_head(), block);
    EXPECT_EQ(history.find(name(3, 1'000)), block);
    EXPECT_EQ(history.find_transaction(name(2, 5))->index, 0U);
    EXPECT_EQ(history.find_mini_block(name(4, 6))->block, block);
    EXPECT_EQ(history.find_mini_block(std::uint64_t{70})->block, block);
    const auto hashes = history.block_hashes();
    Hash hash;
    EXPECT_EQ(hashes.lookup(hashes.context, 998, hash), state::Presence::present);
    EXPECT_EQ(hash, name(3, 998));
    EXPECT_EQ(hashes.lookup(hashes.context, 997, hash), state::Presence::absent);
    add_block(history, 1'001, 1);
    EXPECT_EQ(history.sealed_number(), 1'001U);
}
}  // namespace
}  // namespace jiffy::sequencer
