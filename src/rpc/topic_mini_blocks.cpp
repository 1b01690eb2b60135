// SPDX-License-Identifier: Apache-2.0
#include "rpc/format.hpp"
#include "rpc/statements.hpp"
#include "rpc/topics.hpp"

namespace jiffy::rpc
{
namespace
{
/// MegaETH's documented fields, and what it takes to verify the signature and the chain of mini-blocks.
void write_notification(JsonWriter& json, const sequencer::BlockRecord& block, std::size_t index)
{
    const auto& record = block.mini_blocks[index];
    const auto& header = record.header;
    json.begin_object();
    json.key("block_number").quantity(header.block_number);
    json.key("block_timestamp").quantity(header.block_timestamp);
    json.key("index").quantity(header.index);
    json.key("mini_block_number").quantity(header.number);
    json.key("mini_block_timestamp").quantity(header.time);
    json.key("gas_used").quantity(header.gas_used);
    const auto first = record.first_transaction;
    const auto end = first + record.transaction_count;
    json.key("transactions").begin_array();
    for (auto i = first; i < end; ++i)
        write_transaction(json, block, i);
    json.end_array();
    json.key("receipts").begin_array();
    for (auto i = first; i < end; ++i)
        write_receipt(json, block, i);
    json.end_array();
    json.key("transaction_root").hex(header.transactions_root);
    json.key("receipt_root").hex(header.receipts_root);
    json.key("state_difference_hash").hex(header.difference);
    json.key("parent_hash").hex(header.parent);
    json.key("hash").hex(record.hash);
    json.key("terms").begin_object();
    write_terms(json, record.terms);
    json.end_object();
    write_signature(json, record.signature);
    json.end_object();
}
}  // namespace

void tell_mini_blocks(std::span<const MiniBlockSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end)
{
    if (subscriptions.empty())
        return;
    for (auto i = first; i < end; ++i)
    {
        const auto result = make_shared_result([&](JsonWriter& json) { write_notification(json, block, i); });
        for (const auto& subscription : subscriptions)
            subscription.subscriber.send(result);
    }
}
}  // namespace jiffy::rpc
