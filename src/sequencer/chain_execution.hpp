// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/block_execution.hpp"
#include "sequencer/frame_builder.hpp"
#include "sequencer/history.hpp"

namespace jiffy::sequencer
{
/// What a step of a block that is no transaction changed.
struct BlockStep
{
    types::StateDifference difference;
    types::DifferenceFrame frame;
};

/// Runs block after block over a world and puts what they change there: what whoever sequences and whoever checks have
/// in common. Ids and frames follow from the order of its calls alone.
class ChainExecution
{
public:
    /// The seed decides where things lie in memory; nothing else depends on it.
    ChainExecution(const chain::ChainSpecification& specification, world::World& world, std::uint64_t hash_seed);

    /// Opens a block. `header` has the fields that are fixed beforehand; the parent hash is not among them.
    Result<BlockStep, chain::BlockFailure> open(const types::Header& header, evm::BlockHashes block_hashes);
    /// Goes on with a block whose transactions the world has. `knows_parent` if its parent's hash is in its slot.
    void resume(const BlockRecord& block, evm::BlockHashes block_hashes, bool knows_parent);
    /// Puts the parent's hash in its slot, if the fork has one (EIP-2935).
    Result<BlockStep, chain::BlockFailure> provide_parent_hash(const Hash& hash);

    /// Executes the open block's next transaction; the outcome is valid until the next call. The world has what it
    /// changed, and `ids` tells by which ids. A failure leaves no trace.
    Result<const chain::TransactionOutcome*, chain::TransactionFailure> execute(const types::Transaction& transaction,
        const Address& sender,
        world::DifferenceIds& ids);
    /// The record of the transaction that was executed last, but for what was known of it before; once.
    TransactionRecord take_record(const chain::TransactionOutcome& outcome);

    struct Ending
    {
        /// EIP-7685, each with its type byte.
        std::vector<Bytes> requests;
        BlockStep step;
    };
    /// Ends the open block, which has its parent's hash.
    Result<Ending, chain::BlockFailure> end();

    /// False before the first call of `open` or `resume`; what follows here is of the newest block.
    [[nodiscard]] bool has_block() const noexcept { return execution_.has_value(); }
    [[nodiscard]] const chain::BlockContext& context() const noexcept { return execution_->context(); }
    [[nodiscard]] chain::BlockCapacity capacity() const noexcept { return execution_->capacity(); }
    [[nodiscard]] std::uint64_t blob_gas_used() const noexcept { return execution_->blob_gas_used(); }

private:
    /// Applies the difference.
    BlockStep step_of(types::StateDifference difference);
    void begin_block();

    const chain::ChainSpecification& specification_;
    world::World& world_;
    /// For what opens and ends blocks.
    FrameBuilder frame_builder_;
    evm::CodeCache codes_;
    chain::Executor executor_;
    std::optional<chain::BlockExecution> execution_;
    /// Of the open block.
    std::uint64_t log_count_ = 0;
};
}  // namespace jiffy::sequencer
