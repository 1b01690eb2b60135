// SPDX-License-Identifier: Apache-2.0
#include "chain/evidence.hpp"

#include "trie/root.hpp"
#include "types/statement_test_signing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::chain
{
namespace
{
using namespace types::statement_test;
using types::Contradiction;
using types::NoEvidence;

/// The first mini-block of a block or a later one, with what was said of its transactions.
struct SealedMiniBlock
{
    std::vector<Bytes> transactions;
    std::vector<Bytes> receipts;
    types::MiniBlock header;
    std::vector<types::Preconfirmation> said;

    [[nodiscard]] MiniBlockBody body() const { return {sign_mini_block(header), transactions}; }
    [[nodiscard]] ProvenTransaction proven(std::size_t index) const
    {
        return {sign_mini_block(header), index, transactions[index], trie::ordered_proof(transactions, index),
            receipts[index], trie::ordered_proof(receipts, index)};
    }
    void seal()
    {
        header.transactions_root = trie::ordered_root(transactions);
        header.receipts_root = trie::ordered_root(receipts);
    }
};

/// With `count` transactions; before a later mini-block of a block come `offset` transactions.
SealedMiniBlock sealed(std::uint64_t number, std::uint64_t index, std::uint64_t offset, Byte count)
{
    SealedMiniBlock result;
    result.header.number = number;
    result.header.block_number = 7;
    result.header.index = index;
    result.header.time = 1000 * number;
    for (Byte i = 0; i < count; ++i)
    {
        result.transactions.push_back(Bytes(40U + i, static_cast<Byte>(number)));
        result.receipts.push_back(Bytes(50U + i, static_cast<Byte>(number + 100)));
        auto said = some_statement(offset + i);
        said.mini_block = number;
        said.time = 1000 * number - 1;
        said.transaction = crypto::keccak256(result.transactions.back());
        said.receipt = crypto::keccak256(result.receipts.back());
        result.said.push_back(said);
    }
    result.seal();
    return result;
}

Result<Contradiction, NoEvidence> judge(const Evidence& a, const Evidence& b)
{
    const auto found = find_contradiction(a, b);
    EXPECT_EQ(found, find_contradiction(b, a)) << "the order does not matter";
    return found;
}

RC_GTEST_PROP(EvidenceProperty, what_stands_where_it_was_said_to_stand_is_no_evidence, ())
{
    const auto count = *rc::gen::inRange<Byte>(1, 20);
    const auto first = sealed(10, 0, 0, count);
    auto next = sealed(11, 1, count, *rc::gen::inRange<Byte>(0, 20));
    next.header.parent = mini_block_hash(promise, first.header);
    const auto place = *rc::gen::inRange<std::size_t>(0, count);
    for (const auto& mini_block : {first, next})
        for (const Evidence& evidence :
            {Evidence{mini_block.body()}, Evidence{first.proven(place)}, Evidence{sign_mini_block(mini_block.header)}})
        {
            const auto& said = first.said[*rc::gen::inRange<std::size_t>(0, count)];
            RC_ASSERT((judge(sign_alone(said), evidence) == failure(NoEvidence::consistent)));
            RC_ASSERT((judge(first.body(), evidence) == failure(NoEvidence::consistent)));
        }
}

TEST(Evidence, a_transaction_was_left_out)
{
    auto mini_block = sealed(10, 3, 5, 4);
    const auto left_out = mini_block.said[2];
    for (auto* items : {&mini_block.transactions, &mini_block.receipts})
        items->erase(items->begin() + 2);
    mini_block.seal();
    EXPECT_EQ(judge(sign_alone(left_out), mini_block.body()), Contradiction::omission);
    EXPECT_EQ(judge(sign_alone(left_out), mini_block.proven(2)), failure(NoEvidence::consistent))
        << "the place in the block does not tell the place in a later mini-block";
    EXPECT_EQ(judge(sign_alone(left_out), sign_mini_block(mini_block.header)), failure(NoEvidence::consistent));
    mini_block.transactions.clear();
    mini_block.seal();
    EXPECT_EQ(judge(sign_alone(left_out), mini_block.body()), Contradiction::omission);
}

TEST(Evidence, a_transaction_stands_elsewhere)
{
    auto first = sealed(10, 0, 0, 4);
    const auto said = sign_alone(first.said[1]);
    for (auto* items : {&first.transactions, &first.receipts})
        std::swap((*items)[1], (*items)[2]);
    first.seal();
    EXPECT_EQ(judge(said, first.body()), Contradiction::place);
    EXPECT_EQ(judge(said, first.proven(2)), Contradiction::place) << "it stands here";
    EXPECT_EQ(judge(said, first.proven(1)), Contradiction::place) << "another one stands there";

    auto later = sealed(11, 1, 4, 9);
    later.transactions[8] = sealed(10, 0, 0, 4).transactions[1];
    later.seal();
    EXPECT_EQ(judge(said, later.body()), Contradiction::transaction) << "in another mini-block";
    EXPECT_EQ(judge(said, later.proven(8)), Contradiction::transaction);
    later.header.parent = mini_block_hash(promise, first.header);
    EXPECT_EQ(judge(first.body(), later.body()), Contradiction::transaction) << "in two mini-blocks";

    // Of the block's first three transactions, it cannot be the ninth of a mini-block.
    auto early = later.said[8];
    early.index = 2;
    early.transaction = crypto::keccak256(later.transactions[8]);
    EXPECT_EQ(judge(sign_alone(early), later.proven(8)), Contradiction::place);
}

TEST(Evidence, a_transaction_stands_twice_in_a_mini_block)
{
    auto mini_block = sealed(10, 3, 5, 4);
    mini_block.transactions[3] = mini_block.transactions[1];
    mini_block.seal();
    const auto header = sign_mini_block(mini_block.header);
    EXPECT_EQ(judge(mini_block.proven(1), mini_block.proven(3)), Contradiction::transaction);
    EXPECT_EQ(judge(mini_block.body(), mini_block.body()), Contradiction::transaction) << "one body tells it";
    EXPECT_EQ(judge(mini_block.body(), header), Contradiction::transaction);
    EXPECT_EQ(judge(mini_block.body(), mini_block.proven(0)), Contradiction::transaction);
    EXPECT_EQ(judge(mini_block.body(), sign_alone(mini_block.said[0])), Contradiction::transaction);
    EXPECT_EQ(judge(mini_block.proven(1), mini_block.proven(1)), failure(NoEvidence::consistent)) << "it is said twice";
    EXPECT_EQ(judge(mini_block.proven(1), mini_block.proven(2)), failure(NoEvidence::consistent));
}

TEST(Evidence, a_transaction_has_another_receipt)
{
    auto mini_block = sealed(10, 3, 5, 4);
    mini_block.receipts[1].back() ^= 1;
    mini_block.seal();
    EXPECT_EQ(judge(sign_alone(mini_block.said[1]), mini_block.proven(1)), Contradiction::place);
    EXPECT_EQ(judge(sign_alone(mini_block.said[0]), mini_block.proven(1)), failure(NoEvidence::consistent));
}

TEST(Evidence, blames_nobody_for_what_does_not_belong_to_the_header)
{
    const auto mini_block = sealed(10, 0, 0, 4);
    const auto said = sign_alone(mini_block.said[1]);
    const auto refused = [&said](const Evidence& evidence)
    {
        EXPECT_FALSE(belongs_to_header(evidence));
        EXPECT_EQ(judge(said, evidence), failure(NoEvidence::not_proven));
    };
    auto body = mini_block.body();
    EXPECT_TRUE(belongs_to_header(body));
    body.transactions.erase(body.transactions.begin() + 1);
    refused(body);
    body.transactions[0].clear();
    refused(body);
    const auto proven = mini_block.proven(2);
    EXPECT_TRUE(belongs_to_header(proven));
    for (const auto& change : std::vector<void (*)(ProvenTransaction&)>{[](auto& it) { it.index = 1; },
             [](auto& it) { it.transaction.back() ^= 1; }, [](auto& it) { it.receipt.back() ^= 1; },
             [](auto& it) { it.receipt.clear(); }, [](auto& it) { it.transaction_proof.pop_back(); },
             [](auto& it) { it.receipt_proof[0].back() ^= 1; }})
    {
        auto altered = proven;
        change(altered);
        refused(altered);
    }
    auto forged = proven;
    forged.mini_block.mini_block.transactions_root = {};
    EXPECT_EQ(judge(said, forged), failure(NoEvidence::different_signers));
}
}  // namespace
}  // namespace jiffy::chain
