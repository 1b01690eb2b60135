// SPDX-License-Identifier: Apache-2.0
#include "types/statement_test_signing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
using namespace statement_test;

RC_GTEST_PROP(MerkleTreeProperty, every_leaf_of_every_size_has_a_proof_and_no_other_place, ())
{
    const auto count = *rc::gen::inRange<std::uint32_t>(1, most_leaves + 1);
    std::vector<Hash> leaves(count);
    for (std::uint32_t i = 0; i < count; ++i)
        leaves[i] = to_hash(U256{i + 1});
    const MerkleTree tree{leaves};
    const auto index = *rc::gen::inRange<std::uint32_t>(0, count);
    const auto proof = tree.proof(index);
    RC_ASSERT(merkle_root_from_proof(leaves[index], index, count, proof) == tree.root());
    RC_ASSERT(merkle_root_from_proof(leaves[index], count, count, proof) == std::nullopt);
    const auto other = *rc::gen::inRange<std::uint32_t>(0, count);
    if (other != index)
        RC_ASSERT(merkle_root_from_proof(leaves[index], other, count, proof) != tree.root());
    auto longer = proof;
    longer.emplace_back();
    RC_ASSERT(merkle_root_from_proof(leaves[index], index, count, longer) == std::nullopt);
    if (!proof.empty())
    {
        auto shorter = proof;
        shorter.pop_back();
        RC_ASSERT(merkle_root_from_proof(leaves[index], index, count, shorter) == std::nullopt);
    }
}

/// Calls `action` with each field of the signed statement, and its name.
template <class Action>
void for_each_field(SignedPreconfirmation& preconfirmation, const Action& action)
{
    auto& [statement, leaf_index, leaf_count, proof, signature] = preconfirmation;
    auto& [terms, block_number, environment, mini_block, index, transaction, receipt, prefix, time] = statement;
    auto& [domain, chain_id, epoch, durability] = terms;
    action("domain", domain);
    action("chain id", chain_id);
    action("epoch", epoch);
    action("durability", durability);
    action("block number", block_number);
    action("environment", environment);
    action("mini-block", mini_block);
    action("index", index);
    action("transaction", transaction);
    action("receipt", receipt);
    action("prefix", prefix);
    action("time", time);
    action("leaf index", leaf_index);
    action("leaf count", leaf_count);
    for (auto& node : proof)
        action("proof", node);
    action("r", signature.r);
    action("s", signature.s);
    action("y parity", signature.y_parity);
}

template <class Action>
void for_each_field(SignedMiniBlock& signed_mini_block, const Action& action)
{
    auto& [terms, header, signature] = signed_mini_block;
    auto& [domain, chain_id, epoch, durability] = terms;
    action("domain", domain);
    action("chain id", chain_id);
    action("epoch", epoch);
    action("durability", durability);
    auto& [number, parent, block_number, block_timestamp, index, time, gas_used, transactions_root, receipts_root,
        difference] = header;
    action("number", number);
    action("parent", parent);
    action("block number", block_number);
    action("block timestamp", block_timestamp);
    action("index", index);
    action("time", time);
    action("gas used", gas_used);
    action("transactions root", transactions_root);
    action("receipts root", receipts_root);
    action("difference", difference);
    action("r", signature.r);
    action("s", signature.s);
    action("y parity", signature.y_parity);
}

/// Flips one bit after the other, each alone; gives their number.
template <class Statement>
std::size_t expect_that_no_bit_can_be_flipped(Statement statement)
{
    EXPECT_EQ(signer_of(statement), signer());
    std::size_t flipped = 0;
    for_each_field(statement,
        [&](const char* name, auto& field)
        {
            for (auto& byte : std::span{reinterpret_cast<Byte*>(&field), sizeof field})
                for (int bit = 0; bit < 8; ++bit)
                {
                    byte ^= static_cast<Byte>(1 << bit);
                    EXPECT_NE(signer_of(statement), signer()) << name << ", bit " << bit;
                    byte ^= static_cast<Byte>(1 << bit);
                    ++flipped;
                }
        });
    EXPECT_EQ(signer_of(statement), signer()) << "all is as it was";
    return flipped;
}

