// SPDX-License-Identifier: Apache-2.0
#include "world/plain_state_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::world
{
namespace
{
/// What was applied one after the other, held or not.
void apply_to_all(World& held, World& plain, PlainState& state, const types::StateDifference& difference)
{
    DifferenceIds held_ids;
    DifferenceIds plain_ids;
    held.apply(difference, &held_ids);
    plain.apply(difference, &plain_ids);
    RC_ASSERT(held_ids.accounts == plain_ids.accounts);
    RC_ASSERT(held_ids.slots == plain_ids.slots);
    apply_to(state, difference);
}

RC_GTEST_PROP(HeldCommit, is_seen_by_nobody_before_it_is_shown_and_then_whole, ())
{
    World world{1};
    World plain{2};
    PlainState state;
    for (auto commits = pick(6); commits != 0; --commits)
    {
        const auto before = state;
        const auto number = world.commit_number();
        world.hold();
        for (auto parts = pick(5); parts != 0; --parts)
        {
            apply_to_all(world, plain, state, random_difference());
            RC_ASSERT(world.commit_number() == number);
            RC_ASSERT(matches(world.pin(), before));
            RC_ASSERT(matches(world.latest(), state));
        }
        const auto old = world.pin();
        RC_ASSERT(world.show() == number + 1);
        RC_ASSERT(world.commit_number() == number + 1);
        RC_ASSERT(matches(old, before));
        RC_ASSERT(matches(world.pin(), state));
        RC_ASSERT(world.id_counts() == plain.id_counts());
    }
}

RC_GTEST_PROP(HeldCommit, leaves_nothing_behind_when_it_is_dropped, ())
{
    World world{1};
    PlainState state;
    for (auto commits = pick(4); commits != 0; --commits)
    {
        const auto difference = random_difference();
        world.apply(difference);
        apply_to(state, difference);
    }
    const auto ids = world.id_counts();
    const auto number = world.commit_number();
    world.hold();
    for (auto parts = 1 + pick(4); parts != 0; --parts)
        world.apply(random_difference());
    RC_ASSERT(world.drop_held());
    RC_ASSERT(world.commit_number() == number);
    RC_ASSERT(world.id_counts().accounts == ids.accounts);
    RC_ASSERT(world.id_counts().slots == ids.slots);
    RC_ASSERT(matches(world.pin(), state));
    RC_ASSERT(matches(world.latest(), state));

    const auto difference = random_difference();
    world.apply(difference);
    apply_to(state, difference);
    RC_ASSERT(world.commit_number() == number + 1);
    RC_ASSERT(matches(world.pin(), state));
}
}  // namespace
}  // namespace jiffy::world
