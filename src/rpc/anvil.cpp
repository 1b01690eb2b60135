// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
/// Foundry's tools ask this to learn what kind of node they talk to.
void node_info(Call& call)
{
    if (call.reject_bad_parameters(0))
        return;
    const auto& history = call.backend.history;
    const auto head = history.sealed_head();
    const auto open = history.open_block();
    const U256 base_fee = open->opening.base_fee_per_gas.value_or(U256{});
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("currentBlockNumber").quantity(head->number());
            json.key("currentBlockTimestamp").number(head->opening.timestamp);
            json.key("currentBlockHash").hex(head->hash());
            json.key("hardFork").string("osaka");
            json.key("transactionOrder").string("fifo");
            json.key("environment").begin_object();
            json.key("baseFee").quantity(base_fee);
            json.key("chainId").number(call.backend.specification.chain_id);
            json.key("gasLimit").quantity(open->opening.gas_limit);
            json.key("gasPrice").quantity(base_fee);
            json.end_object();
            json.key("forkConfig").begin_object();
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
