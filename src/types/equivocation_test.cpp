// SPDX-License-Identifier: Apache-2.0
#include "types/equivocation.hpp"

#include "types/statement_test_signing.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
using namespace statement_test;

Result<Contradiction, NoEvidence> judge(const SignedStatement& a, const SignedStatement& b)
{
    const auto found = find_contradiction(a, b);
    EXPECT_EQ(found, find_contradiction(b, a)) << "the order does not matter";
    return found;
}

bool can_both_be_true(const SignedStatement& a, const SignedStatement& b)
{
    return judge(a, b) == failure(NoEvidence::consistent);
}

bool contradicts(const SignedStatement& a, const SignedStatement& b, Contradiction wanted)
{
    return judge(a, b) == wanted;
}

TEST(Equivocation, finds_each_contradiction)
{
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
    other_mini.index = 4;
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

/// What a sequencer signs that follows the rules: a run of blocks of mini-blocks of transactions.
struct HonestChain
{
    std::vector<MiniBlock> mini_blocks;
    std::vector<Preconfirmation> preconfirmations;

    [[nodiscard]] SignedStatement statement(std::size_t i) const
    {
        if (i < mini_blocks.size())
            return sign_mini_block(mini_blocks[i]);
        return sign_alone(preconfirmations[i - mini_blocks.size()]);
    }
    [[nodiscard]] std::size_t size() const { return mini_blocks.size() + preconfirmations.size(); }
};

HonestChain honest_chain()
{
    HonestChain chain;
    // Blocks of less than a second share timestamps.
    const auto interval = *rc::gen::element<std::uint64_t>(1'000'000, 400'000);
    const auto first_block = *rc::gen::inRange<std::uint64_t>(1, 50);
    const auto blocks = *rc::gen::inRange<std::uint64_t>(1, 5);
    auto mini_number = *rc::gen::inRange<std::uint64_t>(first_block - 1, 100);
    std::uint64_t transactions = 0;
    Hash parent;
    Hash prefix;
    for (auto number = first_block; number < first_block + blocks; ++number)
    {
        Header opening;
        opening.number = number;
        opening.timestamp = 1'000 + number * interval / 1'000'000;
        const auto environment = environment_commitment(opening, prefix);
        prefix = environment;
        std::uint64_t index = 0;
        auto time = 1'000'000'000 + (number - 1) * interval;
        const auto mini_blocks = *rc::gen::inRange<std::uint64_t>(1, 5);
        for (std::uint64_t mini_index = 0; mini_index < mini_blocks; ++mini_index, ++mini_number)
        {
            time += *rc::gen::inRange<std::uint64_t>(1, 1000);
            // Every block begins with a transaction of the system.
            const auto count = *rc::gen::inRange<int>(mini_index == 0 ? 1 : 0, 4);
            for (int i = 0; i < count; ++i, ++index)
            {
                time += *rc::gen::inRange<std::uint64_t>(0, 1000);
                const auto transaction = to_hash(U256{++transactions});
                const auto receipt = to_hash(U256{1'000'000 + transactions});
                prefix = extend_prefix(prefix, transaction, receipt);
                chain.preconfirmations.push_back(
                    {promise, number, environment, mini_number, index, transaction, receipt, prefix, time});
            }
            time += *rc::gen::inRange<std::uint64_t>(0, 1000);
            MiniBlock header;
            header.number = mini_number;
            header.parent = parent;
            header.block_number = number;
            header.block_timestamp = opening.timestamp;
            header.index = mini_index;
            header.time = time;
            parent = mini_block_hash(promise, header);
            chain.mini_blocks.push_back(header);
        }
    }
    return chain;
}

RC_GTEST_PROP(EquivocationProperty, what_an_honest_sequencer_signs_never_contradicts_itself, ())
{
    const auto chain = honest_chain();
    for (int i = 0; i < 30; ++i)
    {
        const auto any = [&] { return chain.statement(*rc::gen::inRange<std::size_t>(0, chain.size())); };
        RC_ASSERT(can_both_be_true(any(), any()));
    }
}

RC_GTEST_PROP(EquivocationProperty, a_mini_block_that_does_not_fit_the_others_is_found, ())
{
    const auto chain = honest_chain();
    const auto& minis = chain.mini_blocks;
    const auto place = *rc::gen::inRange<std::size_t>(0, minis.size());
    const auto& honest = minis[place];
    const auto some = *rc::gen::inRange<std::uint64_t>(1, 1000);
    const auto expect = [](const MiniBlock& a, const MiniBlock& b, Contradiction wanted)
    { RC_ASSERT(contradicts(sign_mini_block(a), sign_mini_block(b), wanted)); };

    auto other = honest;
    other.difference = to_hash(U256{some});
    expect(honest, other, Contradiction::mini_block);

    // The next one after it, first as it should be.
    other = honest;
    ++other.number;
    ++other.index;
    ++other.time;
    other.parent = mini_block_hash(promise, honest);
    RC_ASSERT(can_both_be_true(sign_mini_block(honest), sign_mini_block(other)));
    auto wrong = other;
    wrong.parent = to_hash(U256{some});
    expect(honest, wrong, Contradiction::parent);
    wrong = other;
    wrong.time = honest.time - *rc::gen::inRange<std::uint64_t>(0, 100);
    expect(honest, wrong, Contradiction::order);
    wrong = other;
    wrong.block_timestamp += some;
    expect(honest, wrong, Contradiction::timestamp);
    wrong = other;
    wrong.index += some;
    expect(honest, wrong, Contradiction::index);
    wrong.index = honest.index;
    expect(honest, wrong, Contradiction::index);

    // The next block's first one.
    ++other.block_number;
    other.index = 0;
    RC_ASSERT(can_both_be_true(sign_mini_block(honest), sign_mini_block(other)));
    wrong = other;
    wrong.block_timestamp -= *rc::gen::inRange<std::uint64_t>(1, 100);
    expect(honest, wrong, Contradiction::timestamp);
    wrong = other;
    wrong.index = some;
    expect(honest, wrong, Contradiction::index);
    wrong = other;
    wrong.block_number += some;
    expect(honest, wrong, Contradiction::index);
    wrong = other;
    wrong.block_number = honest.block_number - 1;
    expect(honest, wrong, Contradiction::order);
}

RC_GTEST_PROP(EquivocationProperty, a_preconfirmation_that_does_not_fit_the_others_is_found, ())
{
    const auto chain = honest_chain();
    const auto honest = *rc::gen::elementOf(chain.preconfirmations);
    const auto some = *rc::gen::inRange<std::uint64_t>(1, 1000);
    const auto expect = [](const Preconfirmation& a, const SignedStatement& b, Contradiction wanted)
    { RC_ASSERT(contradicts(sign_alone(a), b, wanted)); };

    const auto with = [&](const auto& change)
    {
        auto wrong = honest;
        change(wrong);
        return wrong;
    };
    const auto against_itself = [&](const auto& change, Contradiction wanted)
    { expect(with(change), sign_alone(honest), wanted); };
    against_itself([&](auto& wrong) { wrong.transaction = to_hash(U256{some} << 100); }, Contradiction::place);
    against_itself([&](auto& wrong) { wrong.receipt = to_hash(U256{some} << 100); }, Contradiction::place);
    against_itself([&](auto& wrong) { wrong.prefix = to_hash(U256{some}); }, Contradiction::place);
    against_itself([&](auto& wrong) { wrong.mini_block += some; }, Contradiction::place);
    against_itself([&](auto& wrong) { wrong.environment = to_hash(U256{some}); }, Contradiction::environment);
    against_itself([&](auto& wrong) { wrong.index += 1 + some; }, Contradiction::transaction);
    against_itself([&](auto& wrong) { wrong.block_number += some; }, Contradiction::block);
    const auto later = [&](auto& wrong)
    {
        wrong.block_number += 1 + some;
        wrong.mini_block += 1;
        wrong.transaction = to_hash(U256{some} << 100);
    };
    against_itself(later, Contradiction::index);

    const auto& mini_block = *std::ranges::find(chain.mini_blocks, honest.mini_block, &MiniBlock::number);
    const auto against_its_mini_block = [&](const auto& change, Contradiction wanted)
    { expect(with(change), sign_mini_block(mini_block), wanted); };
    against_its_mini_block([&](auto& wrong) { wrong.time = mini_block.time + some; }, Contradiction::order);
    against_its_mini_block([&](auto& wrong) { wrong.block_number += some; }, Contradiction::block);
    const auto after_its_block = [&](auto& wrong)
    {
        wrong.mini_block = mini_block.number + some;
        wrong.time = mini_block.time - 1;
    };
    against_its_mini_block(after_its_block, Contradiction::order);
    // As many mini-blocks before it as its block has, and yet in its block.
    auto early = honest;
    auto late = mini_block;
    late.number += 1 + some;
    late.index = some;
    late.time += some;
    early.time = honest.time;
    expect(early, sign_mini_block(late), Contradiction::index);
    late.index = 1 + some + mini_block.index;
    RC_ASSERT(can_both_be_true(sign_alone(early), sign_mini_block(late)));
    late.block_number += 1;
    expect(early, sign_mini_block(late), Contradiction::index);
}
}  // namespace
}  // namespace jiffy::types
