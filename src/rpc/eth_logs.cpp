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

Result<FoundPage, Error> search_page(const Backend& backend,
    const LogFilter& filter,
    LogCursor cursor,
    std::uint64_t last,
    std::size_t limit)
{
    FoundPage page;
    const auto chain = backend.chain();
    const auto first = cursor.block;
    for (auto number = first; number <= last; ++number)
    {
        if (number - first >= backend.limits.log_blocks)
        {
            page.next = LogCursor{cursor.epoch, number, 0};
            return page;
        }
        auto block = chain.find(number);
        if (!block)
            return failure(pruned_block(chain, number));
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

/// Whether a page of the filter, which begins with the cursor now, can have ended there.
bool is_of(const LogCursor& cursor, const LogFilter& filter, const BlockRange& range)
{
    const auto* first = filter.from ? std::get_if<std::uint64_t>(&*filter.from) : nullptr;
    return cursor.block == range.first && cursor.block <= range.last && (first == nullptr || cursor.block >= *first);
}

void get_logs_with_cursor(Call& call)
{
    const auto filter = call.parameters.log_filter(0);
    const auto wanted = call.parameters.log_page(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto epoch = call.backend.signing.get().terms.epoch;
    const auto cursor = wanted.cursor ? decode_cursor(*wanted.cursor) : std::nullopt;
    if (cursor && cursor->epoch != epoch)
        return call.reply.error({code::invalid_params, "invalid argument 0: the cursor is of another epoch", {}});
    // The pages before have come to the cursor's block, wherever the filter would begin by now.
    auto rest = filter;
    if (cursor)
        rest.from = cursor->block;
    const auto range = range_of(call.backend, rest);
    const Error foreign_cursor{code::invalid_params, "invalid argument 0: the cursor is not of this filter", {}};
    if (!range)
    {
        // The cursor is not to blame for a filter that has no blocks by itself.
        const auto whole = cursor ? range_of(call.backend, filter) : range;
        return call.reply.error(whole ? foreign_cursor : whole.error());
    }
    if (wanted.cursor && !(cursor && is_of(*cursor, filter, *range)))
        return call.reply.error(foreign_cursor);
    const auto last = range->last;
    const auto start = cursor.value_or(LogCursor{epoch, range->first, 0});
    const auto limit = std::min<std::uint64_t>(wanted.limit.value_or(~std::uint64_t{0}), call.backend.limits.logs);
    const auto answer = [&backend = call.backend, filter, start, last, limit](Reply& reply)
    {
        const auto page = search_page(backend, filter, start, last, limit);
        if (!page)
            return reply.error(page.error());
        reply.result([&page](JsonWriter& json) { write_page(json, *page); });
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
