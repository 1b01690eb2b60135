// SPDX-License-Identifier: Apache-2.0
#include "rpc/gas_estimation.hpp"

#include "rpc/backend.hpp"
#include "rpc/call_execution.hpp"
#include "rpc/error_texts.hpp"

#include <algorithm>

namespace jiffy::rpc
{
namespace
{
constexpr std::uint64_t plain_transfer_gas = 21'000;
/// EIP-150 and yellow paper: a call with value passes this much on top.
constexpr std::uint64_t call_stipend = 2'300;
/// The search ends when the bounds are this close: geth's tolerance of eth_estimateGas.
constexpr double tolerance = 0.015;

/// What one try says about the gas limit.
enum class Verdict : std::uint8_t
{
    enough,
    too_little,
};

/// Failures that more gas can cure.
bool is_want_of_gas(chain::InvalidTransaction reason)
{
    return reason == chain::InvalidTransaction::intrinsic_gas_too_low ||
           reason == chain::InvalidTransaction::intrinsic_gas_below_floor_gas_cost;
}

Result<Verdict, Error> try_with(CallExecution& call, std::uint64_t gas)
{
    const auto outcome = call.run(gas);
    if (outcome)
        return (*outcome)->success() ? Verdict::enough : Verdict::too_little;
    const auto* invalid = std::get_if<chain::InvalidTransaction>(&outcome.error());
    if (invalid != nullptr && is_want_of_gas(*invalid))
        return Verdict::too_little;
    return failure(call.error_of_failure(outcome.error(), gas));
}

/// The most gas that it makes sense to try: the block's limit, what the sender can pay, and the node's own bound.
Result<std::uint64_t, Error> upper_bound(const Backend& backend,
    const CallExecution& call,
    const TransactionRequest& request)
{
    std::uint64_t most = call.context().environment.gas_limit;
    if (request.gas && *request.gas >= plain_transfer_gas)
        most = *request.gas;
    most = std::min(most, call.context().transaction_gas_cap);
    const auto& transaction = call.transaction();
    if (!transaction.max_fee_per_gas.is_zero())
    {
        const U256 balance = call.account(call.sender()).balance;
        if (transaction.value > balance)
            return failure(Error{code::server_error, "insufficient funds for transfer", {}});
        const U256 affordable = divide(balance - transaction.value, transaction.max_fee_per_gas).quotient;
        most = std::min(most, affordable.saturated_64());
    }
    return std::min(most, backend.limits.call_gas);
}

bool is_plain_transfer(const CallExecution& call)
{
    const auto& transaction = call.transaction();
    return transaction.to && transaction.data.empty() && transaction.access_list.empty() &&
           transaction.authorization_list.empty() && transaction.blob_versioned_hashes.empty() &&
           !call.account(*transaction.to).has_code();
}

Result<std::uint64_t, Error> search(CallExecution& call, std::uint64_t most)
{
    if (most >= plain_transfer_gas && is_plain_transfer(call))
        if (const auto verdict = try_with(call, plain_transfer_gas); verdict && *verdict == Verdict::enough)
            return plain_transfer_gas;

    const auto first = call.run(most);
    if (!first)
    {
        const auto* invalid = std::get_if<chain::InvalidTransaction>(&first.error());
        if (invalid != nullptr && is_want_of_gas(*invalid))
            return failure(
                Error{code::server_error, "gas required exceeds allowance (" + std::to_string(most) + ")", {}});
        return failure(call.error_of_failure(first.error(), most));
    }
    const auto& outcome = **first;
    if (outcome.status == evm::Status::out_of_gas)
        return failure(Error{code::server_error, "gas required exceeds allowance (" + std::to_string(most) + ")", {}});
    if (!outcome.success())
        return failure(error_of_outcome(outcome.status, outcome.output));

    std::uint64_t low = std::max(outcome.gas_used, std::uint64_t{1}) - 1;
    std::uint64_t high = most;
    // What it used before refunds, and the 64th part that calls hold back (EIP-150), is most often just enough.
    const std::uint64_t guess = (outcome.gas_before_refund + call_stipend) * 64 / 63;
    const auto narrow = [&](std::uint64_t middle) -> Result<void, Error>
    {
        const auto verdict = try_with(call, middle);
        if (!verdict)
            return failure(verdict.error());
        (*verdict == Verdict::enough ? high : low) = middle;
        return {};
    };
    if (guess < high)
        if (const auto tried = narrow(guess); !tried)
            return failure(tried.error());
    while (low + 1 < high && static_cast<double>(high - low) / static_cast<double>(high) >= tolerance)
    {
        // Most calls need little: a limit far above the lower bound is a wasted try.
        const std::uint64_t middle = std::min(low + (high - low) / 2, low * 2);
        if (const auto tried = narrow(middle); !tried)
            return failure(tried.error());
    }
    return high;
}
}  // namespace

Result<std::uint64_t, Error> estimate_gas(const Backend& backend,
    const TransactionRequest& request,
    const BlockSelector& selector,
    const StateOverride& overrides)
{
    for (bool again = true;; again = false)
    {
        auto call = CallExecution::make(backend, request, selector, overrides);
        if (!call)
            return failure(call.error());
        const auto most = upper_bound(backend, **call, request);
        if (!most)
            return failure(most.error());
        auto gas = search(**call, *most);
        if (gas || !again || !(*call)->met_unavailable())
            return gas;
        wait_for_parent_hash(backend);
    }
}
}  // namespace jiffy::rpc
