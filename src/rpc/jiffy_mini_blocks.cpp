// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/format.hpp"
#include "rpc/methods.hpp"
#include "rpc/statements.hpp"
#include "trie/root.hpp"

namespace jiffy::rpc
{
namespace
{
using sequencer::MiniBlockPlace;

void answer_with_mini_block(Call& call, const std::optional<MiniBlockPlace>& place, bool full)
{
    call.reply.result(
        [&](JsonWriter& json)
        {
            if (place)
                write_mini_block(json, *place, full);
            else
                json.null();
        });
}

void get_mini_block_by_number(Call& call)
{
    const auto number = call.parameters.quantity(0);
    const bool full = call.parameters.has(1) && call.parameters.boolean(1);
    if (call.reject_bad_parameters(2))
        return;
    const auto chain = call.backend.chain();
    const auto place = chain.find_mini_block(number);
    if (!place && number < chain.oldest_mini_block())
        return call.reply.error(pruned_mini_block(chain, number));
    answer_with_mini_block(call, place, full);
}

void get_mini_block_by_hash(Call& call)
{
    const auto hash = call.parameters.hash(0);
    const bool full = call.parameters.has(1) && call.parameters.boolean(1);
    if (!call.reject_bad_parameters(2))
        answer_with_mini_block(call, call.backend.chain().find_mini_block(hash), full);
}

/// From the first to the last number, as far as they are sealed.
void get_mini_block_range(Call& call)
{
    const auto first = call.parameters.quantity(0);
    const auto last = call.parameters.quantity(1);
    const bool full = call.parameters.has(2) && call.parameters.boolean(2);
    const auto most = call.backend.limits.mini_blocks;
    if (first > last)
        call.parameters.reject(1, "is below the first number");
    else if (last - first >= most)
        call.parameters.reject(1, "the range has more than " + std::to_string(most) + " mini-blocks");
    if (call.reject_bad_parameters(3))
        return;
    const auto chain = call.backend.chain();
    std::vector<MiniBlockPlace> places;
    for (auto number = first; number <= last && number < next_mini_block(call.backend.history); ++number)
    {
        auto place = chain.find_mini_block(number);
        if (!place)
            return call.reply.error(pruned_mini_block(chain, number));
        places.push_back(std::move(*place));
    }
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_array();
            for (const auto& place : places)
                write_mini_block(json, place, full);
            json.end_array();
        });
}

/// The sealed mini-block that the transaction stands in; empty if it is not sealed yet.
std::optional<std::uint32_t> mini_block_index_of(const sequencer::TransactionPlace& place)
{
    const auto fragment = place.block->fragment_of(place.index);
    if (fragment == nullptr)
        return std::nullopt;
    const auto index = fragment->mini_block - place.block->release_start()->first_mini_block;
    return index < place.block->mini_blocks.size() ? std::optional{static_cast<std::uint32_t>(index)} : std::nullopt;
}

void write_items(JsonWriter& json, const std::vector<Bytes>& items)
{
    json.begin_array();
    for (const auto& item : items)
        json.hex(item);
    json.end_array();
}

/// Merkle Patricia proofs against the roots in the mini-block's signed header.
void get_mini_block_proof(Call& call)
{
    const auto hash = call.parameters.hash(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto place = call.backend.chain().find_transaction(hash);
    const auto mini_block = place ? mini_block_index_of(*place) : std::nullopt;
    if (!mini_block)
        return call.reply.result([](JsonWriter& json) { json.null(); });

    const auto& block = *place->block;
    const auto& record = block.mini_blocks[*mini_block];
    std::vector<Bytes> transactions;
    std::vector<Bytes> receipts;
    for (std::uint32_t i = 0; i < record.transaction_count; ++i)
    {
        const auto& entry = block.transactions[record.first_transaction + i];
        transactions.push_back(types::encode(entry.transaction));
        receipts.push_back(types::encode(entry.receipt));
    }
    const auto index = place->index - record.first_transaction;
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("miniBlock").begin_object();
            write_mini_block_fields(json, {record.terms, record.header, record.signature}, record.hash);
            json.end_object();
            json.key("transactionHash").hex(hash);
            json.key("index").quantity(std::uint64_t{index});
            json.key("key").hex(trie::ordered_key(index));
            json.key("transaction").hex(transactions[index]);
            json.key("transactionProof");
            write_items(json, trie::ordered_proof(transactions, index));
            json.key("receipt").hex(receipts[index]);
            json.key("receiptProof");
            write_items(json, trie::ordered_proof(receipts, index));
            json.end_object();
        });
}

constexpr Method methods[] = {
    {"jiffy_getMiniBlockByHash", get_mini_block_by_hash, MethodCost::names_mini_block},
    {"jiffy_getMiniBlockByNumber", get_mini_block_by_number, MethodCost::names_mini_block},
    {"jiffy_getMiniBlockProof", get_mini_block_proof, MethodCost::heavy},
    {"jiffy_getMiniBlockRange", get_mini_block_range, MethodCost::heavy},
};
}  // namespace

std::span<const Method> jiffy_mini_block_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
