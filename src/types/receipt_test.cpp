// SPDX-License-Identifier: Apache-2.0
#include "types/receipt.hpp"

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

/// RLP of a receipt's list without its header, from the first field given as hex to the empty logs.
Bytes receipt_with_outcome(std::string_view type, std::string_view outcome, std::string_view after_logs = "")
{
    const std::string body =
        std::string{outcome} + "825208" + "b90100" + std::string(512, '0') + "c0" + std::string{after_logs};
    const auto length = static_cast<std::uint64_t>(body.size() / 2);
    return from_hex(std::string{type} + "f9" + "0" + to_quantity(length).substr(2) + body).value();
}

TEST(Receipt, outcomes)
{
    EXPECT_TRUE(decode_receipt(receipt_with_outcome("", "01"))->success);
    EXPECT_FALSE(decode_receipt(receipt_with_outcome("02", "80"))->success);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("02", "80"))->type, TransactionType::dynamic_fee);
    const std::string root = "a0" + std::string(64, '7');
    EXPECT_EQ(decode_receipt(receipt_with_outcome("", root))->post_state,
        "0x7777777777777777777777777777777777777777777777777777777777777777"_hash);

    EXPECT_EQ(decode_receipt(receipt_with_outcome("02", root)).error(), TransactionError::invalid_field);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("", "02")).error(), TransactionError::invalid_field);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("", "00")).error(), TransactionError::invalid_field);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("05", "01")).error(), TransactionError::unknown_type);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("00", "01")).error(), TransactionError::unknown_type);
    EXPECT_EQ(decode_receipt({}).error(), TransactionError::malformed);
}

TEST(Receipt, deposit_fields)
{
    const auto canyon = decode_receipt(receipt_with_outcome("7e", "01", "0501"));
    EXPECT_EQ(canyon->deposit_nonce, 5U);
    EXPECT_EQ(canyon->deposit_receipt_version, 1U);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("7e", "01"))->deposit_nonce, std::nullopt);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("7e", "01", "05")).error(), TransactionError::malformed);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("7e", "01", "050101")).error(), TransactionError::malformed);
    EXPECT_EQ(decode_receipt(receipt_with_outcome("02", "01", "05")).error(), TransactionError::malformed);
}

TEST(Receipt, regoliths_nonce_is_not_in_the_consensus_form)
{
    Receipt receipt;
    receipt.type = TransactionType::deposit;
    const Bytes bedrock = encode(receipt);
    receipt.deposit_nonce = 5;
    EXPECT_EQ(encode(receipt), bedrock);
}

TEST(Receipt, more_than_four_topics_are_refused)
{
    Receipt receipt;
    receipt.logs.resize(1);
    receipt.logs[0].topics.count = 4;
    Bytes encoded = encode(receipt);
    ASSERT_TRUE(decode_receipt(encoded).has_value());
    EXPECT_EQ(decode_receipt(encoded), receipt);

    rlp::Writer log;
    const auto entry = log.open_list();
    log.fixed(Address{});
    const auto topics = log.open_list();
    for (int i = 0; i < 5; ++i)
        log.fixed(Hash{});
    log.close_list(topics);
    log.bytes({});
    log.close_list(entry);
    rlp::Writer writer;
    const auto fields = writer.open_list();
    writer.integer(std::uint64_t{1});
    writer.integer(std::uint64_t{1});
    writer.fixed(Bloom{});
    const auto logs = writer.open_list();
    writer.raw(log.result());
    writer.close_list(logs);
    writer.close_list(fields);
    EXPECT_EQ(decode_receipt(writer.result()).error(), TransactionError::invalid_field);
}

TEST(Bloom, three_bits_of_an_item)
{
    Bloom bloom;
    const auto item = "0x0000000000000000000000000000000000000001"_address;
    EXPECT_FALSE(may_contain(bloom, item.view()));
    add_to_bloom(bloom, item.view());
    EXPECT_TRUE(may_contain(bloom, item.view()));

    const Hash hash = crypto::keccak256(item.view());
    for (std::size_t i = 0; i < 6; i += 2)
    {
        const unsigned position = (hash[i] * 256U + hash[i + 1]) & 2047U;
        EXPECT_NE(bloom[255 - position / 8] & (1U << (position % 8)), 0U);
    }
    unsigned set_bits = 0;
    for (const Byte byte : bloom)
        set_bits += static_cast<unsigned>(std::popcount(byte));
    EXPECT_LE(set_bits, 3U);
}

TEST(Logs, hash_of_none)
{
    EXPECT_EQ(logs_hash({}), "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"_hash);
}

RC_GTEST_PROP(Receipt, round_trip, ())
{
    const Receipt receipt = generators::receipt();
    RC_ASSERT(decode_receipt(encode(receipt)).value() == receipt);
}

RC_GTEST_PROP(Receipt, a_changed_byte_is_refused_or_kept, ())
{
    Bytes encoded = encode(generators::receipt());
    encoded[*rc::gen::inRange<std::size_t>(0, encoded.size())] = *rc::gen::arbitrary<Byte>();
    if (const auto decoded = decode_receipt(encoded))
        RC_ASSERT(encode(*decoded) == encoded);
}

RC_GTEST_PROP(Bloom, contains_every_address_and_topic, ())
{
    const auto logs = generators::some(generators::log);
    const Bloom bloom = bloom_of(logs);
    for (const auto& log : logs)
    {
        RC_ASSERT(may_contain(bloom, log.address.view()));
        for (const auto& topic : log.topics.view())
            RC_ASSERT(may_contain(bloom, topic.view()));
    }
}
}  // namespace
}  // namespace jiffy::types
