// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/chain_execution.hpp"
#include "sequencer/releaser.hpp"

namespace jiffy::sequencer
{
/// Figures of a ledger; readable by any thread.
struct LedgerMetrics
{
    std::atomic<std::uint64_t> transactions = 0;
    std::atomic<std::uint64_t> blocks = 0;
    /// Transactions that had to wait for the parent's hash.
    std::atomic<std::uint64_t> parent_hash_waits = 0;
};

/// A user's transaction at its place in the order, not executed yet.
struct OrderedTransaction
{
    types::Transaction transaction;
    Hash hash;
    Address sender;
};

/// Applies what was put in order to the world and to the history, and hands it on to be released. What it does follows
/// from the order alone, so that applying a log again gives the same blocks.
class Ledger
{
public:
    /// `wait_for_seal` returns when the block with this number is sealed.
    Ledger(const chain::ChainSpecification& specification,
        world::World& world,
        History& history,
        Releaser& releaser,
        std::uint64_t hash_seed,
        std::function<void(std::uint64_t number)> wait_for_seal);

    /// `header` has the fields that are fixed beforehand; the parent hash is not among them.
    void open_block(const types::Header& header);
    /// Executes on top of everything before it; the world holds the result when it returns. A failure leaves no trace,
    /// and `ordered` and `complete` where they are; else `complete`, if there is one, is told when it is released.
    Result<TransactionPlace, chain::InvalidTransaction> execute(OrderedTransaction& ordered, Completion* complete);
    /// Executes a transaction of the protocol, which cannot be refused.
    void execute_system(types::Transaction transaction);
    /// The time is that of the end of its last mini-block if it is known beforehand.
    void end_block(std::optional<std::uint64_t> time = {});

    /// Goes on with a block that others have opened, and have brought as far as the history and the world have it.
    /// `knows_parent` if its parent's hash is in its slot.
    void resume_block(std::shared_ptr<BlockRecord> block, bool knows_parent);

    /// Tells the log that the open block's parent is sealed, as soon as it is, and puts its hash in its slot
    /// (EIP-2935).
    void provide_parent_if_sealed();

    [[nodiscard]] const BlockRecord& open() const noexcept { return *block_; }
    [[nodiscard]] const chain::BlockContext& context() const noexcept { return execution_.context(); }
    [[nodiscard]] chain::BlockCapacity capacity() const noexcept { return execution_.capacity(); }
    /// False before the first call of `open_block` or `resume_block`.
    [[nodiscard]] bool has_block() const noexcept { return execution_.has_block(); }
    /// Of the newest block.
    [[nodiscard]] std::uint64_t blob_gas_used() const noexcept { return execution_.blob_gas_used(); }
    [[nodiscard]] types::Account account(const Address& address) const;
    [[nodiscard]] const LedgerMetrics& metrics() const noexcept { return metrics_; }

private:
    void provide_parent(const BlockPointer& parent);
    void wait_for_parent();

    const chain::ChainSpecification& specification_;
    world::World& world_;
    History& history_;
    Releaser& releaser_;
    std::function<void(std::uint64_t)> wait_for_seal_;
    ChainExecution execution_;
    std::shared_ptr<BlockRecord> block_;
    /// The log knows that the open block's parent is sealed.
    bool knows_parent_ = true;
    LedgerMetrics metrics_;
};
}  // namespace jiffy::sequencer
