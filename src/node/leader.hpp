// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/chain_parts.hpp"
#include "rpc/signing.hpp"
#include "sequencer/sequencer.hpp"

namespace jiffy::node
{
struct LeaderOptions
{
    /// The key that signs, and what it signs.
    Hash secret;
    types::StatementTerms terms;
    /// Otherwise whoever reads the log goes on in the middle of the block.
    bool ends_block_at_stop = true;
};

/// What the leader of a chain signs by: its own key, or that of development chains, in the term behind the last one.
LeaderOptions leader_options(const NodeOptions& options,
    std::uint64_t chain_id,
    const std::optional<types::EpochFrame>& last);

/// Why the key is not that of the chain's sequencer; empty if it is.
std::string fault_of_key(const Hash& secret, const std::optional<ChainFile>& file);

/// What orders, executes and signs. It goes on where a log ends that was followed, whether at a start or later.
class Leader
{
public:
    /// `on_release` runs on the releasing thread after each fragment and mini-block and must only wake others.
    Leader(ChainParts& chain,
        replica::Follower follower,
        const LeaderOptions& options,
        sequencer::LogSink sink,
        std::function<void()> on_release);

    /// The sealer runs, as do those that wait for releases.
    void start();
    /// Seals the open block if it is to, and ends the threads.
    void stop();

    [[nodiscard]] sequencer::Sequencer& sequencer() noexcept { return sequencer_; }
    [[nodiscard]] const sequencer::Sequencer& sequencer() const noexcept { return sequencer_; }
    [[nodiscard]] const sequencer::Releaser& releaser() const noexcept { return releaser_; }
    [[nodiscard]] rpc::Signing signing() const { return {releaser_.terms(), releaser_.signer()}; }

private:
    sequencer::ChainStart start_;
    sequencer::Releaser releaser_;
    sequencer::Sequencer sequencer_;
};
}  // namespace jiffy::node
