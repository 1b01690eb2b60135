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

Error state_not_kept(std::uint64_t block)
{
    return {code::server_error, "state of block " + std::to_string(block) + " is not available any more", {}};
}

/// The number of a block that there was, but is not in memory.
std::optional<std::uint64_t> number_without_state(const Backend& backend, const BlockSelector& selector)
{
    if (const auto* by_hash = std::get_if<BlockByHash>(&selector))
        return backend.chain().number_of(by_hash->hash);
    const auto* number = std::get_if<std::uint64_t>(&selector);
    const auto wanted = number != nullptr ? *number : resolve_number(backend.history, std::get<BlockTag>(selector));
    return wanted < backend.history.oldest_number() ? std::optional{wanted} : std::nullopt;
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

std::uint64_t resolve_number(const sequencer::ChainReader& chain, BlockTag tag)
{
    switch (tag)
    {
        case BlockTag::pending:
            return chain.open_block()->number();
        case BlockTag::earliest:
            return 0;
        case BlockTag::latest:
        case BlockTag::safe:
        case BlockTag::finalized:
            break;
    }
    return chain.sealed_number();
}

sequencer::BlockPointer resolve_block(const sequencer::ChainReader& chain, const BlockSelector& selector)
{
    if (const auto* by_hash = std::get_if<BlockByHash>(&selector))
        return chain.find(by_hash->hash);
    if (const auto* number = std::get_if<std::uint64_t>(&selector))
        return chain.find(*number);
    return chain.find(resolve_number(chain, std::get<BlockTag>(selector)));
}

Result<StateView, Error> resolve_state(const Backend& backend, const BlockSelector& selector)
{
    if (const auto* tag = std::get_if<BlockTag>(&selector);
        tag != nullptr && (*tag == BlockTag::latest || *tag == BlockTag::pending))
        return newest_state(backend);
    auto block = resolve_block(backend.history, selector);
    if (!block)
    {
        // Not to wait for a disk: what is not in memory has no state any more, and only its number is asked for.
        const auto number = number_without_state(backend, selector);
        if (number)
            return failure(state_not_kept(*number));
        return failure(std::holds_alternative<BlockByHash>(selector)
                           ? Error{code::server_error, "header for hash not found", {}}
                           : unknown_block());
    }
    if (block->sealed() == nullptr)
        return newest_state(backend);
    const auto commit = block->state_commit();
    auto snapshot = commit ? backend.world.pin_at(*commit) : std::nullopt;
    if (!snapshot)
        return failure(state_not_kept(block->number()));
    return StateView{std::move(*snapshot), std::move(block), std::nullopt};
}
}  // namespace jiffy::rpc
