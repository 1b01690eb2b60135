// SPDX-License-Identifier: Apache-2.0
#include "sequencer/frame_builder.hpp"

#include "sequencer/random_differences_test.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
using test::address_count;
using test::address_of;
using test::key_count;
using test::some_difference;

/// Whoever knows nothing but frames.
struct Follower
{
    struct Slot
    {
        std::uint32_t account;
        U256 key;
        U256 value;
    };
    std::map<std::uint32_t, types::AccountUpdate> accounts;
    std::map<std::uint32_t, Slot> slots;
    std::vector<Hash> codes{crypto::empty_keccak};

    void apply(const types::DifferenceFrame& frame)
    {
        for (const auto& code : frame.codes)
            codes.push_back(code.hash);
        for (const auto& update : frame.accounts)
        {
            const auto address = update.id >= frame.before.accounts ? update.address : accounts.at(update.id).address;
            accounts[update.id] = update;
            accounts[update.id].address = address;
            if (update.deleted || update.storage_cleared)
                std::erase_if(slots, [&](const auto& slot) { return slot.second.account == update.id; });
        }
        for (const auto& update : frame.slots)
        {
            if (update.id >= frame.before.slots)
                slots[update.id] = {update.account, update.key, update.value};
            else
                slots.at(update.id).value = update.value;
        }
    }

    [[nodiscard]] std::optional<types::Account> account(const Address& address, std::uint32_t& id) const
    {
        for (const auto& [candidate, update] : accounts)
            if (update.address == address)
            {
                id = candidate;
                if (update.deleted)
                    return std::nullopt;
                return types::Account{update.nonce, update.balance, codes.at(update.code)};
            }
        return std::nullopt;
    }
    [[nodiscard]] U256 slot(std::uint32_t account, const U256& key) const
    {
        for (const auto& [id, slot] : slots)
            if (slot.account == account && slot.key == key)
                return slot.value;
        return {};
    }
};

RC_GTEST_PROP(FrameBuilderProperty, whoever_follows_the_frames_has_the_state, ())
{
    world::World world;
    FrameBuilder builder;
    builder.begin(world.id_counts());
    Follower follower;
    const auto frames = *rc::gen::inRange(1, 6);
    for (int i = 0; i < frames; ++i)
    {
        const auto differences = *rc::gen::inRange(0, 6);
        for (int j = 0; j < differences; ++j)
        {
            const auto difference = some_difference();
            world::DifferenceIds ids;
            world.apply(difference, &ids);
            builder.add(difference, ids);
        }
        const auto frame = types::decode_difference_frame(types::encode(builder.finish(world.id_counts())));
        RC_ASSERT(frame);
        follower.apply(*frame);

        for (std::size_t number = 0; number < address_count; ++number)
        {
            types::Account account;
            const bool is_there = world.latest().account(address_of(number), account) == state::Presence::present;
            std::uint32_t id = 0;
            const auto followed = follower.account(address_of(number), id);
            RC_ASSERT(followed.has_value() == is_there);
            if (!is_there)
                continue;
            RC_ASSERT(*followed == account);
            RC_ASSERT(world.account_id(address_of(number)) == id);
            for (std::uint64_t key = 0; key < key_count; ++key)
            {
                U256 value;
                world.latest().storage(address_of(number), U256{key}, value);
                RC_ASSERT(follower.slot(id, U256{key}) == value);
            }
        }
    }
}

RC_GTEST_PROP(FrameBuilderProperty, merging_frames_is_merging_their_differences, ())
{
    world::World world;
    FrameBuilder whole;
    FrameBuilder merged;
    FrameBuilder part;
    for (auto* builder : {&whole, &merged, &part})
        builder->begin(world.id_counts());
    for (auto wholes = *rc::gen::inRange(1, 4); wholes != 0; --wholes)
    {
        for (auto parts = *rc::gen::inRange(0, 4); parts != 0; --parts)
        {
            for (auto differences = *rc::gen::inRange(0, 4); differences != 0; --differences)
            {
                const auto difference = some_difference();
                world::DifferenceIds ids;
                world.apply(difference, &ids);
                whole.add(difference, ids);
                part.add(difference, ids);
            }
            const auto frame = part.finish(world.id_counts());
            const auto accounts = part.slot_accounts();
            RC_ASSERT(std::ranges::equal(accounts, world.slot_accounts(frame)));
            merged.add(frame, accounts);
        }
        const auto frame = whole.finish(world.id_counts());
        RC_ASSERT(merged.finish(world.id_counts()) == frame);
        RC_ASSERT(std::ranges::equal(merged.slot_accounts(), whole.slot_accounts()));
    }
}
}  // namespace
}  // namespace jiffy::sequencer
