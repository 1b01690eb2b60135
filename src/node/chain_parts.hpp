// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/genesis_file.hpp"
#include "node/node_options.hpp"
#include "node/root_check.hpp"
#include "replica/checkpoint.hpp"
#include "replica/follower.hpp"
#include "sequencer/clock.hpp"

#include <expected>

namespace jiffy::node
{
/// Told of each block that is sealed: on the sealing thread, or on the one that follows a log at the start.
using OnSealed = std::function<void(const sequencer::BlockPointer&)>;

/// A chain in memory, whatever the role of its node: rules, genesis, state, blocks, and what seals them. Everything in
/// the order in which it stands on what is before it.
struct ChainParts
{
    /// Of a chain without a genesis file.
    static constexpr std::uint64_t development_chain_id = 31'337;

    ChainParts(const NodeOptions& options, std::optional<ChainFile> file);

    [[nodiscard]] store::ChainIdentity identity() const;

    /// Makes the genesis block its beginning.
    void begin_with_genesis(OnSealed on_sealed);
    /// Begins behind the block of a snapshot, whose state is in the world. False if that is not the block's state.
    [[nodiscard]] bool begin_with(const replica::Checkpoint& checkpoint, OnSealed on_sealed);
    /// Follows the log from there on.
    [[nodiscard]] replica::Follower make_follower(const std::optional<replica::Checkpoint>& checkpoint = {});

    const crypto::Kernels& kernels = crypto::native_kernels();
    const std::uint64_t hash_seed;
    const sequencer::SystemClock clock;
    const chain::ChainSpecification specification;
    const std::vector<sequencer::DevelopmentAccount> accounts;
    sequencer::Genesis genesis;
    std::optional<world::World> world;
    sequencer::History history;
    RootCheck root_check;
    /// Empty before the chain has begun.
    std::optional<sequencer::Sealer> sealer;
};
}  // namespace jiffy::node
