// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/world.hpp"

#include <unordered_map>

namespace jiffy::sequencer
{
/// Merges the differences of consecutive transactions into one frame.
class FrameBuilder
{
public:
    /// What was given out by now belongs to frames before, or to what opens and ends blocks.
    void begin(const types::IdCounts& before) { frame_.before = before; }
    void add(const types::StateDifference& difference, const world::DifferenceIds& ids);
    /// What a frame changed that follows on those added.
    void add(const types::DifferenceFrame& frame);
    /// Gives the frame and begins another behind it.
    types::DifferenceFrame finish(const types::IdCounts& after);

private:
    struct Slot
    {
        types::SlotUpdate update;
        /// Id of its account.
        std::uint32_t owner = 0;
        /// Number of times its account's storage had been cleared in this frame.
        std::uint32_t generation = 0;
    };
    struct Account
    {
        types::AccountUpdate update;
        std::uint32_t generation = 0;
    };

    types::DifferenceFrame frame_;
    std::unordered_map<std::uint32_t, Account> accounts_;
    std::unordered_map<std::uint32_t, Slot> slots_;
};
}  // namespace jiffy::sequencer
