// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/history.hpp"

namespace jiffy::rpc
{
/// How far somebody has got through things of the chain: the number of things of a block behind which he stands.
struct ChainPosition
{
    std::uint64_t block = 0;
    std::size_t index = 0;

    friend bool operator==(const ChainPosition&, const ChainPosition&) = default;
};

/// True if nothing more is released of the block: the releasing thread has come to the next one.
inline bool is_released_whole(const sequencer::History& history, std::uint64_t block)
{
    const auto next = history.find(block + 1);
    return next != nullptr && next->release_start() != nullptr;
}

/// Goes from `position` to the newest thing and calls `tell(block, first, end)` for what comes on the way.
/// `count(block)` says how many things a block has by now. Blocks that the history has forgotten are left out.
template <class Count, class Tell>
void advance_to_newest(const sequencer::History& history, ChainPosition& position, Count count, Tell tell)
{
    for (;;)
    {
        const auto block = history.find(position.block);
        if (block == nullptr)
        {
            position = {std::max(position.block + 1, history.oldest_number()), 0};
            continue;
        }
        // Asked first, so that no thing comes between the count and the answer.
        const bool is_whole = is_released_whole(history, position.block);
        const std::size_t end = count(*block);
        if (end > position.index)
            tell(*block, std::exchange(position.index, end), end);
        if (!is_whole)
            return;
        position = {position.block + 1, 0};
    }
}
}  // namespace jiffy::rpc
