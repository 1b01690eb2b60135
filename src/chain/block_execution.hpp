// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/transaction_execution.hpp"
#include "state/overlay.hpp"

namespace jiffy::chain
{
/// Root of the state that the block stands on, once a difference is applied. Needed for receipts before Byzantium only.
struct StateRoot
{
    void* context = nullptr;
    Hash (*after)(void* context, const types::StateDifference& difference) = nullptr;
};

/// Executes a block step by step over the state of its parent: `open`, any number of `execute`, `close`. Sequencer and
/// importer use the same steps. The parent's state is read only; what changes is kept in an overlay above it.
class BlockExecution
{
public:
    /// `parent_state` is the state after the parent; both references must outlive the object.
    BlockExecution(const ChainSpecification& specification,
        state::Source parent_state,
        Executor& executor,
        StateRoot root = {});
    BlockExecution(const BlockExecution&) = delete;
    BlockExecution& operator=(const BlockExecution&) = delete;

    /// Fixes the environment by the header's fields that are known beforehand (parent hash, number, timestamp, gas
    /// limit, beneficiary, base fee, mix hash or difficulty, excess blob gas, parent beacon block root) and makes the
    /// system calls that begin a block (EIP-4788, EIP-2935), or the DAO's transfers.
    Result<void, BlockFailure> open(const types::Header& header, evm::BlockHashes block_hashes);

    /// Executes the next transaction over all before it. If it fails, the block is as it was before. The outcome is
    /// valid until the next call.
    Result<const TransactionOutcome*, TransactionFailure> execute(const types::Transaction& transaction,
        const Address& sender,
        const ExecutionOptions& options = {});

    /// Ends the block: withdrawals, requests (EIP-6110, 7002, 7251) or ommers' and block rewards. Gives the header of
    /// `open` with every field that follows from the block's content, but for what the trie knows: the state root, and
    /// on the OP Stack since Isthmus the withdrawals root.
    Result<types::Header, BlockFailure> close(std::span<const types::Transaction> transactions,
        std::span<const types::Header> ommers,
        const std::optional<std::vector<types::Withdrawal>>& withdrawals);

    [[nodiscard]] const BlockContext& context() const noexcept { return context_; }
    [[nodiscard]] const std::vector<types::Receipt>& receipts() const noexcept { return receipts_; }
    [[nodiscard]] std::vector<types::Receipt> take_receipts() && noexcept { return std::move(receipts_); }
    [[nodiscard]] std::uint64_t gas_used() const noexcept { return gas_used_; }
    [[nodiscard]] std::uint64_t blob_gas_used() const noexcept { return blob_gas_used_; }
    [[nodiscard]] BlockCapacity capacity() const noexcept;
    /// The state as of now.
    [[nodiscard]] state::Source state() const noexcept { return state::Source{state_}; }
    /// Execution requests of the closed block (EIP-7685), each with its type byte; empty lists are left out.
    [[nodiscard]] const std::vector<Bytes>& requests() const noexcept { return requests_; }
    /// Everything that the block changed so far, merged.
    [[nodiscard]] types::StateDifference difference() const { return state_.difference(); }
    /// What `open` changed, for the frame that opens the block.
    [[nodiscard]] const types::StateDifference& opening_difference() const noexcept { return opening_difference_; }

private:
    Result<bool, BlockFailure> call(const Address& contract, BytesView input);
    Result<void, BlockFailure> move_dao_funds();
    Result<void, BlockFailure> pay_rewards(std::span<const types::Header> ommers);
    Result<void, BlockFailure> pay_withdrawals(const std::optional<std::vector<types::Withdrawal>>& withdrawals);
    Result<void, BlockFailure> collect_requests();
    Result<void, BlockFailure> keep_journal();

    const ChainSpecification& specification_;
    Executor& executor_;
    StateRoot root_;
    state::Overlay state_;
    BlockContext context_;
    types::Header header_;
    TransactionOutcome outcome_;
    std::vector<types::Receipt> receipts_;
    std::vector<Bytes> requests_;
    types::StateDifference opening_difference_;
    Bloom logs_bloom_;
    std::uint64_t gas_used_ = 0;
    std::uint64_t blob_gas_used_ = 0;
};
}  // namespace jiffy::chain
