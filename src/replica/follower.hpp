// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/specification.hpp"
#include "sequencer/assembler.hpp"
#include "sequencer/history.hpp"
#include "sequencer/sealer.hpp"
#include "types/log_frame.hpp"

namespace jiffy::replica
{
/// Why a frame cannot be followed.
enum class FollowError : std::uint8_t
{
    /// It does not come behind the one before: a fragment without a block, a second opening, a block left out.
    out_of_order,
    /// Its ids are not those of this state.
    foreign_ids,
    /// The parent's header is another one than its transactions and the state give.
    wrong_parent,
};

std::string_view to_string(FollowError error) noexcept;

/// Brings a chain to where its log is without executing anything: applies the changes that the frames name, and makes
/// of the rest the same blocks, fragments and mini-blocks that were released. One thread.
class Follower
{
public:
    /// The history's newest block is sealed, and the log goes on behind it, in the term `epoch`; `assembler` stands
    /// there.
    Follower(const chain::ChainSpecification& specification,
        world::World& world,
        sequencer::History& history,
        sequencer::Sealer& sealer,
        sequencer::Assembler assembler,
        const std::optional<types::EpochFrame>& epoch = {});

    /// The log's next frame. After an error the chain is of no use any more.
    Result<void, FollowError> apply(types::LogFrame frame);

    /// Of the newest term; empty before the first.
    [[nodiscard]] const std::optional<types::EpochFrame>& epoch() const noexcept { return epoch_; }
    /// The open block, if there is one, has been told its parent.
    [[nodiscard]] bool knows_parent() const noexcept { return knows_parent_; }
    /// The chain goes on from there: its assembler, in the middle of a block or behind one.
    [[nodiscard]] sequencer::Assembler finish() &&;
    [[nodiscard]] const sequencer::Assembler& assembler() const noexcept { return assembler_; }

private:
    Result<void, FollowError> take(types::EpochFrame& frame);
    Result<void, FollowError> take(types::OpenBlockFrame& frame);
    Result<void, FollowError> take(types::ParentSealedFrame& frame);
    Result<void, FollowError> take(types::FragmentFrame& frame);
    Result<void, FollowError> take(types::SealMiniFrame& frame);
    Result<void, FollowError> take(types::SealBlockFrame& frame);
    /// Applies the changes to the world.
    Result<void, FollowError> change(types::DifferenceFrame& difference);
    /// The newest ones.
    void keep_for_trie();
    void hand_to_trie();
    Result<void, FollowError> add(types::LoggedTransaction& logged);
    void end_mini_block(std::uint64_t time, const crypto::RecoverableSignature& signature);

    const chain::ChainSpecification& specification_;
    world::World& world_;
    sequencer::History& history_;
    sequencer::Sealer& sealer_;
    sequencer::Assembler assembler_;
    std::optional<types::EpochFrame> epoch_;
    bool knows_parent_ = true;
    /// What the newest frame changed.
    std::shared_ptr<const sequencer::Differences> changes_;
    /// For the trie, since the last mini-block.
    sequencer::TrieUpdate trie_update_;
};
}  // namespace jiffy::replica
