// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/transaction_execution.hpp"
#include "cli/bench_gas_worst_state.hpp"

#include <string>
#include <vector>

namespace jiffy::cli::gas_worst
{
/// A transaction that is all work before any code runs. Its gas limit is what it is charged for that.
struct TransactionCase
{
    /// What makes it expensive: "of accounts that are new".
    std::string variant;
    types::Transaction transaction;
    /// L1 asks for a price for its data.
    bool is_priced_on_l1 = false;
};

/// A part of transactions that costs gas, and the candidates for its worst case.
struct TransactionSubject
{
    std::string name;
    std::vector<TransactionCase> cases;
};

/// Authorizations, access list and call data, as many as `gas` and the size of a transaction that the node takes allow.
std::vector<TransactionSubject> transaction_subjects(evm::Revision revision, const StateSize& size, std::uint64_t gas);

/// Executes such transactions, each over the same state, as the sequencing thread does: from its validity to its
/// receipt, the sender known.
class TransactionBench
{
public:
    TransactionBench(const world::World& world, evm::Revision revision);

    /// Nanoseconds of this thread. Throws std::logic_error if the transaction is not valid.
    double run(const TransactionCase& subject);

private:
    const world::World& world_;
    chain::BlockContext context_;
    evm::CodeCache codes_{0};
    chain::Executor executor_{codes_};
    chain::TransactionOutcome outcome_;
};
}  // namespace jiffy::cli::gas_worst
