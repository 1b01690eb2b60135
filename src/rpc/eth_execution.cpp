// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "rpc/backend.hpp"
#include "rpc/call_execution.hpp"
#include "rpc/gas_estimation.hpp"
#include "rpc/methods.hpp"
#include "rpc/transaction_filling.hpp"

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
    if (call.reject_bad_parameters(0))
        return;
    const auto behind = call.backend.status().behind;
    call.reply.result(
        [&behind](JsonWriter& json)
        {
            if (!behind)
                return json.boolean(false);
            json.begin_object();
            json.key("startingBlock").quantity(behind->starting);
            json.key("currentBlock").quantity(behind->current);
            json.key("highestBlock").quantity(behind->highest);
            json.end_object();
        });
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
    CallRequest request;
    request.transaction = call.parameters.transaction_request(0);
    request.block = call.parameters.block(1);
    request.state_override = call.parameters.state_override(2);
    request.block_overrides = call.parameters.block_overrides(3);
    if (!call.reject_bad_parameters(4))
        answer_call(call.reply, call.backend, request);
}

std::uint64_t newest_nonce(const Backend& backend, const Address& address)
{
    const auto view = resolve_state(backend, BlockTag::latest);
    types::Account account;
    const bool is_there = view && view->account(address, account) == state::Presence::present;
    return is_there ? account.nonce : 0;
}

/// Nobody polls: the thread that follows releases sees the nonce come, and a worker makes the call then.
void call_after(Call& call)
{
    auto request = std::make_shared<CallRequest>();
    request->transaction = call.parameters.transaction_request(0);
    const auto condition = call.parameters.nonce_condition(1);
    request->state_override = call.parameters.state_override(2);
    request->block_overrides = call.parameters.block_overrides(3);
    const auto& limits = call.backend.limits;
    const std::chrono::milliseconds timeout{condition.timeout.value_or(limits.call_after_timeout)};
    if (condition.timeout > limits.longest_call_after_timeout)
        call.parameters.reject(1, "timeout is more than " + std::to_string(limits.longest_call_after_timeout) + " ms");
    if (call.reject_bad_parameters(4))
        return;

    auto& backend = call.backend;
    const auto nonce_now = [&backend, account = condition.account] { return newest_nonce(backend, account); };
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const auto waiting = std::make_shared<TimedReply>(std::move(call.reply), deadline,
        [nonce_now]
        {
            return Error{code::server_error, "Timeout: timeout waiting for nonce condition",
                json_string(to_quantity(nonce_now()))};
        });
    NonceWaiter waiter;
    waiter.address = condition.account;
    waiter.nonce = condition.nonce;
    waiter.deadline = deadline;
    waiter.has_come = [nonce_now, nonce = condition.nonce] { return nonce_now() >= nonce; };
    waiter.job = [waiting, request, &backend]
    {
        auto taken = waiting->take();
        if (!taken)
            return;
        const auto reply = std::make_shared<Reply>(std::move(*taken));
        std::move_only_function<void()> make_call = [reply, request, &backend]
        { answer_call(*reply, backend, *request); };
        if (!backend.workers.submit(make_call))
            reply->error({code::limit_exceeded, "too many requests are waiting", {}});
    };
    if (backend.subscriptions.when_nonce(waiter))
        backend.waiters.expire_in_time(waiting);
    else if (auto reply = waiting->take())
        reply->error({code::limit_exceeded, "too many requests are waiting", {}});
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
    {"eth_callAfter", call_after},
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
