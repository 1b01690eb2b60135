// SPDX-License-Identifier: Apache-2.0
#include "consensus/leader_record.hpp"

#include "store/simulated_disk.hpp"

#include <gtest/gtest.h>

namespace jiffy::consensus
{
namespace
{
constexpr store::ChainIdentity chain{901, {{1, 2, 3}}};
const Member a{"a", 7};

/// A leader that begins again: it has proposed epoch 5 on epoch 4, on the same boot of its machine.
Beginning again(std::uint64_t witness_epoch)
{
    return {.self = a,
        .current = {witness_epoch, Member{"a", 1}, {Member{"b", 2}}},
        .record = LeaderRecord{.name = "a", .proposed_epoch = 5, .base_epoch = 4, .boot_id = "boot"},
        .boot_id = "boot",
        .log_epoch = 4};
}

Role role_of(const Beginning& beginning)
{
    const auto decision = decide_beginning(beginning);
    EXPECT_EQ(decision.proposal.has_value(), decision.role == Role::lead);
    EXPECT_NE(decision.text, "");
    if (decision.proposal)
        EXPECT_TRUE(is_accepted(beginning.current, *decision.proposal));
    return decision.role;
}

TEST(Beginning, a_new_chain_is_led_by_whoever_comes_first)
{
    Beginning beginning{.self = a, .current = {}, .record = std::nullopt, .boot_id = "boot"};
    EXPECT_EQ(role_of(beginning), Role::lead);
    EXPECT_EQ(decide_beginning(beginning).proposal->next, (Configuration{1, a, {}}));
    beginning.log_epoch = 41;
    EXPECT_EQ(decide_beginning(beginning).proposal->next.epoch, 42U);
    // Its first proposal may never have come to the witness.
    beginning.record = LeaderRecord{.name = "a", .proposed_epoch = 50, .boot_id = "boot"};
    EXPECT_EQ(decide_beginning(beginning).proposal->next.epoch, 51U);
    EXPECT_EQ(role_of(beginning), Role::lead);
    beginning.record->base_epoch = 49;
    EXPECT_EQ(role_of(beginning), Role::wait) << "the witness has lost its register";
    beginning.is_forced = true;
    EXPECT_EQ(role_of(beginning), Role::lead);
}

TEST(Beginning, whoever_does_not_lead_stands_by)
{
    auto beginning = again(5);
    beginning.current.leader.name = "b";
    beginning.current.standbys.clear();
    EXPECT_EQ(role_of(beginning), Role::stand_by);
    beginning.is_forced = true;
    EXPECT_EQ(role_of(beginning), Role::lead);
    EXPECT_TRUE(is_accepted(beginning.current, *decide_beginning(beginning).proposal));
}

TEST(Beginning, a_leader_whose_log_is_whole_leads_again)
{
    EXPECT_EQ(role_of(again(5)), Role::lead);
    EXPECT_EQ(decide_beginning(again(5)).proposal->next, (Configuration{6, a, {}}));
    EXPECT_EQ(role_of(again(4)), Role::lead) << "its proposal has not come to the witness";
    EXPECT_EQ(role_of(again(3)), Role::wait) << "a newer directory than the witness's";
    EXPECT_EQ(role_of(again(6)), Role::wait) << "an old directory";
    auto other = again(5);
    other.record->name = "c";
    EXPECT_EQ(role_of(other), Role::wait);
    other.record.reset();
    EXPECT_EQ(role_of(other), Role::wait);
}

TEST(Beginning, after_a_loss_of_power_only_what_waited_for_the_disk_counts)
{
    for (const std::string boot_id : {"other", ""})
    {
        auto beginning = again(5);
        beginning.record->boot_id = boot_id;
        EXPECT_EQ(role_of(beginning), Role::wait);
        beginning.record->base_waits_for_disk = true;
        EXPECT_EQ(role_of(beginning), Role::wait);
        beginning.record->proposed_waits_for_disk = true;
        EXPECT_EQ(role_of(beginning), Role::lead);
        beginning.record->base_waits_for_disk = false;
        beginning.current.epoch = 4;
        EXPECT_EQ(role_of(beginning), Role::wait);
        beginning.is_forced = true;
        EXPECT_EQ(role_of(beginning), Role::lead);
    }
    auto unknown = again(5);
    unknown.record->boot_id.clear();
    unknown.boot_id.clear();
    EXPECT_EQ(role_of(unknown), Role::wait) << "two unknown boots are not the same one";
}

TEST(LeaderRecord, is_read_as_it_was_written)
{
    store::SimulatedDisk disk;
    EXPECT_EQ(read_leader_record(disk, "d", chain).value(), std::nullopt);
    const LeaderRecord record{"node-a", 1000, 999, "7d7f4a9e-0000-4a1b-9d57-2f1e6c1f3c55", true, false};
    ASSERT_TRUE(write_leader_record(disk, "d", chain, record));
    EXPECT_EQ(read_leader_record(*disk.crash(1), "d", chain).value(), record);
    ASSERT_TRUE(store::write_atomic_file(disk, "d", "leader", chain, Bytes{2}));
    EXPECT_EQ(read_leader_record(disk, "d", chain).error().kind, store::ErrorKind::foreign);
    ASSERT_TRUE(store::write_atomic_file(disk, "d", "leader", chain, Bytes{1, 1, 'a'}));
    EXPECT_EQ(read_leader_record(disk, "d", chain).error().kind, store::ErrorKind::damaged);
}
}  // namespace
}  // namespace jiffy::consensus
