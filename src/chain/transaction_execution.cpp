// SPDX-License-Identifier: Apache-2.0
#include "chain/transaction_execution.hpp"

#include "chain/fees.hpp"
#include "chain/transaction_steps.hpp"

#include <algorithm>
#include <limits>

namespace jiffy::chain
{
namespace
{
using evm::Revision;

/// EIP-7702: refunded if the authority's account is there already.
constexpr std::int64_t existing_authority_refund = 12'500;

/// Largest gas limit that the machine can take.
constexpr auto largest_gas_limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// What the OP Stack charges besides gas.
struct RollupFees
{
    L1FeeParameters parameters;
    bool has_operator_fee = false;
    U256 l1_fee;

    [[nodiscard]] U256 operator_fee_for(std::uint64_t gas) const noexcept
    {
        return has_operator_fee ? operator_fee(parameters, gas) : U256{};
    }
};

/// Empty if the state is unavailable.
std::optional<RollupFees> find_rollup_fees(const Run& run, state::Source source)
{
    RollupFees fees;
    if (!run.context.optimism || !run.options.check_fees)
        return fees;
    const auto& rules = *run.context.optimism;
    const auto parameters = rules.l1_fees ? rules.l1_fees : read_l1_fee_parameters(source);
    if (!parameters)
        return std::nullopt;
    fees.parameters = *parameters;
    fees.has_operator_fee = rules.has(OptimismFork::isthmus);
    // Without prices nothing has to be encoded and measured.
    if (!parameters->are_free())
        fees.l1_fee = l1_data_fee(rules.fork, *parameters, types::encode(run.transaction));
    return fees;
}

std::optional<InvalidTransaction> find_fault(const Run& run, const U256& rollup_fees)
{
    const auto& [context, transaction, options, executor, outcome, sender, intrinsic] = run;
    if (options.check_nonce)
        if (const auto verdict = validate_nonce(transaction, sender->current); !verdict)
            return verdict.error();
    if (options.check_sender_code)
        if (const auto verdict = validate_sender_code(sender->code); !verdict)
            return verdict.error();
    if (options.check_funds)
        if (const auto verdict = validate_funds(transaction, sender->current, rollup_fees); !verdict)
            return verdict.error();
    return std::nullopt;
}

/// Sets the code of the accounts that signed the transaction's authorizations (EIP-7702); one that is invalid is passed
/// over. False if unavailable.
bool apply_authorizations(Run& run)
{
    auto& journal = run.executor.journal;
    for (const auto& authorization : run.transaction.authorization_list)
    {
        if (!authorization.chain_id.is_zero() && authorization.chain_id != U256{run.context.environment.chain_id})
            continue;
        if (authorization.nonce == ~std::uint64_t{0})
            continue;
        const auto authority = types::recover_authority(authorization);
        if (!authority)
            continue;
        auto* account = journal.account(*authority);
        if (account == nullptr || !journal.load_code(*account))
            return false;
        journal.warm_up(*account);
        const bool is_contract = !account->code.empty() && !evm::delegation_target(account->code);
        if (is_contract || account->current.nonce != authorization.nonce)
            continue;
        if (account->exists)
            journal.add_refund(existing_authority_refund);
        if (authorization.address.is_zero())
            journal.set_code(*account, {});
        else
            journal.set_code(*account, evm::delegation_code(authorization.address).view());
        journal.set_nonce(*account, authorization.nonce + 1);
    }
    return true;
}

/// Takes the price of all gas off the sender, lending it what it lacks if funds are not checked.
void buy_gas(Run& run, const U256& rollup_fees)
{
    const auto& transaction = run.transaction;
    auto& journal = run.executor.journal;
    const auto blob_price = std::min(run.context.environment.blob_base_fee, transaction.max_fee_per_blob_gas);
    const auto price = run.outcome.effective_gas_price * U256{transaction.gas_limit} +
                       blob_price * U256{run.outcome.blob_gas_used} + rollup_fees;
    if (!run.options.check_funds)
    {
        const auto needed = price + transaction.value;
        if (run.sender->current.balance < needed)
            journal.credit(*run.sender, needed - run.sender->current.balance);
    }
    journal.debit(*run.sender, price);
}

/// Gives the sender back what it did not use and pays those who get it; false if unavailable.
bool settle_fees(Run& run, const RollupFees& fees)
{
    auto& journal = run.executor.journal;
    const auto& environment = run.context.environment;
    const auto& outcome = run.outcome;
    const auto unused_operator_fee =
        fees.operator_fee_for(run.transaction.gas_limit) - fees.operator_fee_for(outcome.gas_used);
    journal.credit(*run.sender,
        U256{run.transaction.gas_limit - outcome.gas_used} * outcome.effective_gas_price + unused_operator_fee);

    auto* coinbase = journal.account(environment.coinbase);
    if (coinbase == nullptr)
        return false;
    const auto tip = outcome.effective_gas_price < environment.base_fee
                         ? U256{}
                         : outcome.effective_gas_price - environment.base_fee;
    journal.credit(*coinbase, tip * U256{outcome.gas_used});
    // An account that gets nothing still came into being before EIP-161.
    if (environment.revision < Revision::spurious_dragon)
        journal.touch_creating(*coinbase);
    if (!run.context.optimism)
        return true;

    const auto pay = [&journal](const Address& vault, const U256& amount)
    {
        auto* account = amount.is_zero() ? nullptr : journal.account(vault);
        if (account != nullptr)
            journal.credit(*account, amount);
        return amount.is_zero() || account != nullptr;
    };
    const auto burnt = std::min(environment.base_fee, outcome.effective_gas_price) * U256{outcome.gas_used};
    return pay(predeploys::base_fee_vault, burnt) && pay(predeploys::l1_fee_vault, fees.l1_fee) &&
           pay(predeploys::operator_fee_vault, outcome.operator_fee);
}

Result<void, TransactionFailure> execute_paid(Run& run, state::Source source)
{
    const auto& transaction = run.transaction;
    auto& journal = run.executor.journal;
    if (!journal.load_code(*run.sender))
        return unavailable();
    const auto fees = find_rollup_fees(run, source);
    if (!fees)
        return unavailable();
    const auto rollup_fees = fees->l1_fee + fees->operator_fee_for(transaction.gas_limit);
    if (const auto fault = find_fault(run, rollup_fees))
        return failure(TransactionFailure{*fault});

    run.outcome.effective_gas_price = effective_gas_price(transaction, run.context.environment.base_fee);
    run.outcome.blob_gas_used = blob_gas_of(transaction);
    buy_gas(run, rollup_fees);
    const auto nonce = run.sender->current.nonce;
    journal.set_nonce(*run.sender, nonce + 1);
    if (!apply_authorizations(run))
        return unavailable();
    const auto gas_left = run_message(run, nonce);
    if (!gas_left)
        return unavailable();
    account_gas(run, *gas_left);
    run.outcome.l1_fee = fees->l1_fee;
    run.outcome.operator_fee = fees->operator_fee_for(run.outcome.gas_used);
    if (!settle_fees(run, *fees))
        return unavailable();
    finish(run);
    return {};
}
}  // namespace

void TransactionOutcome::clear() noexcept
{
    status = evm::Status::success;
    gas_used = 0;
    gas_before_refund = 0;
    effective_gas_price = {};
    blob_gas_used = 0;
    l1_fee = {};
    operator_fee = {};
    created.reset();
    deposit_nonce.reset();
    logs.clear();
    output.clear();
    difference.clear();
}

Result<void, TransactionFailure> execute_transaction(const BlockContext& context,
    const types::Transaction& transaction,
    const Address& sender,
    state::Source source,
    const BlockCapacity& capacity,
    Executor& executor,
    TransactionOutcome& outcome,
    const ExecutionOptions& options)
{
    outcome.clear();
    if (transaction.gas_limit > largest_gas_limit)
        return failure(TransactionFailure{InvalidTransaction::gas_allowance_exceeded});
    // The order in which the faults of a transaction with several are found is that of the test suites.
    if (const auto verdict = validate_against_block(transaction, capacity); !verdict)
        return failure(TransactionFailure{verdict.error()});
    if (options.check_fees && transaction.type != types::TransactionType::deposit)
        if (const auto verdict = validate_fees(context, transaction); !verdict)
            return failure(TransactionFailure{verdict.error()});
    const auto intrinsic = validate_static(context, transaction, options.check_gas_cap);
    if (!intrinsic)
        return failure(TransactionFailure{intrinsic.error()});

    Run run{.context = context,
        .transaction = transaction,
        .options = options,
        .executor = executor,
        .outcome = outcome,
        .intrinsic = *intrinsic};
    if (!begin(run, source, sender))
        return unavailable();
    return transaction.type == types::TransactionType::deposit ? execute_deposit(run) : execute_paid(run, source);
}

types::Receipt make_receipt(const BlockContext& context,
    const types::Transaction& transaction,
    const TransactionOutcome& outcome,
    std::uint64_t cumulative_gas_used)
{
    types::Receipt receipt;
    receipt.type = transaction.type;
    receipt.success = outcome.success();
    receipt.cumulative_gas_used = cumulative_gas_used;
    receipt.logs = outcome.logs;
    receipt.logs_bloom = types::bloom_of(outcome.logs);
    if (transaction.type == types::TransactionType::deposit && context.optimism)
    {
        if (context.optimism->has(OptimismFork::regolith))
            receipt.deposit_nonce = outcome.deposit_nonce;
        if (context.optimism->has(OptimismFork::canyon))
            receipt.deposit_receipt_version = 1;
    }
    return receipt;
}
}  // namespace jiffy::chain
