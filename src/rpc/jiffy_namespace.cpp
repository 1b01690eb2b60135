// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"
#include "rpc/statements.hpp"

namespace jiffy::rpc
{
namespace
{
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

/// Enough to verify the node's statements, and to know what it keeps.
void chain_info(Call& call)
{
    if (call.reject_bad_parameters(0))
        return;
    const auto& specification = call.backend.specification;
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("preset").string(specification.optimism ? "op" : "ethereum");
            json.key("blockTime").number(specification.jiffy->block_time);
            json.key("miniBlockInterval").number(specification.jiffy->mini_block_interval);
            json.key("signer").hex(call.backend.releaser.signer());
            write_terms(json, call.backend.releaser.terms());
            json.key("oldestMiniBlock").quantity(call.backend.chain().oldest_mini_block());
            json.key("nextMiniBlock").quantity(next_mini_block(call.backend.history));
            json.end_object();
        });
}

constexpr Method methods[] = {
    {"jiffy_chainInfo", chain_info},
    {"jiffy_status", status},
};
}  // namespace

std::span<const Method> jiffy_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
