// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/block_execution.hpp"
#include "sequencer/order_log.hpp"
#include "sequencer/sealer.hpp"
#include "world/world.hpp"

namespace jiffy::sequencer
{
/// Figures of a ledger; readable by any thread.
struct LedgerMetrics
{
    std::atomic<std::uint64_t> transactions = 0;
    std::atomic<std::uint64_t> mini_blocks = 0;
    std::atomic<std::uint64_t> blocks = 0;
    /// Transactions that had to wait for the parent's hash.
    std::atomic<std::uint64_t> parent_hash_waits = 0;
};

/// Applies the entries of the order log: to the world, to the history, and to the queue of the sealer. What it does
/// follows from the entries alone, so that applying a log again gives the same blocks.
class Ledger
{
public:
    /// `wait_for_seal` returns when the block with this number is sealed.
    Ledger(const chain::ChainSpecification& specification,
        world::World& world,
        History& history,
        Sealer& sealer,
        std::uint64_t hash_seed,
        std::function<void(std::uint64_t number)> wait_for_seal);

    void open_block(const OpenBlock& entry);
    /// Executes on top of everything before it; the world holds the result when it returns. A failure leaves no trace.
    Result<TransactionPlace, chain::InvalidTransaction> execute(Tx entry);
    /// Executes a transaction of the protocol, which cannot be refused.
    void execute(System entry);
    void seal_mini(const SealMini& entry);
    void seal_block();

    /// Applies any entry; for replay.
    void apply(Entry entry);

    /// Puts the parent's hash in its slot (EIP-2935) as soon as it is known.
    void provide_parent_hash_if_known();

    [[nodiscard]] const BlockRecord& open() const noexcept { return *block_; }
    [[nodiscard]] const chain::BlockContext& context() const noexcept { return execution_->context(); }
    [[nodiscard]] chain::BlockCapacity capacity() const noexcept { return execution_->capacity(); }
    [[nodiscard]] types::Account account(const Address& address) const;
    [[nodiscard]] const LedgerMetrics& metrics() const noexcept { return metrics_; }

private:
    void provide_parent_hash();
    void commit(const types::StateDifference& difference);

    const chain::ChainSpecification& specification_;
    world::World& world_;
    History& history_;
    Sealer& sealer_;
    std::function<void(std::uint64_t)> wait_for_seal_;
    evm::CodeCache codes_;
    chain::Executor executor_;
    std::optional<chain::BlockExecution> execution_;
    std::shared_ptr<BlockRecord> block_;
    /// Since the last mini-block, for the trie.
    std::vector<types::StateDifference> differences_;
    std::uint64_t next_mini_block_ = 0;
    std::uint64_t log_count_ = 0;
    LedgerMetrics metrics_;
};
}  // namespace jiffy::sequencer
