// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/format.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
void get_mini_block_by_number(Call& call)
{
    const auto number = call.parameters.quantity(0);
    const bool full = call.parameters.has(1) && call.parameters.boolean(1);
    if (call.reject_bad_parameters(2))
        return;
    const auto place = call.backend.history.find_mini_block(number);
    call.reply.result(
        [&](JsonWriter& json)
        {
            if (place)
                write_mini_block(json, *place, full);
            else
                json.null();
        });
}

/// Counters of the sequencer, for people and tests.
void status(Call& call)
{
    if (call.reject_bad_parameters(0))
        return;
    const auto& metrics = call.backend.sequencer.metrics();
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("transactions").number(metrics.transactions.load());
            json.key("miniBlocks").number(call.backend.releaser.metrics().mini_blocks.load());
            json.key("blocks").number(metrics.blocks.load());
            json.key("parentHashWaits").number(metrics.parent_hash_waits.load());
            json.key("pooledTransactions").number(call.backend.sequencer.pooled());
            if (const auto* check = call.backend.root_check)
            {
                json.key("verifiedRoots").number(check->verified.load());
                json.key("wrongRoots").number(check->wrong.load());
                json.key("uncheckedRoots").number(check->unchecked.load());
            }
            json.end_object();
        });
}

constexpr Method methods[] = {
    {"jiffy_getMiniBlockByNumber", get_mini_block_by_number},
    {"jiffy_status", status},
};
}  // namespace

std::span<const Method> jiffy_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
