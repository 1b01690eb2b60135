// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/format.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
/// The block that holds the mini-block; empty if it is not sealed yet or not remembered any more.
sequencer::BlockPointer find_block_of(const sequencer::History& history, std::uint64_t mini_block)
{
    auto low = history.oldest_number();
    auto high = history.open_block()->number() + 1;
    while (high - low > 1)
    {
        const auto middle = low + (high - low) / 2;
        const auto block = history.find(middle);
        if (block && block->first_mini_block > mini_block)
            high = middle;
        else
            low = middle;
    }
    auto block = history.find(low);
    if (!block || block->first_mini_block > mini_block ||
        mini_block - block->first_mini_block >= block->mini_blocks.size())
        return nullptr;
    return block;
}

void get_mini_block_by_number(Call& call)
{
    const auto number = call.parameters.quantity(0);
    const bool full = call.parameters.has(1) && call.parameters.boolean(1);
    if (call.reject_bad_parameters(2))
        return;
    const auto block = find_block_of(call.backend.history, number);
    if (!block)
        return call.reply.result([](JsonWriter& json) { json.null(); });
    const auto& mini = block->mini_blocks[number - block->first_mini_block];
    call.reply.result(
        [&](JsonWriter& json)
        {
            std::uint64_t gas = 0;
            json.begin_object();
            json.key("number").quantity(number);
            json.key("blockNumber").quantity(block->number());
            json.key("blockTimestamp").quantity(block->opening.timestamp);
            json.key("index").quantity(number - block->first_mini_block);
            json.key("timestamp").quantity(mini.time);
            json.key("transactions").begin_array();
            for (std::size_t i = mini.first_transaction; i < mini.first_transaction + mini.transaction_count; ++i)
            {
                gas += block->transactions[i].gas_used;
                if (full)
                    write_transaction(json, *block, i);
                else
                    json.hex(block->transactions[i].hash);
            }
            json.end_array();
            json.key("gasUsed").quantity(gas);
            json.end_object();
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
            json.key("miniBlocks").number(metrics.mini_blocks.load());
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
