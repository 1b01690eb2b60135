// SPDX-License-Identifier: Apache-2.0
#include "consensus/leader_core.hpp"

#include <gtest/gtest.h>

namespace jiffy::consensus
{
namespace
{
constexpr store::ChainIdentity chain{7, Hash{{7}}};
const Member leader_member{"lead", 1};
const Member b{"b", 2};
const Member c{"c", 3};

/// A leader whose records have made-up hashes, with what it wants.
struct Leader
{
    explicit Leader(LeaderOptions options = {}, std::uint64_t released_before = 1)
      : core{options,
            {.chain = chain,
                .configuration = {3, leader_member, {}},
                .released_before = released_before,
                .former_leader = Member{"former", 9}},
            [this](std::uint64_t sequence) { return position(sequence); }}
    {
    }

    [[nodiscard]] std::optional<feed::FeedPosition> position(std::uint64_t sequence) const
    {
        if (sequence < oldest)
            return std::nullopt;
        return feed::FeedPosition{sequence, Hash{{static_cast<Byte>(sequence)}}};
    }

    /// All that was wanted since the last call.
    LeaderCommands take() { return std::exchange(out, {}); }

    template <class Command>
    std::vector<Command> take_all()
    {
        std::vector<Command> found;
        for (const auto& command : take())
            if (const auto* wanted = std::get_if<Command>(&command))
                found.push_back(*wanted);
        return found;
    }

    void join(Link link, const Member& member, std::uint64_t sequence)
    {
        core.received(link, Join{chain, {}, member, 3, {*position(sequence)}}, now, out);
    }

    void acknowledge(Link link, std::uint64_t before)
    {
        core.received(link, Acknowledge{core.configuration().epoch, before}, now, out);
    }

    /// Takes `member` in at the end of the log.
    void seat(Link link, const Member& member)
    {
        join(link, member, core.released_before());
        acknowledge(link, core.released_before());
        accept();
    }

    /// The witness accepts what is proposed.
    void accept()
    {
        for (const auto& asked : take_all<AskWitness>())
            if (const auto* proposal = std::get_if<Propose>(&asked.request))
                core.answered(proposal->next, now, out);
    }

