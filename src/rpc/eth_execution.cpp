// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/call_execution.hpp"
#include "rpc/error_texts.hpp"
#include "rpc/gas_estimation.hpp"
#include "rpc/methods.hpp"
#include "rpc/transaction_filling.hpp"

#include <algorithm>

namespace jiffy::rpc
{
namespace
{
void chain_id(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([&](JsonWriter& json) { json.quantity(call.backend.specification.chain_id); });
}

void syncing(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([](JsonWriter& json) { json.boolean(false); });
}

void accounts(Call& call)
{
    if (call.reject_bad_parameters(0))
        return;
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_array();
            for (const auto& address : call.backend.accounts)
                json.hex(address);
            json.end_array();
        });
}

void call(Call& call)
{
    const auto request = call.parameters.transaction_request(0);
    const auto selector = call.parameters.block(1);
    const auto overrides = call.parameters.state_override(2);
    if (call.reject_bad_parameters(3))
        return;
    const auto gas = std::min(request.gas.value_or(~std::uint64_t{0}), call.backend.limits.call_gas);
    for (bool again = true;; again = false)
    {
        auto execution = CallExecution::make(call.backend, request, selector, overrides);
        if (!execution)
            return call.reply.error(execution.error());
        const auto outcome = (*execution)->run(gas);
        if (!outcome && again && std::holds_alternative<chain::StateUnavailable>(outcome.error()))
        {
            wait_for_parent_hash(call.backend);
            continue;
        }
        if (!outcome)
            return call.reply.error((*execution)->error_of_failure(outcome.error(), gas));
        if (!(*outcome)->success())
            return call.reply.error(error_of_outcome((*outcome)->status, (*outcome)->output));
        return call.reply.result([&](JsonWriter& json) { json.hex((*outcome)->output); });
    }
}

void estimate_gas(Call& call)
{
    const auto request = call.parameters.transaction_request(0);
    const auto selector = call.parameters.block(1);
    const auto overrides = call.parameters.state_override(2);
    if (call.reject_bad_parameters(3))
        return;
    const auto gas = estimate_gas(call.backend, request, selector, overrides);
    if (!gas)
        return call.reply.error(gas.error());
    call.reply.result([&](JsonWriter& json) { json.quantity(*gas); });
}

void fill_transaction(Call& call)
{
    const auto request = call.parameters.transaction_request(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto filled = fill_transaction(call.backend, request);
    if (!filled)
        return call.reply.error(filled.error());
    call.reply.result(
        [&](JsonWriter& json) { write_filled_transaction(json, *filled, request.from.value_or(Address{})); });
}

constexpr Method methods[] = {
    {"eth_accounts", accounts},
    {"eth_call", call, MethodCost::heavy},
    {"eth_chainId", chain_id},
    {"eth_estimateGas", estimate_gas, MethodCost::heavy},
    {"eth_fillTransaction", fill_transaction, MethodCost::heavy},
    {"eth_syncing", syncing},
};
}  // namespace

std::span<const Method> eth_execution_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
