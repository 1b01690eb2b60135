// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/transaction_execution.hpp"
#include "state/overlay.hpp"

namespace jiffy::chain
{
/// Roots of the state that the block stands on, once a difference is applied.
struct StateRoot
{
    void* context = nullptr;
    /// Of the state. Block execution needs it for receipts before Byzantium only.
    Hash (*after)(void* context, const types::StateDifference& difference) = nullptr;
    /// Of an account's storage. Block import needs it on the OP Stack since Isthmus only.
    Hash (*storage_after)(void* context, const types::StateDifference& difference, const Address& address) = nullptr;
};

/// Executes a block step by step over the state of its parent: `open`, any number of `execute`, `close`. Sequencer and
/// importer use the same steps. The parent's state is read only; what changes is kept in an overlay above it.
///
/// Whoever opens a block before the parent's hash is known calls `open_before_parent_hash` instead, and
/// `provide_parent_hash` before `end`. Until then the slot of EIP-2935 that the hash goes to is unavailable, and a
/// transaction that reads it fails with `StateUnavailable`.
class BlockExecution
{
public:
    /// Who remembers what the block changes.
    enum class Changes : Byte
    {
        /// The block: what is behind its state stays that of the parent.
        kept,
        /// The owner, who applies each difference to what is behind the state before the next call, and opens with
        /// `open_before_parent_hash`. Neither changes nor receipts are kept, so that a block of any length ends as fast
        /// as an empty one.
        handed_over,
    };

    /// What is behind `parent_state` is the state after the parent; it and the references must outlive the object.
    BlockExecution(const ChainSpecification& specification,
        state::Source parent_state,
        Executor& executor,
        StateRoot root = {},
        Changes changes = Changes::kept);
    BlockExecution(const BlockExecution&) = delete;
    BlockExecution& operator=(const BlockExecution&) = delete;

    /// Fixes the environment by the header's fields that are known beforehand (parent hash, number, timestamp, gas
    /// limit, beneficiary, base fee, mix hash or difficulty, excess blob gas, parent beacon block root) and makes the
    /// system calls that begin a block (EIP-4788, EIP-2935), or the DAO's transfers.
    Result<void, BlockFailure> open(const types::Header& header, evm::BlockHashes block_hashes);

    /// `open` but for what needs the parent's hash.
    Result<void, BlockFailure> open_before_parent_hash(const types::Header& header, evm::BlockHashes block_hashes);
    [[nodiscard]] bool awaits_parent_hash() const noexcept { return view_.awaited_slot.has_value(); }
    /// Slot of the history contract that the parent's hash goes to, while that is not known.
    [[nodiscard]] const std::optional<U256>& awaited_slot() const noexcept { return view_.awaited_slot; }
    /// Stores the parent's hash (EIP-2935); gives what that changed, which belongs to the opening of the block.
    Result<types::StateDifference, BlockFailure> provide_parent_hash(const Hash& parent_hash);

    /// Goes on with a block that was opened elsewhere, if changes are handed over: behind the state is all that it
    /// changed so far. The parent's hash is still to be provided if `awaits_parent_hash` and the fork has a slot for
    /// it. Then `skip` for each of its transactions.
    void resume(const types::Header& header, evm::BlockHashes block_hashes, bool awaits_parent_hash);
    /// Takes the next transaction as executed. Gas is that of the transaction.
    void skip(const types::Receipt& receipt, std::uint64_t gas_used, std::uint64_t blob_gas_used);

    /// Executes the next transaction over all before it. If it fails, the block is as it was before. The outcome is
    /// valid until the next call.
    Result<const TransactionOutcome*, TransactionFailure> execute(const types::Transaction& transaction,
        const Address& sender,
        const ExecutionOptions& options = {});

    /// Ends the block: withdrawals, requests (EIP-6110, 7002, 7251) or ommers' and block rewards.
    Result<void, BlockFailure> end(std::span<const types::Header> ommers = {},
        std::span<const types::Withdrawal> withdrawals = {});