/// Bits of a preconfirmation without its proof: hashes, then numbers of 64 and 32 bits and bytes.
constexpr std::size_t preconfirmation_bits = 6 * 256 + 6 * 64 + 2 * 32 + 3 * 8;

TEST(Preconfirmation, a_flipped_bit_anywhere_fails)
{
    EXPECT_EQ(expect_that_no_bit_can_be_flipped(sign_alone(some_statement(4))), preconfirmation_bits);
    std::vector<Preconfirmation> statements;
    for (std::uint64_t i = 0; i < 11; ++i)
        statements.push_back(some_statement(i));
    const auto batch = sign_batch(statements);
    // Of eleven leaves, the sixth has a neighbour on each level and the last one rises alone twice.
    EXPECT_EQ(expect_that_no_bit_can_be_flipped(batch[5]), preconfirmation_bits + 4 * 256);
    EXPECT_EQ(expect_that_no_bit_can_be_flipped(batch[10]), preconfirmation_bits + 2 * 256);
}

TEST(MiniBlock, a_flipped_bit_anywhere_fails)
{
    MiniBlock mini_block;
    mini_block.number = 700;
    mini_block.parent = to_hash(U256{5});
    EXPECT_EQ(expect_that_no_bit_can_be_flipped(sign_mini_block(mini_block)), 6 * 256U + 8 * 64U + 3 * 8U);
}

RC_GTEST_PROP(PreconfirmationProperty, verifies_and_a_flipped_bit_anywhere_fails, ())
{
    const auto count = *rc::gen::inRange<std::uint64_t>(1, most_leaves + 1);
    std::vector<Preconfirmation> statements;
    for (std::uint64_t i = 0; i < count; ++i)
        statements.push_back(some_statement(i));
    const auto batch = sign_batch(statements);
    auto altered = batch[*rc::gen::inRange<std::size_t>(0, batch.size())];
    RC_ASSERT(signer_of(altered) == signer());
    std::vector<std::span<Byte>> fields;
    for_each_field(
        altered, [&](const char*, auto& field) { fields.push_back({reinterpret_cast<Byte*>(&field), sizeof field}); });
    const auto field = fields[*rc::gen::inRange<std::size_t>(0, fields.size())];
    field[*rc::gen::inRange<std::size_t>(0, field.size())] ^= static_cast<Byte>(1 << *rc::gen::inRange(0, 8));
    RC_ASSERT(signer_of(altered) != signer());
}

TEST(Preconfirmation, has_one_signature_only)
{
    const auto turn = [](auto statement)
    {
        statement.signature.s = crypto::secp256k1_order - statement.signature.s;
        statement.signature.y_parity ^= 1;
        return statement;
    };
    const auto preconfirmation = turn(sign_alone(some_statement(0)));
    const auto digest = batch_digest(promise, preconfirmation.leaf_count, leaf_hash(preconfirmation.statement));
    EXPECT_EQ(crypto::recover_address(digest, preconfirmation.signature), signer()) << "ECDSA alone would take it";
    EXPECT_EQ(signer_of(preconfirmation), std::nullopt);
    EXPECT_EQ(signer_of(turn(sign_mini_block({}))), std::nullopt);
}

TEST(Preconfirmation, a_proof_is_neither_longer_nor_shorter_nor_in_another_order)
{
    std::vector<Preconfirmation> statements;
    for (std::uint64_t i = 0; i < 11; ++i)
        statements.push_back(some_statement(i));
    const auto statement = sign_batch(statements)[5];
    auto altered = statement;
    altered.proof.emplace_back();
    EXPECT_EQ(signer_of(altered), std::nullopt);
    altered.proof.resize(statement.proof.size() - 1);
    EXPECT_EQ(signer_of(altered), std::nullopt);
    altered = statement;
    std::swap(altered.proof[0], altered.proof[1]);
    EXPECT_NE(signer_of(altered), signer());
}

TEST(Preconfirmation, a_leaf_count_beyond_the_limit_is_no_statement)
{
    auto statement = sign_alone(some_statement(0));
    statement.leaf_count = most_leaves + 1;
    EXPECT_EQ(signer_of(statement), std::nullopt);
}
}  // namespace
}  // namespace jiffy::types
