// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "rpc/backend.hpp"
#include "rpc/format.hpp"
#include "rpc/methods.hpp"
#include "rpc/state_view.hpp"

namespace jiffy::rpc
{
namespace
{
using sequencer::BlockPointer;

/// Blocks from `first` to `last`; they stay alive as long as the found places are used.
struct FoundLogs
{
    std::vector<BlockPointer> blocks;
    std::vector<LogPlace> places;
};

Result<FoundLogs, Error> search(const Backend& backend,
    const LogFilter& filter,
    std::uint64_t first,
    std::uint64_t last)
{
    FoundLogs found;
    if (last - first >= backend.limits.log_blocks)
        return failure(Error{
            code::limit_exceeded, "block range exceeds " + std::to_string(backend.limits.log_blocks) + " blocks", {}});
    for (auto number = first; number <= last; ++number)
    {
        auto block = backend.history.find(number);
        if (!block)
            continue;
        if (const auto* sealed = block->sealed(); sealed != nullptr && !may_match(filter, sealed->header.logs_bloom))
            continue;
        const auto before = found.places.size();
        if (!collect_logs(filter, *block, 0, block->transactions.size(), backend.limits.logs, found.places))
            return failure(Error{
                code::limit_exceeded, "query returns more than " + std::to_string(backend.limits.logs) + " logs", {}});
        if (found.places.size() != before)
            found.blocks.push_back(std::move(block));
    }
    return found;
}

void write_logs(JsonWriter& json, const FoundLogs& found)
{
    json.begin_array();
    for (const auto& place : found.places)
        write_log(json, place);
    json.end_array();
}

void answer_with_logs(Reply& reply,
    const Backend& backend,
    const LogFilter& filter,
    std::uint64_t first,
    std::uint64_t last)
{
    const auto found = search(backend, filter, first, last);
    if (!found)
        return reply.error(found.error());
    reply.result([&](JsonWriter& json) { write_logs(json, *found); });
}

/// Answers once the block `last` is sealed: at once, or from a worker later.
void answer_when_sealed(Call& call, const LogFilter& filter, std::uint64_t first, std::uint64_t last)
{
    auto& backend = call.backend;
    if (backend.history.sealed_number() >= last)
        return answer_with_logs(call.reply, backend, filter, first, last);
    auto reply = std::make_shared<Reply>(std::move(call.reply));
    SealWaiters::Job job = [&backend, reply, filter, first, last]
    {
        std::move_only_function<void()> search_now = [&backend, reply, filter, first, last]
        { answer_with_logs(*reply, backend, filter, first, last); };
        if (!backend.workers.submit(search_now))
            reply->error({code::limit_exceeded, "too many requests are waiting", {}});
    };
    if (!backend.waiters.when_sealed(last, job))
        reply->error({code::limit_exceeded, "too many requests are waiting for the block", {}});
}

/// Block number of one end of a range.
std::optional<std::uint64_t> range_end(const Backend& backend, const std::optional<BlockSelector>& selector)
{
    if (!selector)
        return backend.history.sealed_number();
    if (const auto* number = std::get_if<std::uint64_t>(&*selector))
        return *number;
    if (const auto* tag = std::get_if<BlockTag>(&*selector))
        return resolve_number(backend.history, *tag);
    const auto block = resolve_block(backend.history, *selector);
    return block ? std::optional{block->number()} : std::nullopt;
}

void answer_logs_query(Call& call, const LogFilter& filter)
{
    auto& backend = call.backend;
    if (filter.block_hash)
    {
        const auto block = backend.history.find(*filter.block_hash);
        if (!block)
            return call.reply.error({code::server_error, "unknown block", {}});
        return answer_when_sealed(call, filter, block->number(), block->number());
    }
    const auto first = range_end(backend, filter.from);
    auto last = range_end(backend, filter.to);
    if (!first || !last)
        return call.reply.error({code::server_error, "unknown block", {}});
    if (*first > *last)
        return call.reply.error({code::invalid_params, "invalid block range params", {}});
    const auto open = backend.history.open_block()->number();
    last = std::min(*last, open);
    if (*first > *last)
        return call.reply.result([](JsonWriter& json) { json.raw("[]"); });
    const auto* tag = filter.to ? std::get_if<BlockTag>(&*filter.to) : nullptr;
    if (tag != nullptr && *tag == BlockTag::pending)
        return answer_with_logs(call.reply, backend, filter, *first, *last);
    answer_when_sealed(call, filter, *first, *last);
}

void get_logs(Call& call)
{
    const auto filter = call.parameters.log_filter(0);
    if (!call.reject_bad_parameters(1))
        answer_logs_query(call, filter);
}

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
    const auto& history = call.backend.history;
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

    const auto& history = call.backend.history;
    const auto last = history.sealed_number();
    const auto first = std::max(filter->state.next_block, history.oldest_number());
    call.backend.filters.advance(filter->id, last + 1, 0);
    if (first > last)
        return call.reply.result([](JsonWriter& json) { json.raw("[]"); });
    if (filter->state.kind == FilterState::Kind::logs)
        return answer_with_logs(call.reply, call.backend, filter->state.logs, first, last);
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
    {"eth_getLogs", get_logs, MethodCost::heavy},
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
