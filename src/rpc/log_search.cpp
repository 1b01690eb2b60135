// SPDX-License-Identifier: Apache-2.0
#include "rpc/log_search.hpp"

#include "base/hex.hpp"
#include "rpc/json_writer.hpp"
#include "rpc/state_view.hpp"

namespace jiffy::rpc
{
namespace
{
/// Block number of one end of a range.
std::optional<std::uint64_t> range_end(const Backend& backend, const std::optional<BlockSelector>& selector)
{
    if (!selector)
        return backend.history.sealed_number();
    if (const auto* number = std::get_if<std::uint64_t>(&*selector))
        return *number;
    if (const auto* tag = std::get_if<BlockTag>(&*selector))
        return resolve_number(backend.history, *tag);
    const auto block = resolve_block(backend.chain(), *selector);
    return block ? std::optional{block->number()} : std::nullopt;
}
}  // namespace

Error pruned_block(const sequencer::ChainReader& chain, std::uint64_t number)
{
    const auto oldest = std::max(chain.oldest_number(), number + 1);
    return {code::pruned,
        "block " + std::to_string(number) + " is not kept any more, the oldest one is " + std::to_string(oldest),
        json_string(to_quantity(oldest))};
}

void write_logs(JsonWriter& json, const FoundLogs& found)
{
    json.begin_array();
    for (const auto& place : found.places)
        write_log(json, place);
    json.end_array();
}

Result<FoundLogs, Error> search_logs(const Backend& backend,
    const LogFilter& filter,
    std::uint64_t first,
    std::uint64_t last)
{
    FoundLogs found;
    const auto chain = backend.chain();
    if (last - first >= backend.limits.log_blocks)
        return failure(Error{
            code::limit_exceeded, "block range exceeds " + std::to_string(backend.limits.log_blocks) + " blocks", {}});
    for (auto number = first; number <= last; ++number)
    {
        auto block = chain.find(number);
        if (!block)
            return failure(pruned_block(chain, number));
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

void answer_with_logs(Reply& reply,
    const Backend& backend,
    const LogFilter& filter,
    std::uint64_t first,
    std::uint64_t last)
{
    const auto found = search_logs(backend, filter, first, last);
    if (!found)
        return reply.error(found.error());
    reply.result([&](JsonWriter& json) { write_logs(json, *found); });
}

Result<BlockRange, Error> range_of(const Backend& backend, const LogFilter& filter)
{
    const Error unknown{code::server_error, "unknown block", {}};
    if (filter.block_hash)
    {
        const auto block = backend.chain().find(*filter.block_hash);
        return block ? Result<BlockRange, Error>{BlockRange{block->number(), block->number()}} : failure(unknown);
    }
    const auto first = range_end(backend, filter.from);
    const auto last = range_end(backend, filter.to);
    if (!first || !last)
        return failure(unknown);
    if (*first > *last)
        return failure(Error{code::invalid_params, "invalid block range params", {}});
    return BlockRange{*first, std::min(*last, backend.history.open_block()->number())};
}

bool goes_to_pending(const LogFilter& filter)
{
    return filter.to && *filter.to == BlockSelector{BlockTag::pending};
}

void answer_logs_query(Call& call, const LogFilter& filter)
{
    const auto range = range_of(call.backend, filter);
    if (!range)
        return call.reply.error(range.error());
    const auto [first, last] = *range;
    if (first > last)
        return call.reply.result([](JsonWriter& json) { json.raw("[]"); });
    if (goes_to_pending(filter))
        return answer_with_logs(call.reply, call.backend, filter, first, last);
    when_sealed(call, last, [&backend = call.backend, filter, from = first, to = last](Reply& reply)
        { answer_with_logs(reply, backend, filter, from, to); });
}
}  // namespace jiffy::rpc