    std::uint64_t oldest = 1;
    Time now = 0;
    LeaderCore core;
    LeaderCommands out;
};

std::vector<std::uint64_t> releases(Leader& leader)
{
    std::vector<std::uint64_t> found;
    for (const auto& release : leader.take_all<Release>())
        found.push_back(release.before);
    return found;
}

TEST(LeaderCore, releases_at_once_as_long_as_nobody_stands_by)
{
    Leader leader;
    leader.core.appended(4, 0, leader.out);
    EXPECT_EQ(releases(leader), std::vector<std::uint64_t>{4});
}

TEST(LeaderCore, a_fragment_costs_one_command_and_its_acknowledgement_another)
{
    Leader leader;
    leader.seat(1, b);
    EXPECT_EQ(leader.core.configuration(), (Configuration{4, leader_member, {b}}));
    leader.take();
    leader.core.appended(2, 10, leader.out);
    ASSERT_EQ(leader.out.size(), 1U);
    const auto& frames = std::get<SendFrames>(leader.out.front());
    EXPECT_EQ(frames.link, 1U);
    EXPECT_EQ(frames.epoch, 4U);
    EXPECT_EQ(frames.first, 1U);
    EXPECT_EQ(frames.before, 2U);
    leader.take();
    leader.acknowledge(1, 2);
    ASSERT_EQ(leader.out.size(), 1U);
    EXPECT_EQ(std::get<Release>(leader.out.front()).before, 2U);
}

TEST(LeaderCore, waits_for_one_who_joins_before_it_proposes_and_until_it_is_answered)
{
    Leader leader;
    leader.core.appended(10, 0, leader.out);
    leader.join(1, b, 4);
    EXPECT_EQ(leader.take_all<AskWitness>().size(), 0U) << "it lacks what is released";
    leader.core.appended(12, 0, leader.out);
    EXPECT_EQ(releases(leader), std::vector<std::uint64_t>{12}) << "nothing waits for it yet";
    leader.acknowledge(1, 10);
    leader.core.appended(13, 0, leader.out);
    EXPECT_EQ(leader.take_all<AskWitness>().size(), 0U) << "it lacks two that were released without it";
    EXPECT_EQ(leader.core.released_before(), 12U) << "from here on all waits for it";
    leader.acknowledge(1, 12);
    const auto asked = leader.take_all<AskWitness>();
    ASSERT_EQ(asked.size(), 1U);
    const auto& proposal = std::get<Propose>(asked.front().request);
    EXPECT_EQ(proposal.next, (Configuration{4, leader_member, {b}}));
    EXPECT_EQ(proposal.expected, 3U);
    leader.acknowledge(1, 13);
    EXPECT_EQ(releases(leader), std::vector<std::uint64_t>{13});
    leader.core.appended(14, 0, leader.out);
    EXPECT_EQ(leader.core.released_before(), 13U);
    leader.core.tick(leader.now = 200'000, leader.out);
    EXPECT_EQ(leader.take_all<AskWitness>().size(), 1U) << "nobody has answered";
    leader.core.answered(proposal.next, leader.now, leader.out);
    const auto terms = leader.take_all<NewTerms>();
    ASSERT_EQ(terms.size(), 1U);
    EXPECT_EQ(terms.front().first, 13U) << "what was not released is made anew";
    leader.core.received(1, Acknowledge{3, 14}, leader.now, leader.out);
    leader.core.appended(14, leader.now, leader.out);
    EXPECT_EQ(leader.core.released_before(), 13U) << "it was said of what is no more";
    leader.acknowledge(1, 14);
    EXPECT_EQ(releases(leader), std::vector<std::uint64_t>{14});
}

TEST(LeaderCore, one_who_is_silent_is_removed_once_the_witness_is_known_to_answer)
{
    Leader leader;
    leader.seat(1, b);
    leader.core.appended(2, 0, leader.out);
    leader.take();
    leader.core.tick(leader.now = 149'999, leader.out);
    EXPECT_EQ(leader.take_all<AskWitness>().size(), 0U);
    leader.core.tick(leader.now = 150'000, leader.out);
    auto asked = leader.take_all<AskWitness>();
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked.front().request, WitnessRequest{ReadConfiguration{}});
    // It was late only.
    leader.acknowledge(1, 2);
    EXPECT_EQ(leader.core.released_before(), 2U);
    leader.core.answered(leader.core.configuration(), leader.now, leader.out);
    EXPECT_EQ(leader.take_all<AskWitness>().size(), 0U);

    leader.core.appended(3, leader.now, leader.out);
    leader.core.tick(leader.now += 2'000'000, leader.out);
    leader.take();
    leader.core.answered(leader.core.configuration(), leader.now, leader.out);
    const auto wanted = leader.take();
    EXPECT_TRUE(
        std::ranges::any_of(wanted, [](const auto& command) { return std::holds_alternative<CloseLink>(command); }));
    leader.out = wanted;
    leader.core.received(1, Acknowledge{4, 3}, leader.now, leader.out);
    EXPECT_EQ(leader.core.released_before(), 2U) << "nobody listens to it any more";
    leader.accept();
    EXPECT_EQ(leader.core.configuration(), (Configuration{5, leader_member, {}}));
    leader.core.appended(3, leader.now, leader.out);
    EXPECT_EQ(leader.core.released_before(), 3U);
    EXPECT_EQ(leader.core.figures().removals, 1U);
    leader.join(2, b, 3);
    EXPECT_EQ(leader.core.figures().spurious_removals, 1U);
}

TEST(LeaderCore, a_standby_that_has_begun_again_replaces_what_it_was)
{
    Leader leader;
    leader.seat(1, b);
    leader.core.appended(2, 0, leader.out);
    leader.join(2, Member{"b", 7}, 1);
    leader.accept();
    EXPECT_EQ(leader.core.configuration(), (Configuration{5, leader_member, {}})) << "nobody has what it had";
    leader.core.appended(2, 0, leader.out);
    leader.acknowledge(2, 2);
    leader.accept();
    EXPECT_EQ(leader.core.configuration(), (Configuration{6, leader_member, {Member{"b", 7}}}));
}

TEST(LeaderCore, releases_nothing_any_more_once_somebody_else_leads)
{
    for (const bool is_told_by_witness : {true, false})
    {
        Leader leader;
        leader.seat(1, b);
        const Configuration other{5, b, {}};
        if (is_told_by_witness)
            leader.core.answered(other, 0, leader.out);
        else
            leader.core.received(1, Configured{other, 1}, 0, leader.out);
        EXPECT_TRUE(leader.core.is_deposed());
        EXPECT_EQ(leader.take_all<Deposed>().size(), 1U);
        leader.core.appended(2, 0, leader.out);
        leader.acknowledge(1, 2);
        leader.core.tick(10'000'000, leader.out);
        EXPECT_EQ(leader.core.released_before(), 1U);
        for (const auto& command : leader.take())
            EXPECT_TRUE(std::holds_alternative<CloseLink>(command));
        leader.join(2, c, 1);
        ASSERT_EQ(leader.out.size(), 2U);
        EXPECT_EQ(
            std::get<Refused>(std::get<SendMessage>(leader.out.front()).message).reason, RefusedReason::not_leading);
    }
}

TEST(LeaderCore, says_why_it_refuses)
{
    LeaderOptions options;
    options.token = "a token of some length";
    options.seats = 1;
    Leader leader{options, 20};
    leader.oldest = 10;
    const auto reason_of = [&](const Join& join)
    {
        leader.core.received(leader.core.next_time() + 1, join, 0, leader.out);
        const auto said = leader.take_all<SendMessage>();
        const auto* refused = said.empty() ? nullptr : std::get_if<Refused>(&said.front().message);
        return refused != nullptr ? std::optional{refused->reason} : std::nullopt;
    };
    Join join{chain, options.token, b, 3, {*leader.position(12)}};
    auto other = join;
    other.token = "a token of some lengtH";
    EXPECT_EQ(reason_of(other), RefusedReason::wrong_token);
    other = join;
    other.chain.chain_id = 8;
    EXPECT_EQ(reason_of(other), RefusedReason::other_chain);
    other = join;
    other.member.name = "lead";
    EXPECT_EQ(reason_of(other), RefusedReason::name_taken);
    other = join;
    other.epoch = 4;
    EXPECT_EQ(reason_of(other), RefusedReason::not_leading);
    other = join;
    other.positions = {{12, Hash{{1}}}, {21, Hash{{21}}}};
    EXPECT_EQ(reason_of(other), RefusedReason::other_history);
    other.positions.push_back({9, Hash{{9}}});
    EXPECT_EQ(reason_of(other), RefusedReason::not_retained);
    other.positions.push_back(*leader.position(11));
    EXPECT_EQ(reason_of(other), std::nullopt) << "an earlier place will do";
    other = join;
    other.member = c;
    EXPECT_EQ(reason_of(other), RefusedReason::full);
}

TEST(LeaderCore, hands_over_to_one_who_has_everything)
{
    Leader leader;
    EXPECT_FALSE(leader.core.hand_over(0, leader.out));
    leader.seat(1, b);
    leader.core.appended(2, 0, leader.out);
    EXPECT_FALSE(leader.core.hand_over(0, leader.out));
    leader.acknowledge(1, 2);
    leader.take();
    EXPECT_TRUE(leader.core.hand_over(0, leader.out));
    EXPECT_EQ(std::get<SendMessage>(leader.out.back()).message.index(), Message{PleaseLead{}}.index());
}

TEST(LeaderCore, one_who_joins_gets_no_more_than_it_may_have_on_its_way)
{
    LeaderOptions options;
    options.most_in_flight = 10;
    Leader leader{options};
    leader.core.appended(100, 0, leader.out);
    ASSERT_EQ(leader.core.released_before(), 100U);
    leader.take();
    leader.join(1, b, 1);
    EXPECT_EQ(leader.take_all<SendFrames>().front().before, 11U);
    leader.acknowledge(1, 6);
    EXPECT_EQ(leader.take_all<SendFrames>().front().before, 16U);
}

TEST(LeaderCore, what_is_released_together_is_sent_together)
{
    LeaderOptions options;
    options.most_in_flight = 10;
    Leader leader{options};
    leader.seat(1, b);
    leader.take();
    leader.core.appended(100, 0, leader.out);
    EXPECT_EQ(leader.take_all<SendFrames>().front().before, 100U);
    leader.acknowledge(1, 100);
    EXPECT_EQ(leader.core.released_before(), 100U);
}
}  // namespace
}  // namespace jiffy::consensus
