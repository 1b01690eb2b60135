// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/l1_attributes.hpp"

namespace jiffy::sequencer
{
/// What a block says of L1 while no L1 is attached: every block belongs to an L1 block 0 of the time of genesis, in
/// whose epoch it is the `number`-th, and nothing costs anything there. `genesis_time` is Unix time in seconds.
inline chain::L1Attributes attributes_without_l1(std::uint64_t genesis_time, std::uint64_t number) noexcept
{
    chain::L1Attributes attributes;
    attributes.timestamp = genesis_time;
    attributes.sequence_number = number;
    return attributes;
}
}  // namespace jiffy::sequencer