    /// `end`, and gives the header of `open` with every field that follows from the block's content, but for what the
    /// trie knows: the state root, and on the OP Stack since Isthmus the withdrawals root.
    Result<types::Header, BlockFailure> close(const types::Block& block);

    [[nodiscard]] const BlockContext& context() const noexcept { return context_; }
    [[nodiscard]] const std::vector<types::Receipt>& receipts() const noexcept { return receipts_; }
    [[nodiscard]] std::vector<types::Receipt> take_receipts() noexcept { return std::exchange(receipts_, {}); }
    /// The newest transaction's receipt, if changes are handed over.
    [[nodiscard]] types::Receipt take_receipt() noexcept { return std::move(receipts_.back()); }
    [[nodiscard]] std::uint64_t gas_used() const noexcept { return gas_used_; }
    [[nodiscard]] std::uint64_t blob_gas_used() const noexcept { return blob_gas_used_; }
    [[nodiscard]] BlockCapacity capacity() const noexcept;
    /// The state as of now.
    [[nodiscard]] state::Source state() const noexcept
    {
        // Not through an overlay with nothing in it.
        return changes_->empty() && !view_.awaited_slot ? parent_state_ : state::Source{view_};
    }
    /// Execution requests of the ended block (EIP-7685), each with its type byte; empty lists are left out.
    [[nodiscard]] const std::vector<Bytes>& requests() const noexcept { return requests_; }
    /// Everything that the block changed so far, merged, if it is kept.
    [[nodiscard]] types::StateDifference difference() const { return changes_->difference(); }
    /// What the opening of the block changed, but for a parent hash provided later.
    [[nodiscard]] const types::StateDifference& opening_difference() const noexcept { return opening_difference_; }
    /// What `end` changed.
    [[nodiscard]] const types::StateDifference& closing_difference() const noexcept { return closing_difference_; }

private:
    /// The state of the block, as a `state::Source` reads it.
    struct View
    {
        const std::optional<state::Overlay>& changes;
        /// Slot of the history contract whose value is not known yet.
        std::optional<U256> awaited_slot;

        state::Presence account(const Address& address, types::Account& result) const noexcept
        {
            return changes->account(address, result);
        }
        state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept;
        state::Presence code(const Hash& code_hash, BytesView& result) const noexcept
        {
            return changes->code(code_hash, result);
        }
        state::Presence has_storage(const Address& address) const noexcept { return changes->has_storage(address); }
    };

    void await_parent_hash();
    Result<bool, BlockFailure> call(const Address& contract, BytesView input);
    Result<void, BlockFailure> move_dao_funds();
    Result<void, BlockFailure> pay_rewards(std::span<const types::Header> ommers);
    Result<void, BlockFailure> pay_withdrawals(std::span<const types::Withdrawal> withdrawals);
    [[nodiscard]] bool collects_requests() const noexcept;
    Result<void, BlockFailure> collect_requests();
    Result<void, BlockFailure> keep_journal();
    void keep(const types::StateDifference& difference);
    /// At the beginning of a call: what the calls before it changed is where the owner has put it.
    void forget_handed_over();

    const ChainSpecification& specification_;
    Executor& executor_;
    StateRoot root_;
    state::Source parent_state_;
    Changes who_keeps_;
    /// Never empty; an optional so that it can be begun anew.
    std::optional<state::Overlay> changes_;
    /// What the opening or ending in progress changed.
    std::optional<state::Overlay> part_;
    View view_;
    BlockContext context_;
    types::Header header_;
    TransactionOutcome outcome_;
    std::vector<types::Receipt> receipts_;
    /// EIP-6110, of the transactions so far.
    Bytes deposits_;
    bool has_invalid_deposit_ = false;
    std::vector<Bytes> requests_;
    types::StateDifference opening_difference_;
    types::StateDifference closing_difference_;
    std::uint64_t gas_used_ = 0;
    std::uint64_t blob_gas_used_ = 0;
    Bloom logs_bloom_;
};
}  // namespace jiffy::chain
