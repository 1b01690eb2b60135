// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "rpc/error.hpp"
#include "rpc/parameters.hpp"
#include "sequencer/chain_reader.hpp"
#include "world/world.hpp"

namespace jiffy::rpc
{
struct Backend;

/// A consistent state and the block whose environment goes with it: the newest state with the open block, or a sealed
/// block's state with that block.
class StateView
{
public:
    StateView(world::Snapshot snapshot, sequencer::BlockPointer block, std::optional<U256> awaited_slot)
      : snapshot_{std::move(snapshot)}
      , block_{std::move(block)}
      , awaited_slot_{awaited_slot}
    {
    }

    [[nodiscard]] state::Source source() const noexcept { return state::Source{*this}; }
    [[nodiscard]] const sequencer::BlockRecord& block() const noexcept { return *block_; }

    state::Presence account(const Address& address, types::Account& result) const noexcept
    {
        return snapshot_.account(address, result);
    }
    state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept;
    state::Presence code(const Hash& code_hash, BytesView& result) const noexcept
    {
        return snapshot_.code(code_hash, result);
    }
    state::Presence has_storage(const Address& address) const noexcept { return snapshot_.has_storage(address); }

private:
    world::Snapshot snapshot_;
    sequencer::BlockPointer block_;
    /// Slot of the history contract (EIP-2935) that the hash of a block still being sealed goes to.
    std::optional<U256> awaited_slot_;
};

/// The state that a selector names, by the table of decision 5: `latest` and `pending` are the newest transaction's,
/// and so is the open block's number; older numbers, `safe`, `finalized` and hashes name the state after a block.
Result<StateView, Error> resolve_state(const Backend& backend, const BlockSelector& selector);

/// Number of a selector for queries about blocks, where `latest` is the sealed head and `pending` the open block.
std::uint64_t resolve_number(const sequencer::ChainReader& chain, BlockTag tag);

/// The block that a selector names; empty if there is none.
sequencer::BlockPointer resolve_block(const sequencer::ChainReader& chain, const BlockSelector& selector);
}  // namespace jiffy::rpc
