// SPDX-License-Identifier: Apache-2.0
#include "rpc/log_matching.hpp"

#include <algorithm>

namespace jiffy::rpc
{
bool matches(const LogFilter& filter, const types::Log& log) noexcept
{
    if (!filter.addresses.empty() && std::ranges::find(filter.addresses, log.address) == filter.addresses.end())
        return false;
    if (filter.topics.size() > log.topics.count)
        return false;
    for (std::size_t i = 0; i < filter.topics.size(); ++i)
    {
        const auto& wanted = filter.topics[i];
        if (!wanted.empty() && std::ranges::find(wanted, log.topics.values[i]) == wanted.end())
            return false;
    }
    return true;
}

bool may_match(const LogFilter& filter, const Bloom& bloom) noexcept
{
    const auto any_contained = [&bloom](const auto& alternatives)
    {
        return alternatives.empty() || std::ranges::any_of(alternatives, [&bloom](const auto& item)
                                           { return types::may_contain(bloom, item.view()); });
    };
    return any_contained(filter.addresses) && std::ranges::all_of(filter.topics, any_contained);
}

bool collect_logs(const LogFilter& filter,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end,
    std::size_t limit,
    std::vector<LogPlace>& places)
{
    for (std::size_t i = first; i < end; ++i)
    {
        const auto& receipt = block.transactions[i].receipt;
        for (std::size_t j = 0; j < receipt.logs.size(); ++j)
        {
            if (!matches(filter, receipt.logs[j]))
                continue;
            if (places.size() >= limit)
                return false;
            places.push_back({&block, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)});
        }
    }
    return true;
}
}  // namespace jiffy::rpc
