// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/validity.hpp"
#include "evm/machine.hpp"
#include "types/receipt.hpp"

namespace jiffy::chain
{
/// The reusable part of execution: one for each thread that executes. Keeps its memory from transaction to
/// transaction.
struct Executor
{
    /// `code_cache` may serve several executors of one thread; `hash_seed` as for `KeyHasher`.
    explicit Executor(evm::CodeCache& code_cache, std::uint64_t hash_seed = 0)
      : codes{code_cache}
      , journal{hash_seed}
      , machine{journal, codes}
    {
    }
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    evm::CodeCache& codes;
    state::Journal journal;
    evm::Machine machine;
};

/// What a transaction did. An object passed again keeps its memory.
struct TransactionOutcome
{
    evm::Status status = evm::Status::success;
    /// Gas charged to the sender, after refunds and the floor of EIP-7623.
    std::uint64_t gas_used = 0;
    /// Gas used before refunds and the floor: what a gas limit must at least cover.
    std::uint64_t gas_before_refund = 0;
    /// Wei per gas.
    U256 effective_gas_price;
    std::uint64_t blob_gas_used = 0;
    /// Wei; the OP Stack's fees.
    U256 l1_fee;
    U256 operator_fee;
    /// Address of the contract, if the transaction is a creation, successful or not.
    std::optional<Address> created;
    /// Nonce of a deposit's sender before it.
    std::optional<std::uint64_t> deposit_nonce;
    std::vector<types::Log> logs;
    /// Return data or revert data.
    Bytes output;
    types::StateDifference difference;

    [[nodiscard]] bool success() const noexcept { return status == evm::Status::success; }
    void clear() noexcept;
};

/// Checks to leave out, for eth_call and its like. A block's transactions leave out none.
struct ExecutionOptions
{
    bool check_nonce = true;
    /// EIP-3607.
    bool check_sender_code = true;
    /// Funds of the sender; without it the sender is lent what it lacks.
    bool check_funds = true;
    /// Fee caps against the block's prices.
    bool check_fees = true;
    /// EIP-7825 and the specification's own cap.
    bool check_gas_cap = true;
    evm::Tracer* tracer = nullptr;
};

/// Validates and executes one transaction over `source` and writes what it did to `outcome`, differences included;
/// the source is not changed. The fee goes to the coinbase as a credit, which commutes. A failure leaves `outcome`
/// unspecified.
Result<void, TransactionFailure> execute_transaction(const BlockContext& context,
    const types::Transaction& transaction,
    const Address& sender,
    state::Source source,
    const BlockCapacity& capacity,
    Executor& executor,
    TransactionOutcome& outcome,
    const ExecutionOptions& options = {});

/// Receipt of the outcome; `cumulative_gas_used` is that of the block up to and with it.
types::Receipt make_receipt(const BlockContext& context,
    const types::Transaction& transaction,
    const TransactionOutcome& outcome,
    std::uint64_t cumulative_gas_used);
}  // namespace jiffy::chain
