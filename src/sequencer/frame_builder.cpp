// SPDX-License-Identifier: Apache-2.0
#include "sequencer/frame_builder.hpp"

#include <algorithm>

namespace jiffy::sequencer
{
void FrameBuilder::add(const types::StateDifference& difference, const world::DifferenceIds& ids)
{
    for (std::size_t i = 0; i < difference.codes.size(); ++i)
        if (ids.codes[i] >= frame_.before.codes + frame_.codes.size())
            frame_.codes.push_back(difference.codes[i]);
    for (std::size_t i = 0; i < difference.accounts.size(); ++i)
    {
        const auto& change = difference.accounts[i];
        const auto id = ids.accounts[i];
        if (id == world::no_id)
            continue;
        auto& account = accounts_[id];
        auto& update = account.update;
        const bool clears = change.deleted || change.storage_cleared;
        account.generation += clears ? 1 : 0;
        // An account that was gone in between has no slots from before the frame either.
        update.storage_cleared = !change.deleted && (clears || update.storage_cleared || update.deleted);
        update.deleted = change.deleted;
        update.id = id;
        if (id >= frame_.before.accounts)
            update.address = change.address;
        update.nonce = change.account.nonce;
        update.balance = change.account.balance;
        update.code = ids.account_codes[i];
        for (std::uint32_t j = change.first_slot; j < change.first_slot + change.slot_count; ++j)
        {
            const auto slot_id = ids.slots[j];
            if (slot_id == world::no_id)
                continue;
            const bool is_new = slot_id >= frame_.before.slots;
            slots_[slot_id] = {{.id = slot_id,
                                   .account = is_new ? id : 0,
                                   .key = is_new ? difference.slots[j].key : U256{},
                                   .value = difference.slots[j].value},
                id, account.generation};
        }
    }
}

void FrameBuilder::add(const types::DifferenceFrame& frame)
{
    for (const auto& code : frame.codes)
        frame_.codes.push_back(code);
    for (const auto& change : frame.accounts)
    {
        auto& account = accounts_[change.id];
        auto& update = account.update;
        const auto address = change.id >= frame.before.accounts ? change.address : update.address;
        const bool clears = change.deleted || change.storage_cleared;
        account.generation += clears ? 1 : 0;
        const bool cleared = !change.deleted && (clears || update.storage_cleared || update.deleted);
        update = change;
        update.address = address;
        update.storage_cleared = cleared;
    }
    for (const auto& change : frame.slots)
    {
        auto& slot = slots_[change.id];
        const bool is_new = change.id >= frame.before.slots;
        if (is_new)
            slot.owner = change.account;
        slot.update = {.id = change.id,
            .account = is_new ? change.account : slot.update.account,
            .key = is_new ? change.key : slot.update.key,
            .value = change.value};
        slot.generation = accounts_.contains(slot.owner) ? accounts_[slot.owner].generation : 0;
    }
}

types::DifferenceFrame FrameBuilder::finish(const types::IdCounts& after)
{
    frame_.after = after;
    for (const auto& [id, slot] : slots_)
        if (!accounts_.contains(slot.owner) || slot.generation == accounts_.at(slot.owner).generation)
            frame_.slots.push_back(slot.update);
    for (const auto& [id, account] : accounts_)
        frame_.accounts.push_back(account.update);
    std::ranges::sort(frame_.accounts, {}, &types::AccountUpdate::id);
    std::ranges::sort(frame_.slots, {}, &types::SlotUpdate::id);
    accounts_.clear();
    slots_.clear();
    auto finished = std::exchange(frame_, {});
    frame_.before = after;
    return finished;
}
}  // namespace jiffy::sequencer
