// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "rpc/log_search.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
void add_filter(Call& call, FilterState state)
{
    if (const auto id = call.backend.filters.add(std::move(state)))
        call.reply.result([&](JsonWriter& json) { json.quantity(*id); });
    else
        call.reply.error({code::limit_exceeded, "too many filters", {}});
}

void new_filter(Call& call)
{
    auto filter = call.parameters.log_filter(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto first = call.backend.history.sealed_number() + 1;
    add_filter(call, {FilterState::Kind::logs, std::move(filter), first, 0});
}

void new_block_filter(Call& call)
{
    if (!call.reject_bad_parameters(0))
        add_filter(call, {FilterState::Kind::blocks, {}, call.backend.history.sealed_number() + 1, 0});
}

void new_pending_transaction_filter(Call& call)
{
    if (call.reject_bad_parameters(1))
        return;
    const auto open = call.backend.history.open_block();
    add_filter(call, {FilterState::Kind::transactions, {}, open->number(), open->transactions.size()});
}

struct NamedFilter
{
    RandomId id;
    FilterState state;
};

/// The filter that the only parameter names; if there is none, the call is answered.
std::optional<NamedFilter> named_filter(Call& call)
{
    const auto id = call.parameters.quantity256(0);
    if (call.reject_bad_parameters(1))
        return std::nullopt;
    auto state = call.backend.filters.get(id);
    if (!state)
    {
        call.reply.error({code::server_error, "filter not found", {}});
        return std::nullopt;
    }
    return NamedFilter{id, std::move(*state)};
}

void answer_transaction_changes(Call& call, const NamedFilter& filter)
{
    const auto& state = filter.state;
    const auto history = call.backend.chain();
    auto number = std::max(state.next_block, history.oldest_number());
    auto place = number == state.next_block ? state.next_transaction : 0;
    const auto open = history.open_block()->number();
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_array();
            for (;; ++number, place = 0)
            {
                const auto block = history.find(number);
                const std::size_t count = block ? block->transactions.size() : 0;
                for (; place < count; ++place)
                    // Nobody waits for those of the protocol, which were never pending.
                    if (block->transactions[place].transaction.type != types::TransactionType::deposit)
                        json.hex(block->transactions[place].hash);
                if (number >= open)
                    break;
            }
            json.end_array();
        });
    call.backend.filters.advance(filter.id, number, place);
}

void get_filter_changes(Call& call)
{
    const auto filter = named_filter(call);
    if (!filter)
        return;
    if (filter->state.kind == FilterState::Kind::transactions)
        return answer_transaction_changes(call, *filter);

    const auto history = call.backend.chain();
    const auto last = history.sealed_number();
    auto first = filter->state.next_block;
    // Before the search, so that polls that overlap do not tell the same.
    call.backend.filters.advance(filter->id, last + 1, 0);
    if (first > last)
        return call.reply.result([](JsonWriter& json) { json.raw("[]"); });
    if (filter->state.kind == FilterState::Kind::logs)
    {
        const auto found = search_logs(call.backend, filter->state.logs, first, last);
        // What was not told is still to be told, except for what is not kept any more.
        if (!found && found.error().code != code::pruned)
            call.backend.filters.go_back(filter->id, first);
        if (!found)
            return call.reply.error(found.error());
        return call.reply.result([&](JsonWriter& json) { write_logs(json, *found); });
    }
    first = std::max(first, history.oldest_number());
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_array();
            for (auto number = first; number <= last; ++number)
                if (const auto block = history.find(number))
                    json.hex(block->hash());
            json.end_array();
        });
}

void get_filter_logs(Call& call)
{
    const auto filter = named_filter(call);
    if (!filter)
        return;
    if (filter->state.kind != FilterState::Kind::logs)
        return call.reply.error({code::server_error, "filter not found", {}});
    answer_logs_query(call, filter->state.logs);
}

void uninstall_filter(Call& call)
{
    const auto id = call.parameters.quantity256(0);
    if (!call.reject_bad_parameters(1))
        call.reply.result([&](JsonWriter& json) { json.boolean(call.backend.filters.remove(id)); });
}

constexpr Method methods[] = {
    {"eth_getFilterChanges", get_filter_changes, MethodCost::heavy},
    {"eth_getFilterLogs", get_filter_logs, MethodCost::heavy},
    {"eth_newBlockFilter", new_block_filter},
    {"eth_newFilter", new_filter},
    {"eth_newPendingTransactionFilter", new_pending_transaction_filter},
    {"eth_uninstallFilter", uninstall_filter},
};
}  // namespace

std::span<const Method> eth_filter_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
