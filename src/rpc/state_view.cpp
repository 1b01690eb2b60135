// SPDX-License-Identifier: Apache-2.0
#include "rpc/state_view.hpp"

#include "chain/system_contracts.hpp"
#include "rpc/backend.hpp"

namespace jiffy::rpc
{
namespace
{
/// EIP-2935: blocks whose hashes the history contract keeps.
constexpr std::uint64_t history_window = 8191;

Error unknown_block()
{
    return {code::server_error, "header not found", {}};
}

StateView newest_state(const Backend& backend)
{
    // The block first: a state that is newer than its environment by a block would hold what the environment has not.
    auto block = backend.history.open_block();
    std::optional<U256> awaited;
    const auto parent = backend.history.find(block->number() - 1);
    if (parent && parent->sealed() == nullptr)
        awaited = U256{parent->number() % history_window};
    return {backend.world.pin(), std::move(block), awaited};
}
}  // namespace

state::Presence StateView::storage(const Address& address, const U256& key, U256& result) const noexcept
{
    if (awaited_slot_ && key == *awaited_slot_ && address == chain::system_contracts::history_storage)
        return state::Presence::unavailable;
    return snapshot_.storage(address, key, result);
}

std::uint64_t resolve_number(const sequencer::History& history, BlockTag tag)
{
    switch (tag)
    {
        case BlockTag::pending:
            return history.open_block()->number();
        case BlockTag::earliest:
            return 0;
        case BlockTag::latest:
        case BlockTag::safe:
        case BlockTag::finalized:
            break;
    }
    return history.sealed_number();
}

sequencer::BlockPointer resolve_block(const sequencer::History& history, const BlockSelector& selector)
{
    if (const auto* by_hash = std::get_if<BlockByHash>(&selector))
        return history.find(by_hash->hash);
    if (const auto* number = std::get_if<std::uint64_t>(&selector))
        return history.find(*number);
    return history.find(resolve_number(history, std::get<BlockTag>(selector)));
}

Result<StateView, Error> resolve_state(const Backend& backend, const BlockSelector& selector)
{
    if (const auto* tag = std::get_if<BlockTag>(&selector);
        tag != nullptr && (*tag == BlockTag::latest || *tag == BlockTag::pending))
        return newest_state(backend);
    auto block = resolve_block(backend.history, selector);
    if (!block)
        return failure(std::holds_alternative<BlockByHash>(selector)
                           ? Error{code::server_error, "header for hash not found", {}}
                           : unknown_block());
    if (block->sealed() == nullptr)
        return newest_state(backend);
    auto snapshot = backend.world.pin_at(*block->state_commit());
    if (!snapshot)
        return failure(Error{code::server_error,
            "state of block " + std::to_string(block->number()) + " is not available any more", {}});
    return StateView{std::move(*snapshot), std::move(block), std::nullopt};
}
}  // namespace jiffy::rpc
