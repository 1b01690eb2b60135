// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "types/equivocation.hpp"
#include "types/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
using namespace literals;

constexpr Hash secret = "0x4646464646464646464646464646464646464646464646464646464646464646"_hash;
constexpr StatementTerms promise{.domain = StatementDomain::production,
    .chain_id = 4321,
    .epoch = 3,
    .durability = Durability::disk};

Address signer()
{
    return crypto::address_of(*crypto::public_key_of(secret));
}

Preconfirmation some_statement(std::uint64_t index)
{
    return {.terms = promise,
        .block_number = 7,
        .environment = to_hash(U256{77}),
        .mini_block = 700 + index / 10,
        .index = index,
        .transaction = to_hash(U256{1000 + index}),
        .receipt = to_hash(U256{2000 + index}),
        .prefix = to_hash(U256{3000 + index}),
        .time = 6'000'000 + index};
}

/// Signs the statements as one batch.
std::vector<SignedPreconfirmation> sign_batch(const std::vector<Preconfirmation>& statements)
{
    std::vector<Hash> leaves;
    leaves.reserve(statements.size());
    for (const auto& statement : statements)
        leaves.push_back(leaf_hash(statement));
    const MerkleTree tree{std::move(leaves)};
    const auto count = tree.leaf_count();
    const auto signature = *crypto::sign(batch_digest(statements.front().terms, count, tree.root()), secret);
    std::vector<SignedPreconfirmation> result;
    for (std::uint32_t i = 0; i < count; ++i)
        result.push_back({statements[i], i, count, tree.proof(i), signature});
    return result;
}

SignedPreconfirmation sign_alone(const Preconfirmation& statement)
{
    return sign_batch({statement}).front();
}

SignedMiniBlock sign_mini_block(const MiniBlock& mini_block)
{
    return {promise, mini_block, *crypto::sign(mini_block_hash(promise, mini_block), secret)};
}

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

RC_GTEST_PROP(PreconfirmationProperty, verifies_and_a_flipped_bit_anywhere_fails, ())
{
    const auto count = *rc::gen::inRange<std::uint64_t>(1, 20);
    std::vector<Preconfirmation> statements;
    for (std::uint64_t i = 0; i < count; ++i)
        statements.push_back(some_statement(i));
    auto batch = sign_batch(statements);
    auto signed_statement = batch[*rc::gen::inRange<std::size_t>(0, batch.size())];
    RC_ASSERT(signer_of(signed_statement) == signer());

    const auto flip = [](auto& value)
    {
        auto bytes = std::span{reinterpret_cast<Byte*>(&value), sizeof value};
        bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= static_cast<Byte>(1 << *rc::gen::inRange(0, 8));
    };
    auto& statement = signed_statement.statement;
    switch (*rc::gen::inRange(0, 13))
    {
        case 0:
            flip(statement.terms.chain_id);
            break;
        case 1:
            flip(statement.terms.epoch);
            break;
        case 2:
            statement.terms.durability = Durability::standby;
            break;
        case 3:
            statement.terms.domain = StatementDomain::development;
            break;
        case 4:
            flip(statement.block_number);
            break;
        case 5:
            flip(statement.environment);
            break;
        case 6:
            flip(statement.mini_block);
            break;
        case 7:
            flip(statement.index);
            break;
        case 8:
            flip(statement.transaction);
            break;
        case 9:
            flip(statement.receipt);
            break;
        case 10:
            flip(statement.prefix);
            break;
        case 11:
            flip(statement.time);
            break;
        default:
            if (signed_statement.proof.empty())
                flip(signed_statement.signature.r);
            else
                flip(signed_statement.proof[0]);
    }
    RC_ASSERT(signer_of(signed_statement) != signer());
}

TEST(Preconfirmation, a_leaf_count_beyond_the_limit_is_no_statement)
{
    auto statement = sign_alone(some_statement(0));
    statement.leaf_count = most_leaves + 1;
    EXPECT_EQ(signer_of(statement), std::nullopt);
}

