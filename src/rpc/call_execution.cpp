// SPDX-License-Identifier: Apache-2.0
#include "rpc/call_execution.hpp"

#include "rpc/backend.hpp"
#include "rpc/error_texts.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace jiffy::rpc
{
namespace
{
/// What executes calls on one worker.
struct ThreadExecutor
{
    std::uint64_t seed = std::random_device{}();
    evm::CodeCache codes{std::size_t{64} << 20, seed};
    chain::Executor executor{codes, seed};
    chain::TransactionOutcome outcome;
};

ThreadExecutor& executor_of_thread()
{
    static thread_local ThreadExecutor executor;
    return executor;
}

types::TransactionType type_of(const TransactionRequest& request)
{
    using types::TransactionType;
    if (!request.authorization_list.empty())
        return TransactionType::set_code;
    if (!request.blob_versioned_hashes.empty())
        return TransactionType::blob;
    if (request.gas_price)
        return request.access_list ? TransactionType::access_list : TransactionType::legacy;
    return TransactionType::dynamic_fee;
}
}  // namespace

CallExecution::CallExecution(const Backend& backend, StateView view)
  : view_{std::move(view)}
  , context_{chain::make_block_context(backend.specification, view_.block().opening, backend.history.block_hashes())}
{
}

Result<std::unique_ptr<CallExecution>, Error> CallExecution::make(const Backend& backend,
    const TransactionRequest& request,
    const BlockSelector& selector,
    const StateOverride& overrides,
    const BlockOverrides& block_overrides)
{
    auto view = resolve_state(backend, selector);
    if (!view)
        return failure(view.error());
    std::unique_ptr<CallExecution> call{new CallExecution{backend, std::move(*view)}};
    if (!overrides.empty())
        call->apply(overrides);

    if (request.chain_id && *request.chain_id != backend.specification.chain_id)
        return failure(Error{code::server_error,
            "chainId does not match node's (have=" + std::to_string(*request.chain_id) +
                ", want=" + std::to_string(backend.specification.chain_id) + ")",
            {}});
    call->sender_ = request.from.value_or(Address{});
    auto& transaction = call->transaction_;
    transaction.type = type_of(request);
    transaction.chain_id = backend.specification.chain_id;
    transaction.nonce = request.nonce.value_or(call->account(call->sender_).nonce);
    transaction.max_fee_per_gas = request.gas_price.value_or(request.max_fee_per_gas.value_or(U256{}));
    transaction.max_priority_fee_per_gas =
        request.gas_price.value_or(request.max_priority_fee_per_gas.value_or(U256{}));
    transaction.max_fee_per_blob_gas = request.max_fee_per_blob_gas.value_or(U256{});
    transaction.to = request.to;
    transaction.value = request.value.value_or(U256{});
    transaction.data = request.data;
    transaction.access_list = request.access_list.value_or(types::AccessList{});
    transaction.blob_versioned_hashes = request.blob_versioned_hashes;
    transaction.authorization_list = request.authorization_list;
    call->has_fees_ = !transaction.max_fee_per_gas.is_zero() || !transaction.max_priority_fee_per_gas.is_zero();
    // A call that offers no fee is free, and its code sees a base fee that allows for that.
    if (!call->has_fees_)
        call->context_.environment.base_fee = U256{};
    if (transaction.max_fee_per_blob_gas.is_zero())
        call->context_.environment.blob_base_fee = U256{};
    call->apply(block_overrides);
    return call;
}

void CallExecution::apply(const BlockOverrides& overrides)
{
    const auto replace = [](auto& field, const auto& wanted)
    {
        if (wanted)
            field = *wanted;
    };
    auto& environment = context_.environment;
    replace(environment.number, overrides.number);
    replace(environment.timestamp, overrides.time);
    replace(environment.gas_limit, overrides.gas_limit);
    replace(environment.coinbase, overrides.fee_recipient);
    if (overrides.prev_randao)
        environment.prev_randao = to_u256(*overrides.prev_randao);
    replace(environment.base_fee, overrides.base_fee);
    replace(environment.blob_base_fee, overrides.blob_base_fee);
}

void CallExecution::apply(const StateOverride& overrides)
{
    overlay_.emplace(view_.source());
    types::StateDifference difference;
    for (const auto& wanted : overrides)
    {
        types::AccountChange change;
        change.address = wanted.address;
        change.account = account(wanted.address);
        change.account.balance = wanted.balance.value_or(change.account.balance);
        change.account.nonce = wanted.nonce.value_or(change.account.nonce);
        if (wanted.code)
        {
            change.account.code_hash = crypto::keccak256(*wanted.code);
            difference.codes.push_back({change.account.code_hash, *wanted.code});
        }
        change.storage_cleared = wanted.replaces_storage;
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        change.slot_count = static_cast<std::uint32_t>(wanted.slots.size());
        for (const auto& [key, value] : wanted.slots)
            difference.slots.push_back({key, value});
        difference.accounts.push_back(change);
    }
    overlay_->apply(difference);
}

types::Account CallExecution::account(const Address& address) const
{
    types::Account account;
    const auto presence = overlay_ ? overlay_->account(address, account) : view_.account(address, account);
    return presence == state::Presence::present ? account : types::Account{};
}

Result<const chain::TransactionOutcome*, chain::TransactionFailure> CallExecution::run(std::uint64_t gas_limit)
{
    auto& [seed, codes, executor, outcome] = executor_of_thread();
    transaction_.gas_limit = gas_limit;
    constexpr chain::BlockCapacity no_limit{~std::uint64_t{0}, ~std::uint64_t{0}};
    const chain::ExecutionOptions options{
        .check_nonce = false, .check_sender_code = false, .check_fees = has_fees_, .check_gas_cap = false};
    const auto done = chain::execute_transaction(context_, transaction_, sender_,
        overlay_ ? state::Source{*overlay_} : view_.source(), no_limit, executor, outcome, options);
    codes.trim();
    if (done)
        return &outcome;
    met_unavailable_ |= std::holds_alternative<chain::StateUnavailable>(done.error());
    return failure(done.error());
}

Error CallExecution::error_of_failure(const chain::TransactionFailure& failure, std::uint64_t gas_limit) const
{
    const auto* invalid = std::get_if<chain::InvalidTransaction>(&failure);
    if (invalid == nullptr)
        return {code::server_error, "the state is not available", {}};
    const auto account_now = account(sender_);
    auto transaction = transaction_;
    transaction.gas_limit = gas_limit;
    return error_of(sequencer::Refusal{.reason = *invalid,
        .nonce = transaction.nonce,
        .gas_limit = gas_limit,
        .max_fee_per_gas = transaction.max_fee_per_gas,
        .max_priority_fee_per_gas = transaction.max_priority_fee_per_gas,
        .cost = chain::maximum_cost(transaction).value_or(U256::max()),
        .sender = sender_,
        .account_nonce = account_now.nonce,
        .balance = account_now.balance,
        .base_fee = context_.environment.base_fee,
        .block_gas_limit = context_.environment.gas_limit});
}

void answer_call(Reply& reply, const Backend& backend, const CallRequest& request)
{
    const auto gas = std::min(request.transaction.gas.value_or(~std::uint64_t{0}), backend.limits.call_gas);
    for (bool again = true;; again = false)
    {
        auto execution = CallExecution::make(
            backend, request.transaction, request.block, request.state_override, request.block_overrides);
        if (!execution)
            return reply.error(execution.error());
        const auto outcome = (*execution)->run(gas);
        if (!outcome && again && std::holds_alternative<chain::StateUnavailable>(outcome.error()))
        {
            wait_for_parent_hash(backend);
            continue;
        }
        if (!outcome)
            return reply.error((*execution)->error_of_failure(outcome.error(), gas));
        if (!(*outcome)->success())
            return reply.error(error_of_outcome((*outcome)->status, (*outcome)->output));
        return reply.result([&](JsonWriter& json) { json.hex((*outcome)->output); });
    }
}

void wait_for_parent_hash(const Backend& backend)
{
    const auto wanted = backend.history.open_block()->number() - 1;
    constexpr int most_rounds = 5'000;
    for (int i = 0; i < most_rounds && backend.history.sealed_number() < wanted; ++i)
        std::this_thread::sleep_for(std::chrono::microseconds{200});
}
}  // namespace jiffy::rpc
