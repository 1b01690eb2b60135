// SPDX-License-Identifier: Apache-2.0
#include "world/world.hpp"

#include <gtest/gtest.h>

namespace jiffy::world
{
namespace
{
using base::failure;
using state::Presence;

Address address_number(std::uint64_t number)
{
    return to_address(U256{number + 1});
}

/// Account 0 has slot 0 at key 7; account 1 has no storage.
void fill(World& world)
{
    types::StateDifference difference;
    difference.accounts = {{.address = address_number(0), .account = {1, U256{}}, .slot_count = 1},
        {.address = address_number(1), .account = {1, U256{}}}};
    difference.slots = {{U256{7}, U256{1}}};
    world.apply(difference);
}

/// Changes nothing, of the accounts that `fill` made.
types::DifferenceFrame frame_of(std::vector<types::AccountUpdate> accounts, std::vector<types::SlotUpdate> slots = {})
{
    constexpr types::IdCounts counts{2, 1, 1};
    types::DifferenceFrame frame{counts, counts, std::move(accounts), std::move(slots), {}};
    for (const auto& account : frame.accounts)
        frame.after.accounts = std::max(frame.after.accounts, account.id + 1);
    for (const auto& slot : frame.slots)
        frame.after.slots = std::max(frame.after.slots, slot.id + 1);
    return frame;
}

/// What a world that `fill` filled says to the frame.
Result<CommitNumber, FrameMisfit> answer(const types::DifferenceFrame& frame)
{
    World world;
    fill(world);
    const auto counts = world.id_counts();
    const auto before = world.pin().as_difference();
    const auto result = world.apply(frame);
    if (!result)
    {
        EXPECT_EQ(world.id_counts(), counts);
        EXPECT_EQ(world.commit_number(), 1U);
        EXPECT_EQ(world.pin().as_difference(), before);
    }
    return result;
}

constexpr types::AccountUpdate account0{.id = 0, .nonce = 1};
constexpr types::AccountUpdate account1{.id = 1, .nonce = 1};

TEST(WorldFrames, applies_a_frame_as_one_commit)
{
    EXPECT_EQ(answer(frame_of({})), CommitNumber{2});
    EXPECT_EQ(answer(frame_of({account0}, {{.id = 0, .value = U256{2}}})), CommitNumber{2});
    EXPECT_EQ(answer(frame_of({account1}, {{.id = 1, .account = 1, .key = U256{7}}})), CommitNumber{2})
        << "a reserved slot";
    EXPECT_EQ(answer(frame_of({{.id = 2, .address = address_number(2), .deleted = true}})), CommitNumber{2})
        << "an account that came and went";
}

TEST(WorldFrames, refuses_other_ids)
{
    auto frame = frame_of({});
    frame.before.slots = 0;
    EXPECT_EQ(answer(frame), failure(FrameMisfit::ids));
    frame = frame_of({});
    frame.after.accounts = 1;
    EXPECT_EQ(answer(frame), failure(FrameMisfit::ids)) << "fewer than before";
    frame.after.accounts = 3;
    EXPECT_EQ(answer(frame), failure(FrameMisfit::ids)) << "a new account without its address";
    frame = frame_of({account0});
    frame.after.slots = 2;
    EXPECT_EQ(answer(frame), failure(FrameMisfit::ids)) << "a new slot without its key";
    frame.accounts[0].storage_cleared = true;
    EXPECT_EQ(answer(frame), CommitNumber{2}) << "a slot that was cleared";
    for (const auto too_many : {std::uint32_t{1} << 23, no_id - 1, no_id})
    {
        frame.after.slots = too_many;
        EXPECT_EQ(answer(frame), failure(FrameMisfit::ids)) << "more than a block pays for";
    }
}

TEST(WorldFrames, refuses_accounts_that_cannot_be)
{
    EXPECT_EQ(answer(frame_of({account1, account0})), failure(FrameMisfit::account));
    EXPECT_EQ(answer(frame_of({account0, account0})), failure(FrameMisfit::account));
    auto frame = frame_of({{.id = 2, .address = address_number(2)}});
    frame.after.accounts = 2;
    EXPECT_EQ(answer(frame), failure(FrameMisfit::account)) << "beyond the last id";
    EXPECT_EQ(answer(frame_of({{.id = 2, .address = address_number(1)}})), failure(FrameMisfit::account))
        << "an address that has an id";
    EXPECT_EQ(answer(frame_of({{.id = 2, .address = address_number(5)}, {.id = 3, .address = address_number(5)}})),
        failure(FrameMisfit::account))
        << "one address twice";
    EXPECT_EQ(answer(frame_of({{.id = 0, .code = 1}})), failure(FrameMisfit::account)) << "an unknown code";
    EXPECT_EQ(answer(frame_of({{.id = 0, .deleted = true, .nonce = 1}})), failure(FrameMisfit::account));
    EXPECT_EQ(answer(frame_of({{.id = 0, .deleted = true, .storage_cleared = true}})), failure(FrameMisfit::account));
}

TEST(WorldFrames, refuses_slots_that_cannot_be)
{
    EXPECT_EQ(answer(frame_of({}, {{.id = 0}})), failure(FrameMisfit::slot)) << "without its account";
    EXPECT_EQ(answer(frame_of({account1}, {{.id = 0}})), failure(FrameMisfit::slot)) << "with another account";
    EXPECT_EQ(answer(frame_of({account0}, {{.id = 0}, {.id = 0}})), failure(FrameMisfit::slot));
    auto frame = frame_of({account0}, {{.id = 1, .account = 0, .key = U256{8}}});
    frame.after.slots = 1;
    EXPECT_EQ(answer(frame), failure(FrameMisfit::slot)) << "beyond the last id";
    EXPECT_EQ(answer(frame_of({account0}, {{.id = 1, .account = 0, .key = U256{7}}})), failure(FrameMisfit::slot))
        << "a key that has an id";
    const types::SlotUpdate one{.id = 1, .account = 1, .key = U256{7}};
    const types::SlotUpdate two{.id = 2, .account = 1, .key = U256{7}};
    EXPECT_EQ(answer(frame_of({account1}, {one, two})), failure(FrameMisfit::slot)) << "one key twice";
    EXPECT_EQ(answer(frame_of({{.id = 1, .deleted = true}}, {one})), failure(FrameMisfit::slot))
        << "of an account that is gone";
    EXPECT_EQ(answer(frame_of({{.id = 0, .storage_cleared = true}}, {{.id = 0, .value = U256{2}}})),
        failure(FrameMisfit::slot))
        << "of a storage that is gone";
}

TEST(WorldFrames, refuses_slots_of_a_storage_that_went_before)
{
    World world;
    fill(world);
    ASSERT_TRUE(world.apply(frame_of({{.id = 0, .storage_cleared = true, .nonce = 1}})));
    EXPECT_EQ(world.latest().has_storage(address_number(0)), Presence::absent);
    EXPECT_EQ(world.apply(frame_of({account0}, {{.id = 0, .value = U256{2}}})), failure(FrameMisfit::slot));
    ASSERT_TRUE(world.apply(frame_of({account0}, {{.id = 1, .account = 0, .key = U256{7}, .value = U256{2}}})));
    EXPECT_EQ(world.slot_id(address_number(0), U256{7}), 1U);
    EXPECT_EQ(world.latest().has_storage(address_number(0)), Presence::present);
}

TEST(WorldFrames, refuses_codes_that_cannot_be)
{
    const Bytes code{1, 2, 3};
    auto frame = frame_of({account0});
    frame.accounts[0].code = 1;
    frame.after.codes = 2;
    EXPECT_EQ(answer(frame), failure(FrameMisfit::code)) << "it is not there";
    frame.codes = {{Hash{}, code}};
    EXPECT_EQ(answer(frame), failure(FrameMisfit::code)) << "another hash";
    frame.codes = {{crypto::keccak256(code), code}};
    EXPECT_EQ(answer(frame), CommitNumber{2});
    frame.after.codes = 3;
    frame.codes.push_back(frame.codes[0]);
    EXPECT_EQ(answer(frame), failure(FrameMisfit::code)) << "one code twice";
}

TEST(WorldFrames, nobody_finds_a_slot_that_came_and_went)
{
    World world;
    fill(world);
    // The storage is cleared, and a slot that was set before is gone: only what was set afterwards has its key.
    auto frame = frame_of(
        {{.id = 0, .storage_cleared = true, .nonce = 1}}, {{.id = 2, .account = 0, .key = U256{}, .value = U256{5}}});
    ASSERT_TRUE(world.apply(frame));
    EXPECT_EQ(world.id_counts().slots, 3U);
    EXPECT_EQ(world.slot_id(address_number(0), U256{}), 2U);
    EXPECT_EQ(world.slot_id(address_number(1), U256{}), no_id);
    EXPECT_EQ(
        world.apply({{2, 3, 1}, {2, 3, 1}, {account0}, {{.id = 1, .value = U256{1}}}, {}}), failure(FrameMisfit::slot));
    ASSERT_TRUE(world.rewind(1));
    EXPECT_EQ(world.id_counts().slots, 1U);
    EXPECT_EQ(world.slot_id(address_number(0), U256{7}), 0U);
    EXPECT_TRUE(world.apply(frame));
}

TEST(WorldFrames, names_what_changed_but_not_what_came_and_went)
{
    World world;
    fill(world);
    const Bytes code{1, 2, 3};
    const auto hash = crypto::keccak256(code);
    auto frame = frame_of({{.id = 0, .nonce = 2, .code = 1}, {.id = 1, .deleted = true},
                              {.id = 2, .address = address_number(2), .deleted = true},
                              {.id = 3, .address = address_number(3), .balance = U256{9}}},
        {{.id = 0}, {.id = 1, .account = 3, .key = U256{1}}, {.id = 2, .account = 0, .key = U256{2}, .value = U256{4}},
            {.id = 3, .account = 3, .key = U256{3}, .value = U256{5}}});
    frame.after.codes = 2;
    frame.codes = {{hash, code}};
    ASSERT_TRUE(world.apply(frame));
    EXPECT_EQ(world.slot_accounts(frame), (std::vector<std::uint32_t>{0, 3, 0, 3}));
    const auto difference = world.named(frame);
    ASSERT_EQ(difference.accounts.size(), 3U);
    EXPECT_EQ(difference.codes, frame.codes);
    EXPECT_EQ(difference.accounts[0],
        (types::AccountChange{.address = address_number(0), .account = {2, U256{}, hash}, .slot_count = 2}));
    EXPECT_EQ(
        difference.accounts[1], (types::AccountChange{.address = address_number(1), .deleted = true, .first_slot = 2}));
    EXPECT_EQ(difference.accounts[2],
        (types::AccountChange{
            .address = address_number(3), .account = {.balance = U256{9}}, .first_slot = 2, .slot_count = 1}));
    EXPECT_EQ(
        difference.slots, (std::vector<types::SlotChange>{{U256{7}, U256{}}, {U256{2}, U256{4}}, {U256{3}, U256{5}}}));
}
}  // namespace
}  // namespace jiffy::world
