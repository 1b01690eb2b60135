// SPDX-License-Identifier: Apache-2.0
#include "world/plain_state_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::world
{
namespace
{
using state::Presence;

bool is_unavailable(const Snapshot& snapshot)
{
    types::Account account;
    U256 value;
    return snapshot.account(address_number(1), account) == Presence::unavailable &&
           snapshot.storage(address_number(1), 1, value) == Presence::unavailable && !snapshot.as_difference();
}

RC_GTEST_PROP(World, shows_each_snapshot_the_state_of_its_commit, ())
{
    World world{*rc::gen::arbitrary<std::uint64_t>(), {.log_records = 1024, .pins = 64}};
    std::vector<PlainState> states(1);
    std::vector<Snapshot> snapshots;
    const auto steps = pick(60);
    for (std::uint64_t step = 0; step < steps; ++step)
    {
        const auto difference = random_difference();
        states.push_back(states.back());
        apply_to(states.back(), difference);
        RC_ASSERT(world.apply(difference) == states.size() - 1);
        RC_ASSERT(matches(world.latest(), states.back()));
        if (pick(6) == 0)
        {
            const auto target = pick(states.size());
            const auto reaches_back = target >= world.statistics().oldest;
            RC_ASSERT(world.rewind(target) == reaches_back);
            if (reaches_back)
            {
                states.resize(target + 1);
                for (const auto& snapshot : snapshots)
                    RC_ASSERT(is_unavailable(snapshot));
                snapshots.clear();
                RC_ASSERT(matches(world.latest(), states.back()));
            }
        }
        snapshots.push_back(world.pin());
        RC_ASSERT(snapshots.back().commit() == world.commit_number());
        const auto commit = pick(states.size());
        auto earlier = world.pin_at(commit);
        RC_ASSERT(earlier.has_value() == (commit >= world.statistics().oldest && snapshots.size() < 64));
        if (earlier)
            RC_ASSERT(matches(*earlier, states[commit]));
        if (snapshots.size() > 20)
            snapshots.erase(snapshots.begin());
        for (const auto& snapshot : snapshots)
            RC_ASSERT(matches(snapshot, states[snapshot.commit()]) || snapshot.commit() < world.statistics().oldest);
        const auto whole = snapshots.back().as_difference();
        RC_ASSERT(whole.has_value());
        RC_ASSERT(plain_state_of(*whole) == states.back());
    }
}

RC_GTEST_PROP(World, gives_the_same_ids_whatever_the_seed_and_after_a_detour, ())
{
    World straight{1};
    World winding{2};
    for (std::uint64_t step = 0; step < 4; ++step)
    {
        const auto difference = random_difference();
        straight.apply(difference);
        const auto before = winding.commit_number();
        winding.apply(random_difference());
        RC_ASSERT(winding.rewind(before));
        winding.apply(difference);
    }
    for (std::uint64_t number = 0; number < address_range; ++number)
    {
        const auto address = address_number(number);
        RC_ASSERT(straight.account_id(address) == winding.account_id(address));
        for (std::uint64_t key = 0; key < key_range; ++key)
            RC_ASSERT(straight.slot_id(address, U256{key} << 100) == winding.slot_id(address, U256{key} << 100));
    }
    RC_ASSERT(straight.statistics().slots == winding.statistics().slots);
}

types::StateDifference credit(std::uint64_t first, std::uint64_t count, std::uint64_t balance)
{
    types::StateDifference difference;
    for (auto number = first; number < first + count; ++number)
    {
        types::AccountChange change;
        change.address = address_number(number);
        change.account.balance = balance;
        difference.accounts.push_back(change);
    }
    return difference;
}

TEST(World, gives_ids_that_do_not_depend_on_when_a_reserved_slot_gets_its_value)
{
    types::AccountChange change;
    change.address = Address{{1}};
    change.account.nonce = 1;
    types::StateDifference account;
    account.accounts.push_back(change);
    const auto with_slot = [&change](std::uint64_t key)
    {
        types::StateDifference difference;
        difference.accounts.push_back(change);
        difference.accounts[0].slot_count = 1;
        difference.slots.push_back({U256{key}, U256{7}});
        return difference;
    };
    World early;
    World late;
    for (auto* world : {&early, &late})
    {
        world->apply(account);
        world->reserve_slot(Address{{1}}, U256{5});
        U256 value{1};
        EXPECT_NE(world->latest().storage(Address{{1}}, U256{5}, value), state::Presence::unavailable);
        EXPECT_EQ(value, U256{});
        EXPECT_EQ(world->latest().has_storage(Address{{1}}), state::Presence::absent);
    }
    early.apply(with_slot(5));
    early.apply(with_slot(6));
    late.apply(with_slot(6));
    DifferenceIds ids;
    late.apply(with_slot(5), &ids);
    for (const std::uint64_t key : {5U, 6U})
        EXPECT_EQ(early.slot_id(Address{{1}}, U256{key}), late.slot_id(Address{{1}}, U256{key}));
    EXPECT_EQ(ids.slots, std::vector{late.slot_id(Address{{1}}, U256{5})});
    EXPECT_EQ(ids.accounts, std::vector{late.account_id(Address{{1}})});
}

TEST(World, keeps_every_account_while_its_index_grows)
{
    World world{3};
    constexpr std::uint64_t count = 20'000;
    for (std::uint64_t first = 0; first < count; first += 100)
    {
        const auto before = world.pin();
        world.apply(credit(first, 100, first + 1));
        types::Account account;
        EXPECT_EQ(before.account(address_number(first), account), Presence::absent);
        if (first != 0)
        {
            EXPECT_EQ(before.account(address_number(first - 1), account), Presence::present);
        }
    }
    for (std::uint64_t number = 0; number < count; ++number)
    {
        types::Account account;
        ASSERT_EQ(world.latest().account(address_number(number), account), Presence::present) << number;
        EXPECT_EQ(account.balance, U256{number / 100 * 100 + 1});
        EXPECT_EQ(world.account_id(address_number(number)), number);
    }
}

TEST(World, lets_old_snapshots_go_when_the_log_is_full)
{
    World world{3, {.log_records = 1024}};
    world.apply(credit(0, 100, 1));
    const auto old = world.pin();
    for (std::uint64_t i = 0; i < 5; ++i)
        world.apply(credit(0, 100, i + 2));
    types::Account account;
    EXPECT_EQ(old.account(address_number(0), account), Presence::present);
    EXPECT_EQ(account.balance, U256{1});
    for (std::uint64_t i = 0; i < 10; ++i)
        world.apply(credit(0, 100, i + 100));
    EXPECT_EQ(old.account(address_number(0), account), Presence::unavailable);
    EXPECT_FALSE(world.pin_at(old.commit()).has_value());
    EXPECT_FALSE(world.rewind(old.commit()));
    EXPECT_FALSE(old.as_difference().has_value());
}

TEST(World, takes_a_commit_larger_than_its_log)
{
    World world{3, {.log_records = 1024}};
    world.apply(credit(0, 5000, 7));
    types::Account account;
    EXPECT_EQ(world.pin().account(address_number(4999), account), Presence::present);
    EXPECT_TRUE(world.pin_at(1).has_value());
    EXPECT_FALSE(world.pin_at(0).has_value());
    world.apply(credit(0, 1, 8));
    EXPECT_TRUE(world.rewind(1));
    EXPECT_EQ(world.pin().account(address_number(0), account), Presence::present);
    EXPECT_EQ(account.balance, U256{7});
}

TEST(World, bounds_the_number_of_snapshots)
{
    World world{3, {.pins = 2}};
    auto first = std::optional{world.pin()};
    const auto second = world.pin();
    EXPECT_TRUE(first->is_pinned());
    EXPECT_TRUE(second.is_pinned());
    const auto third = world.pin();
    types::Account account;
    EXPECT_FALSE(third.is_pinned());
    EXPECT_EQ(third.account({}, account), Presence::unavailable);
    EXPECT_EQ(third.storage({}, {}, account.balance), Presence::unavailable);
    EXPECT_EQ(third.has_storage({}), Presence::unavailable);
    EXPECT_FALSE(world.pin_at(0).has_value());
    EXPECT_EQ(world.statistics().pins, 2U);
    first.reset();
    EXPECT_TRUE(world.pin().is_pinned());
}

TEST(World, says_that_a_code_it_has_only_the_hash_of_is_unavailable)
{
    World world;
    auto difference = credit(1, 1, 1);
    const auto code = code_number(9);
    const auto hash = crypto::keccak256(code);
    BytesView found;
    EXPECT_EQ(world.latest().code(hash, found), Presence::absent);
    difference.accounts[0].account.code_hash = hash;
    world.apply(difference);
    EXPECT_EQ(world.latest().code(hash, found), Presence::unavailable);
    difference.codes.push_back({hash, code});
    world.apply(difference);
    ASSERT_EQ(world.latest().code(hash, found), Presence::present);
    EXPECT_EQ(to_bytes(found), code);
    EXPECT_EQ(world.latest().code(crypto::empty_keccak, found), Presence::present);
    EXPECT_TRUE(found.empty());
}
}  // namespace
}  // namespace jiffy::world
