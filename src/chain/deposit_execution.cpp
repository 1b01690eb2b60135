// SPDX-License-Identifier: Apache-2.0
#include "chain/transaction_steps.hpp"

namespace jiffy::chain
{
namespace
{
/// Init code limit of EIP-3860; other transactions are checked for it before.
constexpr std::size_t largest_init_code = 49'152;

/// A deposit that cannot run fails like one that runs out of gas.
bool can_run(const Run& run) noexcept
{
    const auto& transaction = run.transaction;
    if (transaction.gas_limit < run.intrinsic.gas || transaction.gas_limit < run.intrinsic.floor)
        return false;
    if (!transaction.to && run.context.environment.revision >= evm::Revision::shanghai &&
        transaction.data.size() > largest_init_code)
        return false;
    return !(run.sender->current.balance < transaction.value);
}
}  // namespace

Result<void, TransactionFailure> execute_deposit(Run& run)
{
    const auto& transaction = run.transaction;
    auto& outcome = run.outcome;
    auto& journal = run.executor.journal;
    const bool is_regolith = run.context.optimism->has(OptimismFork::regolith);
    if (transaction.deposit.is_system_transaction && is_regolith)
        return failure(TransactionFailure{InvalidTransaction::type_not_supported});

    if (!transaction.deposit.mint.is_zero())
        journal.credit(*run.sender, transaction.deposit.mint);
    const auto nonce = run.sender->current.nonce;
    outcome.deposit_nonce = nonce;
    const bool runs = can_run(run);
    journal.set_nonce(*run.sender, nonce + 1);
    if (runs)
    {
        const auto gas_left = run_message(run, nonce);
        if (!gas_left)
            return unavailable();
        account_gas(run, *gas_left);
    }
    else
    {
        outcome.status = evm::Status::out_of_gas;
        outcome.gas_before_refund = transaction.gas_limit;
        outcome.gas_used = transaction.gas_limit;
    }
    // Before Regolith a deposit uses all its gas, and a system transaction none.
    if (!is_regolith)
        outcome.gas_used = transaction.deposit.is_system_transaction ? 0 : transaction.gas_limit;
    finish(run);
    return {};
}
}  // namespace jiffy::chain
