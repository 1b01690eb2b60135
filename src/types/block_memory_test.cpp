// SPDX-License-Identifier: Apache-2.0
#include "base/allocation_counter_test.hpp"
#include "rlp/rlp.hpp"
#include "types/block.hpp"

#include <gtest/gtest.h>

namespace jiffy::types
{
namespace
{
constexpr std::size_t item_count = 50'000;

/// Which part of a block is filled.
enum class Part : std::uint8_t
{
    transactions,
    ommers,
    withdrawals,
};

/// A block one part of which has `item`, given as RLP, `item_count` times.
Bytes block_full_of(Part filled, BytesView item)
{
    rlp::Writer writer;
    const auto block = writer.open_list();
    writer.raw(encode(Header{}));
    for (const auto part : {Part::transactions, Part::ommers, Part::withdrawals})
    {
        const auto list = writer.open_list();
        for (std::size_t i = 0; part == filled && i < item_count; ++i)
            writer.raw(item);
        writer.close_list(list);
    }
    writer.close_list(block);
    return std::move(writer).result();
}

/// What decoding gave, and how many bytes it asked for in all, those that it gave back included.
struct Measured
{
    Result<Block, BlockError> block;
    std::size_t allocated;
};

Measured measure(BytesView encoded, std::size_t most_transactions = 0)
{
    const auto before = base::test::allocated_bytes.load();
    auto block = decode_block(encoded, most_transactions);
    return {std::move(block), base::test::allocated_bytes.load() - before};
}

/// A transaction whose signature is made up, so that all of it takes ten bytes.
Bytes smallest_transaction()
{
    Transaction transaction;
    transaction.signature = {U256{1}, U256{1}, 0};
    return encode(transaction);
}

TEST(BlockMemory, what_is_no_part_of_a_block_takes_next_to_nothing)
{
    for (const auto part : {Part::transactions, Part::ommers, Part::withdrawals})
        for (const auto& item : {Bytes{0x00}, Bytes{0x80}, Bytes{0xc0}, Bytes{0xc1, 0xc0}, smallest_transaction()})
        {
            const auto encoded = block_full_of(part, item);
            const auto measured = measure(encoded);
            EXPECT_FALSE(measured.block);
            EXPECT_LE(measured.allocated, 2 * encoded.size()) << static_cast<int>(part);
        }
}

TEST(BlockMemory, transactions_too_short_to_be_signed_are_counted_first)
{
    const auto item = smallest_transaction();
    ASSERT_EQ(item.size(), 10U);
    const auto encoded = block_full_of(Part::transactions, item);
    const auto refused = measure(encoded, item_count - 1);
    EXPECT_EQ(refused.block.error(), BlockError::too_many_transactions);
    EXPECT_EQ(refused.allocated, 0U);
    const auto taken = measure(encoded, item_count);
    ASSERT_TRUE(taken.block);
    EXPECT_EQ(taken.block->transactions.size(), item_count);
    EXPECT_EQ(taken.allocated, item_count * sizeof(Transaction));
}

TEST(BlockMemory, a_block_that_is_one_takes_eight_times_its_size_at_most)
{
    const auto full = U256::max() >> 1;
    Transaction transfer;
    transfer.signature = {full, full, 0};
    Transaction authorizing;
    authorizing.type = TransactionType::set_code;
    authorizing.chain_id = 1;
    authorizing.to.emplace();
    authorizing.signature = {full, full, 0};
    authorizing.authorization_list.resize(20);
    authorizing.access_list.resize(20);
    const auto authorizing_bytes = encode(authorizing);
    rlp::Writer authorizing_item;
    authorizing_item.bytes(authorizing_bytes);

    const std::pair<Part, Bytes> fillings[] = {{Part::transactions, encode(transfer)},
        {Part::transactions, authorizing_item.result()}, {Part::ommers, encode(Header{})},
        {Part::withdrawals, encode(Withdrawal{})}};
    for (const auto& [part, item] : fillings)
    {
        const auto encoded = block_full_of(part, item);
        const auto measured = measure(encoded);
        EXPECT_TRUE(measured.block);
        EXPECT_LE(measured.allocated, 8 * encoded.size()) << static_cast<int>(part);
    }
}
}  // namespace
}  // namespace jiffy::types
