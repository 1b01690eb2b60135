// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/transaction_execution.hpp"

/// The steps that transactions paid by their sender and the OP Stack's deposits have in common.
namespace jiffy::chain
{
/// A transaction on its way.
struct Run
{
    const BlockContext& context;
    const types::Transaction& transaction;
    const ExecutionOptions& options;
    Executor& executor;
    TransactionOutcome& outcome;
    state::AccountEntry* sender = nullptr;
    IntrinsicGas intrinsic{};
};

/// The source could not answer.
inline constexpr auto unavailable = [] { return failure(TransactionFailure{StateUnavailable{}}); };

/// Begins the journal and loads the sender; false if unavailable.
bool begin(Run& run, state::Source source, const Address& sender);

/// Marks as accessed what EIP-2929, 2930 and 3651 want; false if unavailable. The precompiled contracts are since
/// `begin`.
bool warm_accounts(Run& run, const Address& recipient);

/// Runs the call or creation with the gas that intrinsic costs leave; the nonce is that before the transaction. Status
/// and output go to the outcome. Returns the gas left, or nothing if unavailable.
std::optional<std::uint64_t> run_message(Run& run, std::uint64_t sender_nonce);

/// Sets gas before and after refund and floor (EIP-3529, 7623) from the gas that execution left.
void account_gas(Run& run, std::uint64_t gas_left);

/// Ends the journal; logs and difference go to the outcome.
void finish(Run& run);

/// Executes a deposit (OP Stack specification, "Execution of deposited transactions"). It has no failure but a missing
/// state: if it cannot run, minting and nonce stay.
Result<void, TransactionFailure> execute_deposit(Run& run);
}  // namespace jiffy::chain
