// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/id_index.hpp"
#include "world/world.hpp"

namespace jiffy::sequencer
{
/// Merges the changes of consecutive transactions into one frame. It keeps its memory from frame to frame.
class FrameBuilder
{
public:
    /// The seed decides where ids lie in memory; nothing else depends on it.
    explicit FrameBuilder(std::uint64_t hash_seed = 0)
      : account_places_{hash_seed}
      , slot_places_{hash_seed}
    {
    }

    /// What was given out by now belongs to frames before, or to what opens and ends blocks.
    void begin(const types::IdCounts& before) { frame_.before = before; }
    void add(const types::StateDifference& difference, const world::DifferenceIds& ids);
    /// Adds what another builder finished, or a world gave out. `slot_accounts` are ids of the accounts of its slots,
    /// place for place: those of that builder, or `World::slot_accounts`.
    void add(const types::DifferenceFrame& frame, std::span<const std::uint32_t> slot_accounts);
    /// Gives the frame and begins another behind it.
    types::DifferenceFrame finish(const types::IdCounts& after);
    /// Ids of the accounts of the slots of the frame that was finished last, place for place; until the next is.
    [[nodiscard]] std::span<const std::uint32_t> slot_accounts() const noexcept { return slot_accounts_; }

private:
    struct Account
    {
        types::AccountUpdate update;
        /// Number of times that its storage was cleared in this frame.
        std::uint32_t generation = 0;
    };
    struct Slot
    {
        types::SlotUpdate update;
        /// Place of its account, and the generation of that when it was written.
        std::uint32_t account = 0;
        std::uint32_t generation = 0;
    };

    /// Takes a newer update of an account over; gives its place.
    std::uint32_t add_account(const types::AccountUpdate& update);
    void add_slot(const types::SlotUpdate& update, std::uint32_t account);

    types::DifferenceFrame frame_;
    IdIndex account_places_;
    IdIndex slot_places_;
    std::vector<Account> accounts_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> slot_accounts_;
    /// Ids above their places, to be sorted.
    std::vector<std::uint64_t> order_;
};
}  // namespace jiffy::sequencer
