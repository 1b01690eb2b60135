// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_register.hpp"

#include "store/simulated_disk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <set>

namespace jiffy::consensus
{
namespace
{
constexpr store::ChainIdentity chain{901, {{1, 2, 3}}};
const Member a{"a", 1};
const Member b{"b", 2};
const Member c{"c", 3};

Propose proposal(std::uint64_t expected, const Member& proposer, std::vector<Member> standbys, std::uint64_t epoch = 0)
{
    return {expected, proposer, {epoch != 0 ? epoch : expected + 1, proposer, std::move(standbys)}};
}

WitnessRegister open(store::Disk& disk)
{
    auto opened = WitnessRegister::open(disk, "w", chain);
    EXPECT_TRUE(opened) << opened.error().text;
    return *std::move(opened);
}

TEST(WitnessRule, the_leader_and_its_standbys_may_propose_and_nobody_else)
{
    const Configuration current{5, a, {b}};
    EXPECT_TRUE(is_accepted(current, proposal(5, a, {b, c})));
    EXPECT_TRUE(is_accepted(current, proposal(5, b, {})));
    EXPECT_FALSE(is_accepted(current, proposal(5, c, {})));
    EXPECT_TRUE(is_accepted(current, proposal(5, Member{"a", 9}, {}))) << "a leader that has begun again";
    EXPECT_FALSE(is_accepted(current, proposal(5, Member{"b", 9}, {}))) << "a standby that has lost its memory";
    auto for_another = proposal(5, a, {});
    for_another.next.leader = c;
    EXPECT_FALSE(is_accepted(current, for_another));
}

TEST(WitnessRule, an_epoch_follows_on_the_one_that_is_expected)
{
    const Configuration current{5, a, {b}};
    EXPECT_FALSE(is_accepted(current, proposal(4, a, {})));
    EXPECT_FALSE(is_accepted(current, proposal(6, a, {})));
    EXPECT_FALSE(is_accepted(current, proposal(5, a, {}, 7)));
    EXPECT_FALSE(is_accepted(current, proposal(5, a, {}, 5)));
    EXPECT_FALSE(is_accepted({~std::uint64_t{0}, a, {b}}, {~std::uint64_t{0}, a, {0, a, {}}}));
    EXPECT_TRUE(is_accepted({}, proposal(0, c, {})));
    EXPECT_TRUE(is_accepted({}, proposal(0, c, {}, 12))) << "a chain whose log has epochs already";
    EXPECT_FALSE(is_accepted({}, proposal(1, c, {}, 2)));
}

TEST(WitnessRule, asking_twice_is_asking_once)
{
    const auto first = proposal(5, b, {});
    EXPECT_TRUE(is_accepted(first.next, first));
    EXPECT_FALSE(is_accepted(Configuration{6, c, {}}, first));
}

TEST(WitnessRule, what_is_no_configuration_is_not_accepted)
{
    EXPECT_FALSE(is_accepted({}, proposal(0, Member{"A", 1}, {})));
    EXPECT_FALSE(is_accepted({}, proposal(0, Member{"", 1}, {})));
    EXPECT_FALSE(is_accepted({}, proposal(0, Member{std::string(33, 'a'), 1}, {})));
    EXPECT_FALSE(is_accepted({}, proposal(0, a, {c, b}))) << "not in order";
    EXPECT_FALSE(is_accepted({}, proposal(0, a, {b, Member{"b", 3}})));
    EXPECT_FALSE(is_accepted({}, proposal(0, b, {Member{"b", 3}})));
    EXPECT_FALSE(is_accepted({}, {}));
}

RC_GTEST_PROP(WitnessRuleProperty, of_those_who_ask_at_once_one_is_accepted, ())
{
    Configuration current{*rc::gen::inRange<std::uint64_t>(1, 1000), a, {b, c}};
    const auto epoch = current.epoch;
    const std::vector<Propose> proposals{proposal(epoch, a, {b}), proposal(epoch, a, {}), proposal(epoch, b, {}),
        proposal(epoch, c, {}), proposal(epoch, Member{"a", 7}, {}), proposal(epoch, Member{"b", 7}, {})};
    std::set<std::size_t> accepted;
    for (auto count = *rc::gen::inRange(1, 30); count != 0; --count)
    {
        const auto index = *rc::gen::inRange<std::size_t>(0, proposals.size());
        if (!is_accepted(current, proposals[index]))
            continue;
        current = proposals[index].next;
        accepted.insert(index);
    }
    RC_ASSERT(accepted.size() <= 1U);
    RC_ASSERT(current.epoch == epoch + accepted.size());
}

TEST(WitnessRegister, has_what_was_accepted_after_it_is_opened_again)
{
    store::SimulatedDisk disk;
    auto witness = open(disk);
    EXPECT_EQ(witness.current(), Configuration{});
    const auto first = proposal(0, a, {}, 3);
    EXPECT_EQ(witness.propose(first).value(), first.next);
    EXPECT_EQ(witness.propose(proposal(0, b, {})).value(), first.next) << "the answer says who was accepted";
    const auto second = proposal(3, a, {b});
    EXPECT_EQ(witness.propose(second).value(), second.next);
    EXPECT_EQ(open(*disk.crash(1)).current(), second.next);
}

TEST(WitnessRegister, a_crash_at_any_step_loses_nothing_that_was_answered)
{
    const auto first = proposal(0, a, {b});
    const auto second = proposal(1, b, {});
    std::set<std::uint64_t> found;
    bool is_answered = false;
    for (std::uint64_t step = 0; !is_answered; ++step)
        for (std::uint64_t seed = 0; seed < 30; ++seed)
        {
            store::SimulatedDisk disk{seed};
            auto witness = open(disk);
            ASSERT_TRUE(witness.propose(first));
            disk.stop_at_operation(disk.operations() + step);
            const auto answer = witness.propose(second);
            is_answered = answer.has_value();
            const auto after = seed % 2 == 0 ? disk.crash(seed) : disk.restart(seed);
            auto again = open(*after);
            found.insert(again.current().epoch);
            if (answer)
                EXPECT_EQ(again.current(), second.next);
            // What it says now holds, whatever comes: even if nothing was answered before.
            EXPECT_EQ(open(*after->crash(seed)).current(), again.current());
            // Whoever got no answer asks again, and somebody else may be first.
            if (again.current().epoch == 1 && seed % 3 == 0)
                EXPECT_EQ(again.propose(proposal(1, a, {})).value().leader, a);
            const auto last = again.propose(second).value();
            EXPECT_EQ(last.epoch, 2U);
            EXPECT_EQ(open(*after->crash(seed)).current(), last);
        }
    EXPECT_EQ(found, (std::set<std::uint64_t>{1, 2}));
}

TEST(WitnessRegister, that_of_another_chain_is_refused)
{
    store::SimulatedDisk disk;
    ASSERT_TRUE(open(disk).propose(proposal(0, a, {})));
    EXPECT_EQ(WitnessRegister::open(disk, "w", {902, chain.genesis}).error().kind, store::ErrorKind::foreign);
    EXPECT_EQ(WitnessRegister::open(disk, "w", {901, Hash{{9}}}).error().kind, store::ErrorKind::foreign);
    ASSERT_TRUE(store::write_atomic_file(disk, "w", "witness", chain, Bytes{2}));
    EXPECT_EQ(WitnessRegister::open(disk, "w", chain).error().kind, store::ErrorKind::foreign);
    ASSERT_TRUE(store::write_atomic_file(disk, "w", "witness", chain, Bytes{1, 5}));
    EXPECT_EQ(WitnessRegister::open(disk, "w", chain).error().kind, store::ErrorKind::damaged);
}
}  // namespace
}  // namespace jiffy::consensus
