// SPDX-License-Identifier: Apache-2.0
#include "consensus/standby_core.hpp"

#include <gtest/gtest.h>

namespace jiffy::consensus
{
namespace
{
constexpr store::ChainIdentity chain{7, Hash{{7}}};
const Member leader{"lead", 1};
const Member self{"b", 2};

Bytes record_of(std::uint64_t sequence, std::uint64_t epoch)
{
    return {static_cast<Byte>(sequence), static_cast<Byte>(epoch)};
}

/// A standby with what it wants, and a log of its leader's.
struct Standby
{
    explicit Standby(const Configuration& configuration = {3, leader, {self}}, std::size_t places = 1)
      : core{{}, {.chain = chain,
                     .self = self,
                     .configuration = configuration,
                     .positions = std::vector(places, feed::beginning_of(chain))}}
    {
        core.connected(0, out);
        take();
        core.received(Welcome{configuration, feed::beginning_of(chain), 1}, 0, out);
        take();
    }

    StandbyCommands take() { return std::exchange(out, {}); }

    template <class Command>
    std::optional<Command> take_one()
    {
        std::optional<Command> found;
        for (const auto& command : take())
            if (const auto* wanted = std::get_if<Command>(&command))
                found = *wanted;
        return found;
    }

    /// Up to where it acknowledges what has come; 0 if it does not.
    std::uint64_t acknowledged()
    {
        const auto sent = take_one<SendToLeader>();
        const auto* acknowledge = sent ? std::get_if<Acknowledge>(&sent->message) : nullptr;
        return acknowledge != nullptr ? acknowledge->before : 0;
    }

    /// The leader sends the records from `first` to below `before`, made in this epoch.
    void get(std::uint64_t epoch, std::uint64_t first, std::uint64_t before, std::uint64_t released_before)
    {
        positions.resize(first, feed::beginning_of(chain));
        Bytes body;
        auto position = positions[first - 1];
        for (auto sequence = first; sequence < before; ++sequence)
        {
            feed::pack(record_of(sequence, epoch), body);
            hasher.step(position, record_of(sequence, epoch));
            positions.push_back(position);
        }
        core.received(Frames{epoch, first, released_before, position.hash, body}, now, out);
    }

