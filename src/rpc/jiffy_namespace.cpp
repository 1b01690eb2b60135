// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"
#include "rpc/statements.hpp"

namespace jiffy::rpc
{
namespace
{
/// What the node does, and counters, for people and tests.
void tell_status(Call& call)
{
    if (call.reject_bad_parameters(0))
        return;
    const auto status = call.backend.status();
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("role").string(status.role);
            json.key("transactions").number(status.transactions);
            json.key("miniBlocks").number(status.mini_blocks);
            json.key("blocks").number(status.blocks);
            json.key("parentHashWaits").number(status.parent_hash_waits);
            json.key("pooledTransactions").number(status.pooled);
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
    const auto [terms, signer] = call.backend.signing.get();
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("preset").string(specification.optimism ? "op" : "ethereum");
            json.key("blockTime").number(specification.jiffy->block_time);
            json.key("miniBlockInterval").number(specification.jiffy->mini_block_interval);
            json.key("signer").hex(signer);
            write_terms(json, terms);
            json.key("oldestMiniBlock").quantity(call.backend.chain().oldest_mini_block());
            json.key("nextMiniBlock").quantity(next_mini_block(call.backend.history));
            json.end_object();
        });
}

constexpr Method methods[] = {
    {"jiffy_chainInfo", chain_info},
    {"jiffy_status", tell_status},
};
}  // namespace

std::span<const Method> jiffy_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
