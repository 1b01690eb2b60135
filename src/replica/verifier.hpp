// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/mismatch.hpp"
#include "sequencer/assembler.hpp"
#include "sequencer/block_rules.hpp"
#include "sequencer/chain_execution.hpp"
#include "sequencer/sealer.hpp"

namespace jiffy::replica
{
/// Where a verification begins: the history's newest block is sealed and the log goes on behind it, or it is open and
/// was brought, with the world, to where the log goes on.
struct VerifierStart
{
    /// It stands there.
    sequencer::Assembler assembler;
    /// The term that the log is in; empty before the first.
    std::optional<types::EpochFrame> epoch{};
    /// The open block, if there is one, has been told its parent.
    bool knows_parent = true;
};

struct VerifierOptions
{
    sequencer::BlockRules rules;
    types::StatementDomain domain = types::StatementDomain::production;
    /// Address of the key that may sign.
    Address sequencer{};
    std::uint64_t hash_seed = 0;
};

/// Follows a chain by its log, as a `Follower` does, and believes nothing of it but the order: executes every
/// transaction, once, and compares all that the log says with what comes of that. Readers of the world and of the
/// history see nothing of a frame before all of it was compared. One thread.
class Verifier
{
public:
    /// `wait_for_seal` returns when the block with this number is sealed.
    Verifier(const chain::ChainSpecification& specification,
        world::World& world,
        sequencer::History& history,
        sequencer::Sealer& sealer,
        VerifierStart start,
        const VerifierOptions& options,
        std::function<void(std::uint64_t number)> wait_for_seal);

    /// The log's next frame, with the senders of its transactions if somebody has recovered them already. Nothing of a
    /// frame that does not match is left behind, and none is taken after it: then the same mismatch comes again.
    Result<void, Mismatch> apply(types::LogFrame frame, std::span<const std::optional<Address>> senders = {});

    /// All mini-blocks with lower numbers are as the log has them; any thread.
    [[nodiscard]] std::uint64_t validated_mini_blocks() const noexcept
    {
        return validated_mini_blocks_.load(std::memory_order_acquire);
    }
    /// Number of the newest block whose header, roots and all, is as the log has it; any thread.
    [[nodiscard]] std::uint64_t validated_block() const noexcept
    {
        return validated_block_.load(std::memory_order_acquire);
    }

    /// Of the newest term; empty before the first.
    [[nodiscard]] const std::optional<types::EpochFrame>& epoch() const noexcept { return epoch_; }
    [[nodiscard]] const sequencer::Assembler& assembler() const noexcept { return assembler_; }
    /// The open block, if there is one, has been told its parent.
    [[nodiscard]] bool knows_parent() const noexcept { return knows_parent_; }

private:
    using Checked = Result<void, Mismatch>;

    Checked take(types::EpochFrame& frame);
    Checked take(types::OpenBlockFrame& frame);
    Checked take(types::ParentSealedFrame& frame);
    Checked take(types::FragmentFrame& frame);
    Checked take(types::SealMiniFrame& frame);
    Checked take(types::SealBlockFrame& frame);

    /// Executes the fragment's transaction at `index` of it and compares it; keeps its record but for the transaction.
    std::optional<Finding> execute(types::FragmentFrame& frame, std::size_t index);
    std::optional<Finding> check_sender(types::FragmentFrame& frame, std::size_t index);
    std::optional<Finding> check_protocol(const types::Transaction& transaction, std::size_t index) const;
    Result<const chain::TransactionOutcome*, Finding> run(const types::Transaction& transaction, const Address& sender);
    /// Makes the statements of a fragment that was executed and compared, and checks their signature.
    std::optional<Finding> check_statements(types::FragmentFrame& frame);
    /// Shows all of it.
    void release(types::FragmentFrame& frame);
    /// Makes the mini-block that ends, and checks its time and its signature.
    std::optional<Finding> check_mini_block(std::uint64_t time, const crypto::RecoverableSignature& signature);
    /// Shows what was made.
    void end_mini_block();
    [[nodiscard]] std::optional<Finding> check_fragment_time(std::uint64_t time) const;
    [[nodiscard]] std::optional<Finding> check_signer(Check check, const std::optional<Address>& signer) const;
    /// Shows what the frame changed, and keeps it for the trie.
    void show(const types::DifferenceFrame& difference);
    void hand_to_trie();

    /// Takes back what was held.
    Mismatch mismatch(Finding finding, types::LogFrame frame);
    Mismatch mismatch(Finding finding, types::FragmentFrame& frame, std::size_t index);
    Mismatch mini_block_mismatch(Finding finding, types::LogFrame frame);
    /// What the fragment says of the transaction at `index` of it, signed.
    [[nodiscard]] std::optional<types::SignedStatement> said_of(const types::FragmentFrame& frame,
        std::size_t index) const;
    /// Adds to the evidence who signed the statement, and whether that is evidence against the sequencer if what it
    /// says is wrong.
    void judge(Evidence& evidence, bool is_covered) const;

    const chain::ChainSpecification& specification_;
    world::World& world_;
    sequencer::History& history_;
    sequencer::Sealer& sealer_;
    VerifierOptions options_;
    std::function<void(std::uint64_t)> wait_for_seal_;
    sequencer::Assembler assembler_;
    std::optional<types::EpochFrame> epoch_;
    bool knows_parent_;
    sequencer::ChainExecution execution_;
    sequencer::FrameBuilder frame_builder_;
    /// Those that the open block begins with.
    std::vector<types::Transaction> protocol_;
    /// Of the fragment's transactions.
    std::vector<std::optional<Address>> senders_;
    std::vector<sequencer::TransactionRecord> records_;
    world::DifferenceIds ids_;
    types::DifferenceFrame difference_;
    std::optional<sequencer::FragmentRecord> fragment_;
    std::optional<sequencer::MiniBlockRecord> mini_block_;
    /// For the trie, since the last mini-block.
    sequencer::TrieUpdate trie_update_;
    /// What the newest frame changed.
    std::shared_ptr<const sequencer::Differences> changes_;
    std::optional<Mismatch> failed_;
    std::atomic<std::uint64_t> validated_mini_blocks_;
    std::atomic<std::uint64_t> validated_block_;
};
}  // namespace jiffy::replica
