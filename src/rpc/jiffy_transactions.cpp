// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"
#include "rpc/statements.hpp"

namespace jiffy::rpc
{
namespace
{
using sequencer::TransactionPlace;

/// The signed statement, for whoever lost the answer that it came with.
void get_preconfirmation(Call& call)
{
    const auto hash = call.parameters.hash(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto place = call.backend.chain().find_transaction(hash);
    const auto preconfirmation = place ? sequencer::preconfirmation_of(*place) : std::nullopt;
    call.reply.result(
        [&](JsonWriter& json)
        {
            if (preconfirmation)
                write_preconfirmation(json, *preconfirmation);
            else
                json.null();
        });
}

/// Where an executed transaction stands on its way into a sealed block.
void write_stage(JsonWriter& json, const TransactionPlace& place)
{
    const auto& block = *place.block;
    const auto fragment = block.fragment_of(place.index);
    std::string_view stage = "executed";
    if (fragment != nullptr)
    {
        const auto index = fragment->mini_block - block.release_start()->first_mini_block;
        stage = index < block.mini_blocks.size() ? "sealedInMiniBlock" : "preconfirmed";
    }
    if (block.sealed() != nullptr)
        stage = "sealedInBlock";
    json.begin_object();
    json.key("stage").string(stage);
    json.key("blockNumber").quantity(block.number());
    json.key("transactionIndex").quantity(std::uint64_t{place.index});
    if (fragment != nullptr)
        json.key("miniBlockNumber").quantity(fragment->mini_block);
    json.end_object();
}

void write_stage_alone(JsonWriter& json, std::string_view stage)
{
    json.begin_object();
    json.key("stage").string(stage);
    json.end_object();
}

/// Passes the question on to the node that sequences; unknown, if that cannot be reached.
void forward_stage_query(Call& call, const Hash& hash)
{
    const auto answer = [reply = std::make_shared<Reply>(std::move(call.reply))](const ForwardedAnswer& stage)
    {
        reply->result(
            [&stage](JsonWriter& json)
            {
                if (stage)
                    json.raw(*stage);
                else
                    write_stage_alone(json, "unknown");
            });
    };
    if (auto* forwarder = call.backend.route.elsewhere())
        return forwarder->forward("jiffy_getTransactionStage", "[" + json_hex(hash.view()) + "]", answer);
    answer(std::unexpected{ForwardFault{}});
}

void get_transaction_stage(Call& call)
{
    const auto hash = call.parameters.hash(0);
    if (call.reject_bad_parameters(1))
        return;
    auto& backend = call.backend;
    if (const auto place = backend.chain().find_transaction(hash))
        return call.reply.result([&place](JsonWriter& json) { write_stage(json, *place); });
    auto* sequencer = backend.route.here();
    if (sequencer == nullptr)
        return forward_stage_query(call, hash);
    // Only the sequencing thread knows the pool. By the time that it answers, the transaction may have been executed.
    auto reply = std::make_shared<Reply>(std::move(call.reply));
    sequencer::PoolQuery query{hash, [reply, hash, &history = backend.history](bool is_pooled)
        {
            const auto place = history.find_transaction(hash);
            reply->result(
                [&](JsonWriter& json)
                {
                    if (place)
                        write_stage(json, *place);
                    else
                        write_stage_alone(json, is_pooled ? "pooled" : "unknown");
                });
        }};
    if (!sequencer->query(query))
        reply->error({code::limit_exceeded, "too many requests are waiting", {}});
}

constexpr Method methods[] = {
    {"jiffy_getPreconfirmation", get_preconfirmation, MethodCost::names_block},
    {"jiffy_getTransactionStage", get_transaction_stage, MethodCost::names_block},
};
}  // namespace

std::span<const Method> jiffy_transaction_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