    Time now = 0;
    StandbyCore core;
    StandbyCommands out;
    feed::ChainHasher hasher;
    std::vector<feed::FeedPosition> positions{feed::beginning_of(chain)};
};

TEST(StandbyCore, acknowledges_what_it_has_and_hands_out_what_is_released)
{
    Standby standby;
    standby.get(3, 1, 4, 1);
    EXPECT_EQ(standby.acknowledged(), 4U);
    EXPECT_EQ(standby.core.handed_out().sequence, 1U);
    standby.get(3, 4, 6, 3);
    const auto handed = standby.take_one<HandOut>();
    ASSERT_TRUE(handed);
    EXPECT_EQ(handed->first, 1U);
    EXPECT_EQ(handed->records, (std::vector{record_of(1, 3), record_of(2, 3)}));
    EXPECT_EQ(handed->after, standby.positions[2]);
    standby.core.received(Released{6}, 0, standby.out);
    EXPECT_EQ(standby.take_one<HandOut>()->records.size(), 3U);
}

TEST(StandbyCore, takes_nothing_that_does_not_follow)
{
    for (const int fault : {0, 1, 2})
    {
        Standby standby;
        standby.get(3, 1, 3, 1);
        standby.take();
        Bytes body;
        feed::pack(record_of(3, 3), body);
        auto after = standby.positions[2];
        standby.hasher.step(after, record_of(3, 3));
        Frames frames{3, 3, 1, after.hash, body};
        if (fault == 0)
            frames.hash_after[0] ^= 1;
        if (fault == 1)
            frames.first = 4;
        if (fault == 2)
            frames.epoch = 4;
        standby.core.received(frames, 0, standby.out);
        EXPECT_TRUE(standby.take_one<Disconnect>()) << fault;
        EXPECT_EQ(standby.core.end().sequence, 3U);
    }
}

TEST(StandbyCore, what_comes_in_a_newer_epoch_takes_the_place_of_what_differs_only)
{
    Standby standby;
    standby.get(3, 1, 6, 3);
    standby.take();
    standby.core.received(Configured{{4, leader, {self}}, 4}, 0, standby.out);
    EXPECT_EQ(standby.acknowledged(), 4U) << "what is to come anew is not acknowledged";
    EXPECT_EQ(standby.core.end().sequence, 6U) << "and not dropped before it has come";
    standby.get(4, 4, 5, 4);
    EXPECT_EQ(standby.acknowledged(), 5U);
    EXPECT_EQ(standby.core.end().sequence, 5U);
    standby.core.received(Released{9}, 0, standby.out);
    EXPECT_EQ(standby.take_one<HandOut>()->records.back(), record_of(4, 4));
}

TEST(StandbyCore, fences_itself_takes_over_and_brings_all_that_it_has)
{
    Standby standby;
    standby.get(3, 1, 6, 3);
    standby.take();
    standby.core.tick(149'999, standby.out);
    EXPECT_FALSE(standby.take_one<AskTheWitness>());
    standby.core.tick(150'000, standby.out);
    EXPECT_EQ(standby.take_one<AskTheWitness>()->request, WitnessRequest{ReadConfiguration{}});
    standby.get(3, 6, 7, 3);
    EXPECT_EQ(standby.acknowledged(), 7U) << "as long as the witness does not answer the two of them go on";
    standby.core.answered(standby.core.configuration(), 150'001, standby.out);
    EXPECT_FALSE(standby.take_one<AskTheWitness>());

    standby.core.tick(3'000'000, standby.out);
    standby.take();
    standby.core.answered(standby.core.configuration(), 3'000'001, standby.out);
    const auto asked = standby.take_one<AskTheWitness>();
    const Propose wanted{3, self, {4, self, {}}};
    EXPECT_EQ(asked->request, WitnessRequest{wanted});
    standby.now = 3'000'002;
    standby.get(3, 7, 8, 3);
    EXPECT_EQ(standby.acknowledged(), 0U) << "fenced";
    EXPECT_EQ(standby.core.figures().spurious_takeovers, 1U);
    standby.core.tick(3'300'000, standby.out);
    EXPECT_EQ(standby.take_one<AskTheWitness>()->request, WitnessRequest{wanted}) << "until it is answered";
    standby.core.answered(wanted.next, 3'300'001, standby.out);
    const auto lead = standby.take_one<Lead>();
    ASSERT_TRUE(lead);
    EXPECT_EQ(lead->rest.first, 3U);
    EXPECT_EQ(lead->rest.records.size(), 5U);
    EXPECT_EQ(lead->former_leader, leader);
    EXPECT_TRUE(standby.core.is_leading());
}

TEST(StandbyCore, one_who_lost_the_race_follows_the_winner)
{
    Standby standby;
    standby.get(3, 1, 6, 3);
    standby.core.connection_refused(10, standby.out);
    standby.take();
    standby.core.answered(standby.core.configuration(), 20, standby.out);
    EXPECT_EQ(standby.core.figures().attempts, 1U) << "nobody listens where the leader was: no time is lost";
    const Configuration won{4, Member{"c", 3}, {}};
    standby.core.answered(won, 30, standby.out);
    standby.core.tick(31, standby.out);
    EXPECT_EQ(standby.take_one<ConnectTo>()->leader, won.leader);
    standby.core.connected(32, standby.out);
    const auto join = std::get<Join>(standby.take_one<SendToLeader>()->message);
    EXPECT_EQ(join.epoch, 4U);
    EXPECT_EQ(join.positions, (std::vector{standby.positions[5], standby.positions[2]}));
    standby.core.received(Welcome{won, standby.positions[2], 3}, 33, standby.out);
    EXPECT_EQ(standby.acknowledged(), 3U);
    standby.get(4, 3, 4, 4);
    EXPECT_EQ(standby.core.end().sequence, 4U) << "what belongs to nobody is gone";
}

TEST(StandbyCore, one_that_nothing_waits_for_does_not_take_over)
{
    Standby standby{{3, leader, {Member{"b", 1}}}};
    standby.core.tick(150'000, standby.out);
    standby.core.answered({3, leader, {Member{"b", 1}}}, 150'001, standby.out);
    EXPECT_EQ(standby.core.figures().attempts, 0U);
    standby.core.received(PleaseLead{}, 150'002, standby.out);
    standby.core.answered({3, leader, {Member{"b", 1}}}, 150'003, standby.out);
    EXPECT_EQ(standby.core.figures().attempts, 0U);
}

TEST(StandbyCore, leads_when_it_is_asked_to)
{
    Standby standby;
    standby.get(3, 1, 3, 3);
    standby.core.received(PleaseLead{}, 10, standby.out);
    standby.take();
    standby.core.answered(standby.core.configuration(), 20, standby.out);
    standby.core.answered({4, self, {}}, 30, standby.out);
    EXPECT_TRUE(standby.core.is_leading());
    EXPECT_EQ(standby.core.figures().spurious_takeovers, 0U);
}

TEST(StandbyCore, an_earlier_leader_is_not_believed)
{
    Standby standby;
    standby.core.answered({5, Member{"c", 3}, {self}}, 10, standby.out);
    standby.core.connected(11, standby.out);
    standby.take();
    standby.core.received(Welcome{{4, leader, {self}}, feed::beginning_of(chain), 1}, 12, standby.out);
    EXPECT_TRUE(standby.take_one<Disconnect>());
}
}  // namespace
}  // namespace jiffy::consensus
