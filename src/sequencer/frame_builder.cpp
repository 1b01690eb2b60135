// SPDX-License-Identifier: Apache-2.0
#include "sequencer/frame_builder.hpp"

#include <algorithm>

namespace jiffy::sequencer
{
namespace
{
constexpr std::uint64_t with_place(std::uint32_t id, std::size_t place) noexcept
{
    return std::uint64_t{id} << 32 | place;
}
}  // namespace

std::uint32_t FrameBuilder::add_account(const types::AccountUpdate& update)
{
    const auto [place, is_first] = account_places_.place_of(update.id);
    if (is_first)
    {
        accounts_.push_back({update, 0});
        return place;
    }
    auto& account = accounts_[place];
    const auto before = std::exchange(account.update, update);
    // Only where it began does its address stand beside it.
    if (before.id >= frame_.before.accounts)
        account.update.address = before.address;
    const bool clears = update.deleted || update.storage_cleared;
    account.generation += clears ? 1 : 0;
    // An account that was gone in between has no slots from before the frame either.
    account.update.storage_cleared = !update.deleted && (clears || before.storage_cleared || before.deleted);
    return place;
}

void FrameBuilder::add_slot(const types::SlotUpdate& update, std::uint32_t account)
{
    const auto generation = accounts_[account].generation;
    const auto [place, is_first] = slot_places_.place_of(update.id);
    if (is_first)
        slots_.push_back({update, account, generation});
    else
    {
        slots_[place].update.value = update.value;
        slots_[place].generation = generation;
    }
}

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
        const auto account = add_account({.id = id,
            .address = id >= frame_.before.accounts ? change.address : Address{},
            .deleted = change.deleted,
            .storage_cleared = change.storage_cleared && !change.deleted,
            .nonce = change.account.nonce,
            .balance = change.account.balance,
            .code = ids.account_codes[i]});
        for (auto j = change.first_slot; j < change.first_slot + change.slot_count; ++j)
        {
            const auto slot_id = ids.slots[j];
            if (slot_id == world::no_id)
                continue;
            const bool is_new = slot_id >= frame_.before.slots;
            add_slot({.id = slot_id,
                         .account = is_new ? id : 0,
                         .key = is_new ? difference.slots[j].key : U256{},
                         .value = difference.slots[j].value},
                account);
        }
    }
}

void FrameBuilder::add(const types::DifferenceFrame& frame, std::span<const std::uint32_t> slot_accounts)
{
    frame_.codes.insert(frame_.codes.end(), frame.codes.begin(), frame.codes.end());
    for (const auto& update : frame.accounts)
        add_account(update);
    for (std::size_t i = 0; i < frame.slots.size(); ++i)
        add_slot(frame.slots[i], account_places_.place_of(slot_accounts[i]).first);
}

types::DifferenceFrame FrameBuilder::finish(const types::IdCounts& after)
{
    auto finished = std::exchange(frame_, {});
    finished.after = after;
    frame_.before = after;

    order_.clear();
    for (std::size_t place = 0; place < accounts_.size(); ++place)
        order_.push_back(with_place(accounts_[place].update.id, place));
    std::ranges::sort(order_);
    finished.accounts.reserve(order_.size());
    for (const auto entry : order_)
        finished.accounts.push_back(accounts_[static_cast<std::uint32_t>(entry)].update);

    order_.clear();
    for (std::size_t place = 0; place < slots_.size(); ++place)
        if (slots_[place].generation == accounts_[slots_[place].account].generation)
            order_.push_back(with_place(slots_[place].update.id, place));
    std::ranges::sort(order_);
    finished.slots.reserve(order_.size());
    slot_accounts_.clear();
    for (const auto entry : order_)
    {
        const auto& slot = slots_[static_cast<std::uint32_t>(entry)];
        finished.slots.push_back(slot.update);
        slot_accounts_.push_back(accounts_[slot.account].update.id);
    }

    account_places_.clear();
    slot_places_.clear();
    accounts_.clear();
    slots_.clear();
    return finished;
}
}  // namespace jiffy::sequencer
