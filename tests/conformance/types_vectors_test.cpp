// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "conformance/transaction_runner.hpp"
#include "conformance/vectors.hpp"
#include "rlp/rlp.hpp"
#include "types/block.hpp"

#include <fstream>

namespace jiffy::types
{
namespace
{
using vectors::hex_bytes;
using vectors::read_json;

U256 number_of(const nlohmann::json& value)
{
    return U256{value.get<std::uint64_t>()};
}

TEST(TypesVectors, transaction_tests)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    const auto counts = vectors::run_transaction_tests(folder / "TransactionTests");
    EXPECT_GT(counts.cases, 1500U);
    EXPECT_LT(counts.undecided, counts.cases / 2);
    RecordProperty("cases", static_cast<int>(counts.cases));
    RecordProperty("left to the rules of forks", static_cast<int>(counts.undecided));
}

/// The vector's signature is from before EIP-2 and has a high s: ours is its mirror image.
TEST(TypesVectors, transaction_signing)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    const auto tests = read_json(folder / "BasicTests" / "txtest.json");
    ASSERT_FALSE(tests.empty());
    for (const auto& test : tests)
    {
        const Bytes expected = hex_bytes(test.at("signed"));
        const auto decoded = decode_transaction(expected);
        ASSERT_TRUE(decoded.has_value());

        Transaction transaction;
        transaction.nonce = test.at("nonce").get<std::uint64_t>();
        transaction.max_fee_per_gas = number_of(test.at("gasprice"));
        transaction.max_priority_fee_per_gas = transaction.max_fee_per_gas;
        transaction.gas_limit = test.at("startgas").get<std::uint64_t>();
        if (const Bytes to = hex_bytes(test.at("to")); !to.empty())
            transaction.to = Address::from(to);
        transaction.value = number_of(test.at("value"));
        transaction.data = hex_bytes(test.at("data"));
        const Hash secret = Hash::from(hex_bytes(test.at("key")));
        ASSERT_TRUE(sign(transaction, secret));
        EXPECT_EQ(recover_sender(transaction), crypto::address_of(crypto::public_key_of(secret).value()));
        EXPECT_EQ(recover_sender(*decoded, true), recover_sender(transaction));

        if (decoded->signature.s > crypto::secp256k1_half_order)
        {
            transaction.signature.s = crypto::secp256k1_order - transaction.signature.s;
            transaction.signature.y_parity ^= 1;
        }
        EXPECT_EQ(encode(transaction), expected);
    }
}

/// `is_early`: the chain begins before EIP-2.
void expect_block(const nlohmann::json& expected, const Bytes& encoded, bool is_early)
{
    const auto block = decode_block(encoded);
    ASSERT_TRUE(block.has_value()) << static_cast<int>(block.error());
    EXPECT_EQ(encode(*block), encoded);
    EXPECT_EQ(decode_header(encode(block->header)), block->header);
    EXPECT_EQ(to_bytes(header_hash(block->header).view()), hex_bytes(expected.at("blockHeader").at("hash")));
    const auto& transactions = expected.at("transactions");
    ASSERT_EQ(block->transactions.size(), transactions.size());
    for (std::size_t i = 0; i < transactions.size(); ++i)
    {
        const auto sender = recover_sender(block->transactions[i], is_early);
        ASSERT_TRUE(sender.has_value());
        if (transactions[i].contains("sender"))
        {
            EXPECT_EQ(to_bytes(sender->view()), hex_bytes(transactions[i].at("sender")));
        }
    }
    EXPECT_EQ(block->ommers.size(), expected.at("uncleHeaders").size());
    EXPECT_EQ(block->withdrawals.has_value(), expected.contains("withdrawals"));
    if (block->withdrawals)
    {
        EXPECT_EQ(block->withdrawals->size(), expected.at("withdrawals").size());
    }
}

TEST(TypesVectors, blocks_of_the_blockchain_tests)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_blockchain");
    std::size_t blocks = 0;
    std::size_t refused = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
    {
        if (entry.path().extension() != ".json")
            continue;
        for (const auto& [name, test] : read_json(entry.path()).items())
        {
            const bool is_early = test.at("network").get<std::string>().starts_with("Frontier");
            for (const auto& block : test.at("blocks"))
            {
                SCOPED_TRACE(name + ", block " + std::to_string(blocks));
                const Bytes encoded = hex_bytes(block.at("rlp"));
                ++blocks;
                if (block.contains("expectException"))
                {
                    const bool must_be_refused =
                        block.at("expectException").get<std::string>().contains("RLP_STRUCTURES_ENCODING");
                    const auto decoded = decode_block(encoded);
                    EXPECT_FALSE(must_be_refused && decoded);
                    EXPECT_TRUE(!decoded || encode(*decoded) == encoded);
                    refused += decoded ? 0U : 1U;
                }
                else
                    expect_block(block, encoded, is_early);
            }
        }
    }
    EXPECT_GT(blocks, 500U);
    EXPECT_GT(refused, 5U);
    RecordProperty("blocks", static_cast<int>(blocks));
}

/// 54 blocks from proof of work to the newest forks, one after the other.
TEST(TypesVectors, blocks_of_the_execution_apis)
{
    JIFFY_VECTORS_OR_SKIP(folder, "rpc_execution_apis");
    std::ifstream stream(folder / "tests" / "chain.rlp", std::ios::binary);
    const Bytes chain{std::istreambuf_iterator<char>{stream}, {}};
    rlp::Reader reader{chain};
    std::optional<Hash> parent_hash;
    std::size_t blocks = 0;
    while (!reader.at_end())
    {
        const auto item = reader.next();
        ASSERT_TRUE(item.has_value());
        const auto block = decode_block(item->encoded);
        ASSERT_TRUE(block.has_value()) << blocks;
        EXPECT_TRUE(equal(encode(*block), item->encoded));
        if (parent_hash)
        {
            EXPECT_EQ(block->header.parent_hash, *parent_hash);
        }
        parent_hash = header_hash(block->header);
        for (const auto& transaction : block->transactions)
            EXPECT_TRUE(recover_sender(transaction).has_value());
        ++blocks;
    }
    EXPECT_EQ(blocks, 54U);
}
}  // namespace
}  // namespace jiffy::types
