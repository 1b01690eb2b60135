// SPDX-License-Identifier: Apache-2.0
#include "node/leader.hpp"

#include "base/hex.hpp"
#include "chain/optimism.hpp"

namespace jiffy::node
{
namespace
{
/// Each start is a term of its own. A chain that is kept in memory begins anew with each start, and must not contradict
/// what was signed for the one before.
std::uint64_t next_epoch(const NodeOptions& options, const std::optional<types::EpochFrame>& last)
{
    if (last)
        return last->terms.epoch + 1;
    return !options.is_development() && options.data_directory.empty() ? sequencer::SystemClock::wall_time() : 1;
}

std::uint64_t block_interval(const ChainParts& chain)
{
    return chain.specification.jiffy->block_time * 1000;
}

sequencer::ReleaseStartingPoint starting_point(const ChainParts& chain, replica::Follower follower)
{
    return {.assembler = std::move(follower).finish(),
        .ids = chain.world->id_counts(),
        .genesis_time = chain.genesis.header.timestamp};
}

sequencer::ReleaseOptions release_options(const ChainParts& chain, const LeaderOptions& options)
{
    return {.terms = options.terms,
        .secret = options.secret,
        .mini_block_interval = chain.specification.jiffy->mini_block_interval * 1000,
        .block_interval = block_interval(chain)};
}

sequencer::SequencerOptions sequencer_options(const ChainParts& chain, const LeaderOptions& options)
{
    return {.block_interval = block_interval(chain),
        .beneficiary = chain.specification.optimism ? chain::predeploys::sequencer_fee_vault : Address{},
        .pool = {},
        .hash_seed = chain.hash_seed,
        .ends_block_at_stop = options.ends_block_at_stop};
}
}  // namespace

LeaderOptions leader_options(const NodeOptions& options,
    std::uint64_t chain_id,
    const std::optional<types::EpochFrame>& last)
{
    return {.secret = options.sequencer_secret.value_or(sequencer::development_sequencer_secret()),
        .terms = {.domain = options.is_development() ? types::StatementDomain::development
                                                     : types::StatementDomain::production,
            .chain_id = chain_id,
            .epoch = next_epoch(options, last),
            .durability = options.durability},
        .ends_block_at_stop = options.data_directory.empty()};
}

std::string fault_of_key(const Hash& secret, const std::optional<ChainFile>& file)
{
    const auto key = crypto::public_key_of(secret);
    if (!key)
        return "the sequencer's key is no key";
    if (!file)
        return "a sequencer needs a genesis file";
    const auto& wanted = file->specification.jiffy->sequencer;
    if (!wanted)
        return "the genesis file does not name the sequencer: config.jiffy.sequencer";
    const auto address = crypto::address_of(*key);
    if (address == *wanted)
        return "";
    return "the key is that of " + to_hex(address.view()) + ", but the chain's sequencer is " + to_hex(wanted->view());
}

Leader::Leader(ChainParts& chain,
    replica::Follower follower,
    const LeaderOptions& options,
    sequencer::LogSink sink,
    std::function<void()> on_release)
  : start_{chain.genesis.header.timestamp, follower.assembler().block(), follower.knows_parent()}
  , releaser_{chain.history, *chain.sealer, chain.clock, starting_point(chain, std::move(follower)),
        release_options(chain, options), std::move(sink), std::move(on_release)}
  , sequencer_{chain.specification, *chain.world, chain.history, *chain.sealer, releaser_, chain.clock, start_,
        sequencer_options(chain, options)}
{
}

void Leader::start()
{
    releaser_.start();
    sequencer_.start();
}

void Leader::stop()
{
    sequencer_.stop();
    releaser_.stop();
}
}  // namespace jiffy::node