TEST(Equivocation, finds_each_contradiction)
{
    const auto judge = [](const SignedStatement& a, const SignedStatement& b)
    {
        const auto there = find_contradiction(a, b);
        EXPECT_EQ(there, find_contradiction(b, a)) << "the order does not matter";
        return there;
    };
    const auto first = some_statement(4);
    auto other = first;
    other.transaction = to_hash(U256{5});
    EXPECT_EQ(judge(sign_alone(first), sign_alone(other)), Contradiction::place);
    other = first;
    other.receipt = to_hash(U256{5});
    EXPECT_EQ(judge(sign_alone(first), sign_alone(other)), Contradiction::place);
    other = first;
    other.environment = to_hash(U256{5});
    EXPECT_EQ(judge(sign_alone(first), sign_alone(other)), Contradiction::environment);
    other = some_statement(9);
    other.transaction = first.transaction;
    EXPECT_EQ(judge(sign_alone(first), sign_alone(other)), Contradiction::transaction);
    other = some_statement(9);
    other.time = first.time - 1;
    EXPECT_EQ(judge(sign_alone(first), sign_alone(other)), Contradiction::order);
    EXPECT_EQ(judge(sign_alone(first), sign_alone(some_statement(5))), Contradiction::prefix);
    auto next = some_statement(5);
    next.prefix = extend_prefix(first.prefix, next.transaction, next.receipt);
    EXPECT_EQ(judge(sign_alone(first), sign_alone(next)), failure(NoEvidence::consistent));
    EXPECT_EQ(judge(sign_alone(first), sign_alone(some_statement(9))), failure(NoEvidence::consistent));

    MiniBlock mini;
    mini.number = 700;
    mini.block_number = 7;
    mini.block_timestamp = 7;
    mini.index = 3;
    mini.time = 6'500'000;
    auto other_mini = mini;
    other_mini.gas_used = 1;
    EXPECT_EQ(judge(sign_mini_block(mini), sign_mini_block(other_mini)), Contradiction::mini_block);
    other_mini = mini;
    other_mini.number = 701;
    other_mini.time = 6'600'000;
    EXPECT_EQ(judge(sign_mini_block(mini), sign_mini_block(other_mini)), Contradiction::parent);
    other_mini.parent = mini_block_hash(promise, mini);
    EXPECT_EQ(judge(sign_mini_block(mini), sign_mini_block(other_mini)), failure(NoEvidence::consistent));
    EXPECT_EQ(judge(sign_alone(first), sign_mini_block(mini)), failure(NoEvidence::consistent));
    other_mini = mini;
    other_mini.block_number = 8;
    EXPECT_EQ(judge(sign_alone(first), sign_mini_block(other_mini)), Contradiction::block);
}

TEST(Equivocation, blames_nobody_for_what_was_no_promise)
{
    auto first = some_statement(4);
    auto other = first;
    other.transaction = to_hash(U256{5});
    auto forged = sign_alone(other);
    forged.signature = *crypto::sign(to_hash(U256{1}), secret);
    EXPECT_EQ(find_contradiction(sign_alone(first), forged), failure(NoEvidence::different_signers));
    forged.signature = {};
    EXPECT_EQ(find_contradiction(sign_alone(first), forged), failure(NoEvidence::not_signed));

    const auto with = [&](auto change)
    {
        auto changed = other;
        change(changed.terms);
        return find_contradiction(sign_alone(first), sign_alone(changed));
    };
    EXPECT_EQ(with([](auto& terms) { terms.chain_id = 1; }), failure(NoEvidence::different_chains));
    EXPECT_EQ(with([](auto& terms) { terms.epoch = 4; }), failure(NoEvidence::different_epochs));
    EXPECT_EQ(with([](auto& terms) { terms.durability = Durability::memory; }), failure(NoEvidence::no_promise));
    first.terms.domain = other.terms.domain = StatementDomain::development;
    EXPECT_EQ(find_contradiction(sign_alone(first), sign_alone(other)), failure(NoEvidence::no_promise));
}
}  // namespace
}  // namespace jiffy::types
