// SPDX-License-Identifier: Apache-2.0
#include "types/block.hpp"

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "rlp/rlp.hpp"
#include "types/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
using namespace base::literals;

constexpr Hash empty_trie_root = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"_hash;

/// Block 0 of the main network.
Header main_network_genesis()
{
    Header header;
    header.ommers_hash = empty_ommers_hash;
    header.state_root = "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"_hash;
    header.transactions_root = empty_trie_root;
    header.receipts_root = empty_trie_root;
    header.difficulty = U256{0x400000000};
    header.gas_limit = 5000;
    header.extra_data = from_hex("0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa").value();
    header.nonce[7] = 0x42;
    return header;
}

Transaction transaction_of(TransactionType type)
{
    Transaction transaction;
    transaction.type = type;
    transaction.chain_id = 1;
    transaction.signature = {U256{1}, U256{1}, 0};
    return transaction;
}

/// A block whose transactions part is the list of `item`, given as RLP.
Bytes block_with_transaction(BytesView item)
{
    rlp::Writer writer;
    const auto block = writer.open_list();
    writer.raw(encode(main_network_genesis()));
    const auto transactions = writer.open_list();
    writer.raw(item);
    writer.close_list(transactions);
    writer.close_list(writer.open_list());
    writer.close_list(block);
    return std::move(writer).result();
}

Bytes string_of(BytesView payload)
{
    rlp::Writer writer;
    writer.bytes(payload);
    return std::move(writer).result();
}

TEST(Header, hash_of_the_main_networks_genesis)
{
    EXPECT_EQ(
        header_hash(main_network_genesis()), "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"_hash);
}

TEST(Header, later_fields_end_at_the_first_that_is_missing)
{
    Header header = main_network_genesis();
    const Bytes without = encode(header);
    header.withdrawals_root = empty_trie_root;
    EXPECT_EQ(encode(header), without);
    header.base_fee_per_gas = U256{7};
    EXPECT_TRUE(decode_header(encode(header)) == header);
}

TEST(Header, is_one_list_of_its_fields)
{
    Header header = main_network_genesis();
    header.base_fee_per_gas = U256{7};
    header.withdrawals_root = empty_trie_root;
    header.blob_gas_used = 0;
    header.excess_blob_gas = 0;
    header.parent_beacon_block_root = Hash{};
    header.requests_hash = Hash{};
    const Bytes encoded = encode(header);
    ASSERT_EQ(decode_header(encoded), header);

    Bytes trailing = encoded;
    trailing.push_back(0x80);
    EXPECT_EQ(decode_header(trailing).error(), BlockError::malformed);
    EXPECT_EQ(decode_header({}).error(), BlockError::malformed);

    rlp::Writer writer;
    const auto mark = writer.open_list();
    rlp::Reader reader{encoded};
    writer.raw(reader.list()->rest());
    writer.integer(std::uint64_t{0});
    writer.close_list(mark);
    EXPECT_EQ(decode_header(writer.result()).error(), BlockError::invalid_header);
}

TEST(Block, transactions_are_lists_or_strings_by_their_type)
{
    const Bytes legacy = encode(transaction_of(TransactionType::legacy));
    const Bytes typed = encode(transaction_of(TransactionType::dynamic_fee));
    EXPECT_TRUE(decode_block(block_with_transaction(legacy)));
    EXPECT_TRUE(decode_block(block_with_transaction(string_of(typed))));
    EXPECT_EQ(decode_block(block_with_transaction(string_of(legacy))).error(), BlockError::invalid_transaction);
    EXPECT_EQ(decode_block(block_with_transaction(typed)).error(), BlockError::invalid_transaction);
    EXPECT_EQ(decode_block(block_with_transaction(string_of({}))).error(), BlockError::invalid_transaction);
}

TEST(Block, withdrawals_may_be_absent_or_empty)
{
    Block block{main_network_genesis(), {}, {}, std::nullopt};
    EXPECT_EQ(decode_block(encode(block)), block);
    block.withdrawals.emplace();
    EXPECT_EQ(decode_block(encode(block)), block);
}

TEST(Block, shapes_that_are_refused)
{
    EXPECT_EQ(decode_block({}).error(), BlockError::malformed);
    EXPECT_EQ(decode_block(from_hex("80").value()).error(), BlockError::malformed);
    EXPECT_EQ(decode_block(from_hex("c0").value()).error(), BlockError::invalid_header);
    Bytes trailing = encode(Block{main_network_genesis(), {}, {}, {}});
    trailing.push_back(0);
    EXPECT_EQ(decode_block(trailing).error(), BlockError::malformed);

    Block block{main_network_genesis(), {}, {}, std::vector<Withdrawal>(1)};
    Bytes encoded = encode(block);
    encoded.back() = 0x00;
    EXPECT_EQ(decode_block(encoded).error(), BlockError::invalid_withdrawal);
    EXPECT_EQ(decode_header_of_block(encoded), block.header);
    EXPECT_EQ(decode_header_of_block(trailing).error(), BlockError::malformed);
    EXPECT_EQ(decode_header_of_block(from_hex("c0").value()).error(), BlockError::invalid_header);
}

RC_GTEST_PROP(Header, round_trip, ())
{
    const Header header = generators::header();
    const Bytes encoded = encode(header);
    RC_ASSERT(decode_header(encoded).value() == header);
    RC_ASSERT(header_hash(header) == crypto::keccak256(encoded));
}

RC_GTEST_PROP(Block, round_trip, ())
{
    const Block block = generators::block();
    RC_ASSERT(decode_block(encode(block), block.transactions.size()).value() == block);
}

RC_GTEST_PROP(Block, a_changed_byte_is_refused_or_kept, ())
{
    const Block block = generators::block();
    Bytes encoded = encode(block);
    encoded[*rc::gen::inRange<std::size_t>(0, encoded.size())] = *rc::gen::arbitrary<Byte>();
    if (const auto decoded = decode_block(encoded, block.transactions.size()))
        RC_ASSERT(encode(*decoded) == encoded);
}
}  // namespace
}  // namespace jiffy::types
