// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/format.hpp"
#include "rpc/methods.hpp"
#include "rpc/state_view.hpp"

namespace jiffy::rpc
{
namespace
{
using sequencer::BlockPointer;
using sequencer::BlockRecord;

/// Answers with what `write` says of the block: at once if it is sealed or asked for as `pending`, else once it is
/// sealed, so that nobody ever stores half a block. A block that does not exist is null.
template <class Write>
void answer_about_block(Call& call, const BlockSelector& selector, Write write)
{
    auto block = resolve_block(call.backend.chain(), selector);
    if (!block)
        return call.reply.result([](JsonWriter& json) { json.null(); });
    const auto* tag = std::get_if<BlockTag>(&selector);
    if (block->sealed() != nullptr || (tag != nullptr && *tag == BlockTag::pending))
        return call.reply.result([&](JsonWriter& json) { write(json, *block); });
    const auto number = block->number();
    auto reply = std::make_shared<Reply>(std::move(call.reply));
    SealWaiters::Job job = [reply, block = std::move(block), write]() mutable
    { reply->result_later([block = std::move(block), write](JsonWriter& json) { write(json, *block); }); };
    if (!call.backend.waiters.when_sealed(number, job))
        reply->error({code::limit_exceeded, "too many requests are waiting for the block", {}});
}

BlockSelector hash_parameter(Call& call)
{
    return BlockByHash{call.parameters.hash(0), false};
}

void block_number(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([&](JsonWriter& json) { json.quantity(call.backend.history.visible_number()); });
}

void get_block(Call& call, const BlockSelector& selector)
{
    const bool full = call.parameters.has(1) && call.parameters.boolean(1);
    if (call.reject_bad_parameters(2))
        return;
    answer_about_block(
        call, selector, [full](JsonWriter& json, const BlockRecord& block) { write_block(json, block, full); });
}

void get_block_by_number(Call& call)
{
    get_block(call, call.parameters.required_block(0));
}

void get_block_by_hash(Call& call)
{
    get_block(call, hash_parameter(call));
}

void count_transactions(Call& call, const BlockSelector& selector)
{
    if (call.reject_bad_parameters(1))
        return;
    answer_about_block(
        call, selector, [](JsonWriter& json, const BlockRecord& block) { json.quantity(block.transactions.size()); });
}

void get_block_transaction_count_by_number(Call& call)
{
    count_transactions(call, call.parameters.required_block(0));
}

void get_block_transaction_count_by_hash(Call& call)
{
    count_transactions(call, hash_parameter(call));
}

void get_transaction_in_block(Call& call, const BlockSelector& selector)
{
    const auto index = call.parameters.quantity(1);
    if (call.reject_bad_parameters(2))
        return;
    answer_about_block(call, selector,
        [index](JsonWriter& json, const BlockRecord& block)
        {
            if (index < block.transactions.size())
                write_transaction(json, block, index);
            else
                json.null();
        });
}

void get_transaction_by_block_number_and_index(Call& call)
{
    get_transaction_in_block(call, call.parameters.required_block(0));
}

void get_transaction_by_block_hash_and_index(Call& call)
{
    get_transaction_in_block(call, hash_parameter(call));
}

void get_block_receipts(Call& call)
{
    const auto selector = call.parameters.required_block(0);
    if (call.reject_bad_parameters(1))
        return;
    answer_about_block(call, selector,
        [](JsonWriter& json, const BlockRecord& block)
        {
            const std::size_t count = block.transactions.size();
            json.begin_array();
            for (std::size_t i = 0; i < count; ++i)
                write_receipt(json, block, i);
            json.end_array();
        });
}

/// There have been no uncles since the Merge.
void count_uncles(Call& call)
{
    const auto selector = call.parameters.required_block(0);
    if (call.reject_bad_parameters(1))
        return;
    answer_about_block(call, selector, [](JsonWriter& json, const BlockRecord&) { json.quantity(std::uint64_t{0}); });
}

constexpr Method methods[] = {
    {"eth_blockNumber", block_number},
    {"eth_getBlockByHash", get_block_by_hash, MethodCost::names_block},
    {"eth_getBlockByNumber", get_block_by_number, MethodCost::names_block},
    {"eth_getBlockReceipts", get_block_receipts, MethodCost::heavy},
    {"eth_getBlockTransactionCountByHash", get_block_transaction_count_by_hash, MethodCost::names_block},
    {"eth_getBlockTransactionCountByNumber", get_block_transaction_count_by_number, MethodCost::names_block},
    {"eth_getTransactionByBlockHashAndIndex", get_transaction_by_block_hash_and_index, MethodCost::names_block},
    {"eth_getTransactionByBlockNumberAndIndex", get_transaction_by_block_number_and_index, MethodCost::names_block},
    {"eth_getUncleCountByBlockHash", count_uncles, MethodCost::names_block},
    {"eth_getUncleCountByBlockNumber", count_uncles, MethodCost::names_block},
};
}  // namespace

std::span<const Method> eth_block_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
