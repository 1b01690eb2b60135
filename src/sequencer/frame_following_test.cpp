// SPDX-License-Identifier: Apache-2.0
#include "sequencer/frame_builder.hpp"
#include "sequencer/random_differences_test.hpp"
#include "state/memory_state.hpp"
#include "trie/state_trie.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
using test::address_count;
using test::address_of;
using test::key_count;
using test::some_difference;
using world::World;

/// A world that executes, with the frames of what it does.
struct Leader
{
    World world{1};
    FrameBuilder builder;
    trie::StateTrie trie{crypto::scalar_kernels()};
    Hash root = trie::empty_root;

    Leader() { builder.begin(world.id_counts()); }

    void change()
    {
        if (*rc::gen::inRange(0, 4) == 0)
        {
            const auto frame = world.reserve_slot(address_of(*rc::gen::inRange<std::size_t>(0, address_count)),
                U256{*rc::gen::inRange<std::uint64_t>(0, key_count)});
            builder.add(frame, world.slot_accounts(frame));
            return;
        }
        const auto difference = some_difference();
        world::DifferenceIds ids;
        world.apply(difference, &ids);
        builder.add(difference, ids);
        root = trie.apply(difference);
    }

    /// The frame of a few changes.
    types::DifferenceFrame next_frame()
    {
        for (auto changes = *rc::gen::inRange(0, 5); changes != 0; --changes)
            change();
        return builder.finish(world.id_counts());
    }
};

void require_same(const World& leader, const World& follower)
{
    RC_ASSERT(follower.id_counts() == leader.id_counts());
    for (std::size_t number = 0; number < address_count; ++number)
    {
        const auto address = address_of(number);
        RC_ASSERT(follower.account_id(address) == leader.account_id(address));
        RC_ASSERT(follower.latest().has_storage(address) == leader.latest().has_storage(address));
        for (std::uint64_t key = 0; key < key_count; ++key)
        {
            RC_ASSERT(follower.slot_id(address, U256{key}) == leader.slot_id(address, U256{key}));
            U256 followed;
            U256 led;
            RC_ASSERT(follower.latest().storage(address, U256{key}, followed) ==
                      leader.latest().storage(address, U256{key}, led));
            RC_ASSERT(followed == led);
        }
    }
    RC_ASSERT(follower.pin().as_difference() == leader.pin().as_difference());
}

RC_GTEST_PROP(FrameFollowing, gives_the_world_that_executed, ())
{
    Leader leader;
    World follower{2};
    struct Boundary
    {
        world::CommitNumber led;
        world::CommitNumber followed;
        types::StateDifference state;
    };
    std::vector<Boundary> boundaries;
    std::vector<world::Snapshot> snapshots;
    for (auto frames = *rc::gen::inRange(1, 8); frames != 0; --frames)
    {
        const auto frame = leader.next_frame();
        const auto commit = follower.apply(frame);
        RC_ASSERT(commit.has_value());
        RC_ASSERT(*commit == follower.commit_number());
        require_same(leader.world, follower);
        boundaries.push_back(
            {leader.world.commit_number(), follower.commit_number(), *leader.world.pin().as_difference()});
        snapshots.push_back(follower.pin());
        for (std::size_t i = 0; i < boundaries.size(); ++i)
            RC_ASSERT(snapshots[i].as_difference() == boundaries[i].state);

        if (*rc::gen::inRange(0, 3) != 0)
            continue;
        const auto target = *rc::gen::inRange<std::size_t>(0, boundaries.size());
        RC_ASSERT(leader.world.rewind(boundaries[target].led));
        RC_ASSERT(follower.rewind(boundaries[target].followed));
        leader.builder.begin(leader.world.id_counts());
        boundaries.resize(target + 1);
        require_same(leader.world, follower);
        snapshots.clear();
        for (const auto& boundary : boundaries)
            snapshots.push_back(*follower.pin_at(boundary.followed));
    }
}

