// SPDX-License-Identifier: Apache-2.0
#include "rpc/log_search.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
void get_logs(Call& call)
{
    const auto filter = call.parameters.log_filter(0);
    if (!call.reject_bad_parameters(1))
        answer_logs_query(call, filter);
}

/// The first log that has not been given yet, as clients see it: a page of logs ends before it.
struct LogCursor
{
    /// Of the sequencer: where a chain was rewound, its logs have changed their places.
    std::uint64_t epoch = 0;
    std::uint64_t block = 0;
    /// Index in the block.
    std::uint64_t log = 0;
};

Bytes encode(const LogCursor& cursor)
{
    Bytes encoded;
    for (const auto number : {cursor.epoch, cursor.block, cursor.log})
        for (int shift = 56; shift >= 0; shift -= 8)
            encoded.push_back(static_cast<Byte>(number >> shift));
    return encoded;
}

std::optional<LogCursor> decode_cursor(BytesView encoded)
{
    std::uint64_t numbers[3] = {};
    if (encoded.size() != sizeof numbers)
        return std::nullopt;
    for (std::size_t i = 0; i < sizeof numbers; ++i)
        numbers[i / 8] = numbers[i / 8] << 8 | encoded[i];
    return LogCursor{numbers[0], numbers[1], numbers[2]};
}

struct FoundPage
{
    FoundLogs logs;
    /// Empty if this is the last page.
    std::optional<LogCursor> next;
};

FoundPage search_page(const Backend& backend,
    const LogFilter& filter,
    LogCursor cursor,
    std::uint64_t last,
    std::size_t limit)
{
    FoundPage page;
    const auto first = cursor.block;
    for (auto number = first; number <= last; ++number)
    {
        if (number - first >= backend.limits.log_blocks)
        {
            page.next = LogCursor{cursor.epoch, number, 0};
            return page;
        }
        auto block = backend.history.find(number);
        if (!block)
            continue;
        if (const auto* sealed = block->sealed(); sealed != nullptr && !may_match(filter, sealed->header.logs_bloom))
            continue;
        std::vector<LogPlace> places;
        collect_logs(filter, *block, 0, block->transactions.size(), ~std::size_t{0}, places);
        for (const auto& place : places)
        {
            const auto index = block->transactions[place.transaction].first_log + place.log;
            if (number == first && index < cursor.log)
                continue;
            if (page.logs.places.size() == limit)
            {
                page.next = LogCursor{cursor.epoch, number, index};
                page.logs.blocks.push_back(std::move(block));
                return page;
            }
            page.logs.places.push_back(place);
        }
        if (!places.empty())
            page.logs.blocks.push_back(std::move(block));
    }
    return page;
}

void write_page(JsonWriter& json, const FoundPage& page)
{
    json.begin_object();
    json.key("logs");
    write_logs(json, page.logs);
    if (page.next)
        json.key("cursor").hex(encode(*page.next));
    json.end_object();
}

void get_logs_with_cursor(Call& call)
{
    const auto filter = call.parameters.log_filter(0);
    const auto wanted = call.parameters.log_page(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto range = range_of(call.backend, filter);
    if (!range)
        return call.reply.error(range.error());
    const auto last = range->last;
    LogCursor cursor{call.backend.releaser.terms().epoch, range->first, 0};
    if (wanted.cursor)
    {
        const auto given = decode_cursor(*wanted.cursor);
        if (!given || given->block < range->first || given->block > last)
            return call.reply.error({code::invalid_params, "invalid argument 0: the cursor is not of this filter", {}});
        if (given->epoch != cursor.epoch)
            return call.reply.error({code::invalid_params, "invalid argument 0: the cursor is of another epoch", {}});
        cursor = *given;
    }
    const auto limit = std::min<std::uint64_t>(wanted.limit.value_or(~std::uint64_t{0}), call.backend.limits.logs);
    const auto answer = [&backend = call.backend, filter, cursor, last, limit](Reply& reply)
    {
        const auto page = search_page(backend, filter, cursor, last, limit);
        reply.result([&page](JsonWriter& json) { write_page(json, page); });
    };
    if (goes_to_pending(filter) || range->first > last)
        return answer(call.reply);
    when_sealed(call, last, answer);
}

constexpr Method methods[] = {
    {"eth_getLogs", get_logs, MethodCost::heavy},
    {"eth_getLogsWithCursor", get_logs_with_cursor, MethodCost::heavy},
};
}  // namespace

std::span<const Method> eth_log_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
