// SPDX-License-Identifier: Apache-2.0
#include "replica/verifier.hpp"

#include "replica/read_ahead.hpp"
#include "replica/verified_chain_test.hpp"

#include <gtest/gtest.h>
#include <random>
#include <rapidcheck/gtest.h>

namespace jiffy::replica
{
namespace
{
/// That the log's frames match, the rest of them once `believed` of them were followed.
void require_match(const WrittenLog& log, VerifiedChain& node, std::size_t believed)
{
    for (auto i = believed; i < log.frames.size(); ++i)
    {
        const auto checked = node.verifier->apply(log.frames[i]);
        if (!checked)
            RC_FAIL(to_string(checked.error()));
    }
}

RC_GTEST_PROP(VerifierProperty, finds_no_fault_with_any_chain_and_comes_to_the_same_one, ())
{
    const bool is_optimism = *rc::gen::arbitrary<bool>();
    const auto log = write_log(is_optimism, 1 + pick_any(3), 12, pick_any);
    VerifiedChain node{is_optimism};
    require_match(*log, node, 0);
    log->chain->sealer->process_pending();
    node.chain.sealer->process_pending();

    RC_ASSERT(node.state() == log->chain->world.pin().as_difference().value());
    RC_ASSERT(node.chain.world.id_counts() == log->chain->world.id_counts());
    const auto& history = node.chain.history;
    RC_ASSERT(history.sealed_number() == log->chain->history.sealed_number());
    const auto newest = log->chain->history.open_block()->number();
    std::uint64_t mini_blocks = 0;
    for (std::uint64_t number = 1; number <= newest; ++number)
    {
        const auto said = log->chain->history.find(number);
        const auto found = history.find(number);
        require_same_block(*said, *found);
        mini_blocks += said->mini_blocks.size();
        for (std::uint32_t i = 0; i < said->released_count(); ++i)
            require_promise(said->transactions[i], *sequencer::preconfirmation_of({said, i}), {found, i});
    }
    RC_ASSERT(node.verifier->validated_mini_blocks() == mini_blocks);
    RC_ASSERT(node.verifier->validated_block() + 2 >= newest);
}

RC_GTEST_PROP(VerifierProperty, begins_anywhere, ())
{
    const bool is_optimism = *rc::gen::arbitrary<bool>();
    const auto log = write_log(is_optimism, 1 + pick_any(2), 12, pick_any);
    const auto believed = pick_any(log->frames.size() + 1);
    VerifiedChain node{is_optimism, std::span{log->frames}.first(believed)};
    require_match(*log, node, believed);
    RC_ASSERT(node.state() == log->chain->world.pin().as_difference().value());
}

RC_GTEST_PROP(VerifierProperty, takes_senders_that_were_recovered_ahead, ())
{
    const bool is_optimism = *rc::gen::arbitrary<bool>();
    const auto log = write_log(is_optimism, 1, 20, pick_any);
    const auto believed = pick_any(log->frames.size() + 1);
    VerifiedChain node{is_optimism, std::span{log->frames}.first(believed)};

    ReadAhead reader{node.chain.world, TestChain::chain_id};
    struct Prepared
    {
        types::LogFrame frame;
        std::vector<std::optional<Address>> senders;
    };
    std::vector<Prepared> prepared;
    for (auto i = believed; i < log->frames.size(); ++i)
    {
        auto frame = reader.next(types::encode(log->frames[i], TestChain::chain_id));
        RC_ASSERT(frame.has_value());
        const auto* fragment = std::get_if<types::FragmentFrame>(&*frame);
        auto senders = fragment != nullptr ? recover_senders(*fragment) : std::vector<std::optional<Address>>{};
        prepared.push_back({std::move(*frame), std::move(senders)});
    }
    for (auto& [frame, senders] : prepared)
        RC_ASSERT(node.verifier->apply(std::move(frame), senders).has_value());
    RC_ASSERT(node.state() == log->chain->world.pin().as_difference().value());
}

std::size_t wanted_fragments()
{
    const char* text = std::getenv("JIFFY_FRAGMENTS");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 300;
}

/// Commits of a sequencer's world that a frame is about.
std::uint64_t commits_of(const types::LogFrame& frame)
{
    if (const auto* fragment = std::get_if<types::FragmentFrame>(&frame))
        return fragment->transactions.size();
    // The slot of the parent's hash is reserved by itself.
    if (std::holds_alternative<types::OpenBlockFrame>(frame))
        return 2;
    return types::difference_of(frame) != nullptr ? 1 : 0;
}

/// Compares the whole state of a sequencer, a follower and a full node at every fragment of some traffic; gives the
/// number of fragments.
std::size_t compare_at_every_fragment(std::uint64_t seed)
{
    std::mt19937_64 random{seed};
    const auto pick = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
    const bool is_optimism = seed % 2 == 0;
    TrafficChain chain{is_optimism};
    chain.make_releaser();
    auto commit = chain.world.commit_number();
    chain.start_sequencer();
    write_more(chain, 100, pick);

    TrafficChain copy{is_optimism};
    auto follower = copy.follower();
    VerifiedChain node{is_optimism};
    std::size_t fragments = 0;
    for (const auto& frame : chain.log)
    {
        EXPECT_TRUE(follower.apply(frame));
        const auto checked = node.verifier->apply(frame);
        EXPECT_TRUE(checked) << to_string(checked.error());
        commit += commits_of(frame);
        if (!std::holds_alternative<types::FragmentFrame>(frame))
            continue;
        ++fragments;
        const auto said = chain.world.pin_at(commit)->as_difference().value();
        EXPECT_EQ(copy.world.pin().as_difference().value(), said);
        EXPECT_EQ(node.state(), said);
        if (testing::Test::HasFailure())
            return fragments;
    }
    EXPECT_EQ(commit, chain.world.commit_number());
    return fragments;
}

TEST(ReplicaState, is_the_sequencers_at_every_fragment)
{
    std::size_t fragments = 0;
    for (std::uint64_t seed = 1; fragments < wanted_fragments(); ++seed)
    {
        fragments += compare_at_every_fragment(seed);
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
    std::printf("%zu fragments\n", fragments);
}
}  // namespace
}  // namespace jiffy::replica