RC_GTEST_PROP(FrameFollowing, names_what_a_frame_changes, ())
{
    Leader leader;
    World follower{2};
    state::MemoryState state;
    trie::StateTrie trie{crypto::scalar_kernels()};
    for (auto frames = *rc::gen::inRange(1, 8); frames != 0; --frames)
    {
        const auto frame = leader.next_frame();
        RC_ASSERT(follower.apply(frame).has_value());
        const auto difference = follower.named(frame);
        RC_ASSERT(difference == leader.world.named(frame));
        state.apply(difference);
        RC_ASSERT(trie.apply(difference) == leader.root);
        state::MemoryState led;
        led.apply(*leader.world.pin().as_difference());
        // Codes that nobody has any more are not in the other's.
        RC_ASSERT(state.as_difference().accounts == led.as_difference().accounts);
        RC_ASSERT(state.as_difference().slots == led.as_difference().slots);
        for (const auto& [hash, code] : led.as_difference().codes)
        {
            BytesView found;
            RC_ASSERT(state.code(hash, found) == state::Presence::present);
            RC_ASSERT(equal(found, code));
        }
    }
}

/// Makes a frame another one that its reader cannot tell from a good one by its form.
void spoil(types::DifferenceFrame& frame)
{
    const auto pick = [](auto& values) -> auto& { return values[*rc::gen::inRange<std::size_t>(0, values.size())]; };
    const auto near = [](std::uint32_t& id) { id += *rc::gen::inRange<std::uint32_t>(0, 4) - 2; };
    switch (*rc::gen::inRange(0, 10))
    {
        case 0:
            near(frame.after.accounts);
            break;
        case 1:
            near(frame.after.slots);
            break;
        case 2:
            near(frame.before.slots);
            break;
        case 3:
            if (!frame.accounts.empty())
                frame.accounts.erase(frame.accounts.begin());
            break;
        case 4:
            if (!frame.accounts.empty())
                near(pick(frame.accounts).id);
            break;
        case 5:
            if (!frame.accounts.empty())
                pick(frame.accounts).address = address_of(*rc::gen::inRange<std::size_t>(0, address_count));
            break;
        case 6:
            if (!frame.accounts.empty())
                near(pick(frame.accounts).code);
            break;
        case 7:
            if (!frame.slots.empty())
                near(pick(frame.slots).id);
            break;
        case 8:
            if (!frame.slots.empty())
                pick(frame.slots).key = U256{*rc::gen::inRange<std::uint64_t>(0, key_count)};
            break;
        default:
            if (!frame.codes.empty())
                pick(frame.codes).hash = Hash{};
            break;
    }
}

RC_GTEST_PROP(FrameFollowing, refuses_what_does_not_fit_without_a_trace, ())
{
    Leader leader;
    World follower{2};
    for (auto frames = *rc::gen::inRange(1, 8); frames != 0; --frames)
    {
        const auto frame = leader.next_frame();
        auto spoiled = frame;
        spoil(spoiled);
        const auto commit = follower.commit_number();
        const auto before = follower.pin().as_difference();
        if (follower.apply(spoiled).has_value())
        {
            // Nobody can tell some from good ones. No world may come out of one in which something stands twice.
            const auto after = follower.pin().as_difference();
            state::MemoryState state;
            state.apply(*after);
            RC_ASSERT(state.as_difference().accounts.size() == after->accounts.size());
            RC_ASSERT(state.as_difference().slots.size() == after->slots.size());
            RC_ASSERT(follower.rewind(commit));
            RC_ASSERT(follower.pin().as_difference() == before);
            return;
        }
        RC_ASSERT(follower.commit_number() == commit);
        RC_ASSERT(follower.pin().as_difference() == before);
        RC_ASSERT(follower.apply(frame).has_value());
        require_same(leader.world, follower);
    }
}
}  // namespace
}  // namespace jiffy::sequencer
