// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
/// The newest execution rules that a fork includes.
std::string_view fork_name(chain::Fork fork) noexcept
{
    if (fork >= chain::Fork::osaka)
        return "Osaka";
    if (fork == chain::Fork::prague)
        return "Prague";
    if (fork == chain::Fork::cancun)
        return "Cancun";
    return fork == chain::Fork::shanghai ? "Shanghai" : "Paris";
}

/// Foundry's tools ask this of every node, to learn whether it is one for development.
void node_info(Call& call)
{
    if (call.reject_bad_parameters(0))
        return;
    const auto head = call.backend.history.sealed_head();
    const auto open = call.backend.history.open_block();
    const auto& next = open->opening;
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("currentBlockNumber").quantity(head->number());
            json.key("currentBlockTimestamp").number(head->opening.timestamp);
            json.key("currentBlockHash").hex(head->hash());
            json.key("hardFork").string(fork_name(call.backend.specification.fork_at(next.number, next.timestamp)));
            json.key("transactionOrder").string("fifo");
            json.key("environment").begin_object();
            json.key("baseFee").quantity(next.base_fee_per_gas.value_or(U256{}));
            json.key("chainId").number(call.backend.specification.chain_id);
            json.key("gasLimit").quantity(next.gas_limit);
            json.key("gasPrice").quantity(next.base_fee_per_gas.value_or(U256{}));
            json.end_object();
            json.key("forkConfig").begin_object();
            json.key("forkUrl").null();
            json.key("forkBlockNumber").null();
            json.key("forkRetryBackoff").null();
            json.end_object();
            json.end_object();
        });
}

constexpr Method methods[] = {
    {"anvil_nodeInfo", node_info},
};
}  // namespace

std::span<const Method> anvil_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
