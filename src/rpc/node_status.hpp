// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace jiffy::rpc
{
/// Numbers of blocks on the way of a node that is far behind what it follows.
struct SyncProgress
{
    /// Where it began.
    std::uint64_t starting = 0;
    std::uint64_t current = 0;
    /// The newest that is known to be there, as far as one can tell.
    std::uint64_t highest = 0;
};

/// What a node says of itself.
struct NodeStatus
{
    /// What it does now: "sequencer", "replica".
    std::string_view role = "sequencer";
    /// Since it began: executed, released, sealed, closed; or followed.
    std::uint64_t transactions = 0;
    std::uint64_t fragments = 0;
    std::uint64_t released_transactions = 0;
    std::uint64_t mini_blocks = 0;
    std::uint64_t blocks = 0;
    std::uint64_t parent_hash_waits = 0;
    /// In the pool now.
    std::uint64_t pooled = 0;
    /// Nothing if the node is as far as what it follows, or follows nobody.
    std::optional<SyncProgress> behind;
};
}  // namespace jiffy::rpc
