// SPDX-License-Identifier: Apache-2.0
#include "node/chain_parts.hpp"

#include "sequencer/block_coding.hpp"
#include "world/state_trie_build.hpp"

#include <random>

namespace jiffy::node
{
namespace
{
std::uint64_t random_seed()
{
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

/// The time at which the chain's clock begins. A development chain that is said to have begun long ago would otherwise
/// have all the blocks since then to seal.
std::uint64_t start_of(const NodeOptions& options, const std::optional<ChainFile>& file)
{
    const auto wall_time = sequencer::SystemClock::wall_time();
    return file && options.is_development() ? std::min(file->genesis.header.timestamp, wall_time) : wall_time;
}

sequencer::Genesis genesis_of(const ChainParts& chain, std::optional<ChainFile> file)
{
    auto genesis =
        file ? std::move(file->genesis)
             : sequencer::development_genesis(chain.specification, chain.accounts, chain.clock.now() / 1'000'000);
    sequencer::complete_genesis(genesis, chain.specification, chain.kernels);
    return genesis;
}
}  // namespace

ChainParts::ChainParts(const NodeOptions& options, std::optional<ChainFile> file)
  : hash_seed{random_seed()}
  , clock{start_of(options, file)}
  , specification{file ? file->specification
                       : specification_of(options.preset,
                             development_chain_id,
                             options.mini_block_interval,
                             options.block_interval)}
  , accounts{file ? std::vector<sequencer::DevelopmentAccount>{} : sequencer::development_accounts()}
  , genesis{genesis_of(*this, std::move(file))}
  , world{std::in_place, hash_seed}
  , history{options.history_blocks, hash_seed, options.history_transactions}
  , root_check{*world, kernels}
{
}

store::ChainIdentity ChainParts::identity() const
{
    return {.chain_id = specification.chain_id, .genesis = types::header_hash(genesis.header)};
}

void ChainParts::begin_with_genesis(OnSealed on_sealed)
{
    world->apply(genesis.state);
    sealer.emplace(history, kernels, genesis.state, std::move(on_sealed));
    sequencer::seal_genesis(genesis, *world, *sealer, history);
}

bool ChainParts::begin_with(const replica::Checkpoint& checkpoint, OnSealed on_sealed)
{
    auto block = sequencer::decode_block_record(checkpoint.block);
    auto trie = world::build_state_trie(world->pin(), kernels);
    if (!block || trie->latest().root_hash != (*block)->sealed()->header.state_root)
        return false;
    (*block)->close(world->commit_number());
    (*block)->end_release(checkpoint.position);
    history.begin(*block, checkpoint.ancestors);
    sealer.emplace(history, kernels, std::move(trie), std::move(on_sealed));
    return true;
}

replica::Follower ChainParts::make_follower(const std::optional<replica::Checkpoint>& checkpoint)
{
    const auto position = checkpoint ? checkpoint->position : history.sealed_head()->release_end();
    return {specification, *world, history, *sealer, sequencer::Assembler{kernels, position},
        checkpoint ? std::optional{checkpoint->epoch} : std::nullopt};
}
}  // namespace jiffy::node
