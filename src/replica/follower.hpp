// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/specification.hpp"
#include "replica/signature_check.hpp"
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
    /// The term is not one of the chain's sequencer.
    wrong_signer,
    /// The chain's sequencer has not signed it.
    wrong_signature,
};

/// True if nothing was done: what comes in the frame's place may still be followed.
constexpr bool leaves_all_as_it_was(FollowError error) noexcept
{
    return error == FollowError::wrong_signer || error == FollowError::wrong_signature;
}

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

    /// From now on what is signed is checked before it is shown. A log of one's own needs that no more.
    void check_signatures(const SignatureCheck& check) { check_ = check; }

    /// The log's next frame. After an error that does not leave all as it was the chain is of no use any more. Waits
    /// for the sealer, if that runs, where the frame is about what it has sealed.
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
    /// The records of the frame's transactions, which do not stand in the block yet.
    Result<std::vector<sequencer::TransactionRecord>, FollowError> records_of(types::FragmentFrame& frame) const;
    /// An account by its id, which the frame may be the first to have.
    [[nodiscard]] std::optional<Address> address_of(std::uint32_t id, const types::DifferenceFrame& difference) const;
    Result<void, FollowError> end_mini_block(std::uint64_t time, const crypto::RecoverableSignature& signature);
    void wait_for_seal(std::uint64_t number);

    const chain::ChainSpecification& specification_;
    world::World& world_;
    sequencer::History& history_;
    sequencer::Sealer& sealer_;
    sequencer::Assembler assembler_;
    std::optional<types::EpochFrame> epoch_;
    std::optional<SignatureCheck> check_;
    bool knows_parent_ = true;
    /// What the newest frame changed.
    std::shared_ptr<const sequencer::Differences> changes_;
    /// For the trie, since the last mini-block.
    sequencer::TrieUpdate trie_update_;
};
}  // namespace jiffy::replica
