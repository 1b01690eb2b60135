// SPDX-License-Identifier: Apache-2.0
#include "world/state_trie_build.hpp"

#include "trie/proof.hpp"
#include "world/plain_state_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::world
{
namespace
{
void say_same(const trie::StateTrie& a, const trie::StateTrie& b)
{
    RC_ASSERT(a.latest().root_hash == b.latest().root_hash);
    for (std::uint64_t number = 0; number < address_range; ++number)
    {
        const auto address = address_number(number);
        const auto proof = a.prove_account(a.latest(), address);
        const auto other = b.prove_account(b.latest(), address);
        RC_ASSERT(proof.state == other.state);
        RC_ASSERT(proof.nodes == other.nodes);
        for (std::uint64_t key = 0; key < key_range; ++key)
        {
            const auto slot = a.prove_storage(a.latest(), address, U256{key} << 100);
            const auto other_slot = b.prove_storage(b.latest(), address, U256{key} << 100);
            RC_ASSERT(slot.value == other_slot.value);
            RC_ASSERT(slot.nodes == other_slot.nodes);
        }
    }
}

RC_GTEST_PROP(StateTrieBuild, makes_the_trie_that_the_differences_make, ())
{
    World world{*rc::gen::arbitrary<std::uint64_t>(), {.log_records = 1024}};
    trie::StateTrie grown{crypto::scalar_kernels()};
    const auto apply = [&](const types::StateDifference& difference)
    {
        world.apply(difference);
        grown.apply(difference);
    };
    for (auto steps = pick(12); steps != 0; --steps)
    {
        apply(random_difference());
        if (pick(4) == 0)
        {
            const auto before = world.commit_number();
            world.reserve_slot(address_number(pick(address_range)), U256{pick(key_range)} << 100);
            if (world.commit_number() != before)
                grown.apply({});
        }
        if (pick(4) == 0)
        {
            const auto target = pick(world.commit_number() + 1);
            if (world.rewind(target))
                RC_ASSERT(grown.rewind(target));
        }
    }
    const auto built = build_state_trie(world.pin(), crypto::native_kernels());
    RC_ASSERT(built != nullptr);
    RC_ASSERT(built->latest().number == 1U);
    RC_ASSERT(built->oldest().number == 1U);
    grown.drop_before(grown.latest().number);
    RC_ASSERT(built->statistics().nodes == grown.statistics().nodes);
    RC_ASSERT(built->statistics().bytes_used == grown.statistics().bytes_used);
    say_same(*built, grown);

    const auto offset = grown.latest().number - 1;
    for (auto steps = pick(10); steps != 0; --steps)
    {
        const auto difference = random_difference();
        const auto target = 1 + pick(built->latest().number);
        switch (pick(5))
        {
            case 0:
                RC_ASSERT(built->rewind(target) == grown.rewind(target + offset));
                break;
            case 1:
                built->drop_before(target);
                grown.drop_before(target + offset);
                break;
            case 2:
                RC_ASSERT(built->amend(difference) == grown.amend(difference));
                break;
            default:
                RC_ASSERT(built->apply(difference) == grown.apply(difference));
                break;
        }
        RC_ASSERT(built->latest().number + offset == grown.latest().number);
        RC_ASSERT(built->statistics().nodes == grown.statistics().nodes);
        say_same(*built, grown);
    }
}

/// Accounts and slots for several slices, one account with more slots than a slice has.
types::StateDifference large_difference()
{
    types::StateDifference difference;
    for (std::uint32_t number = 0; number < 20'000; ++number)
    {
        types::AccountChange change;
        change.address = address_number(number);
        change.account.balance = number * std::uint64_t{1'000'000};
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        change.slot_count = number == 7 ? 70'000 : number % 5;
        for (std::uint64_t key = 0; key < change.slot_count; ++key)
            difference.slots.push_back({U256{key}, U256{key + number + 1}});
        difference.accounts.push_back(change);
    }
    return difference;
}

TEST(StateTrieBuild, makes_the_trie_of_a_state_that_is_larger_than_a_slice)
{
    const auto difference = large_difference();
    World world;
    world.apply(difference);
    trie::StateTrie grown{crypto::native_kernels()};
    grown.apply(difference);
    const auto snapshot = world.pin();
    world.apply(difference);
    const auto built = build_state_trie(snapshot, crypto::native_kernels());
    ASSERT_NE(built, nullptr);
    EXPECT_EQ(built->latest().root_hash, grown.latest().root_hash);
    EXPECT_EQ(built->statistics().nodes, grown.statistics().nodes);
}

TEST(StateTrieBuild, makes_no_trie_of_a_state_that_is_no_longer_kept)
{
    World world{0, {.log_records = 1024}};
    const auto snapshot = world.pin();
    for (std::uint64_t balance = 1; balance < 3000; ++balance)
    {
        types::StateDifference difference;
        types::AccountChange change;
        change.account.balance = balance;
        difference.accounts.push_back(change);
        world.apply(difference);
    }
    EXPECT_EQ(build_state_trie(snapshot, crypto::native_kernels()), nullptr);
}
}  // namespace
}  // namespace jiffy::world
