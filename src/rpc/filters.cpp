// SPDX-License-Identifier: Apache-2.0
#include "rpc/filters.hpp"

#include <algorithm>

namespace jiffy::rpc
{
namespace
{
constexpr std::size_t most_filters = 10'000;
/// geth's time.
constexpr std::chrono::minutes lifetime{5};
}  // namespace

std::optional<RandomId> Filters::add(FilterState state)
{
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock{mutex_};
    if (filters_.size() >= most_filters)
        std::erase_if(filters_, [now](const auto& entry) { return entry.second.last_use + lifetime < now; });
    if (filters_.size() >= most_filters)
        return std::nullopt;
    const auto id = draw_random_id();
    filters_.emplace(id, Filter{std::move(state), now});
    return id;
}

bool Filters::remove(const RandomId& id)
{
    const std::lock_guard lock{mutex_};
    return filters_.erase(id) != 0;
}

std::optional<FilterState> Filters::get(const RandomId& id)
{
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock{mutex_};
    const auto found = filters_.find(id);
    if (found == filters_.end() || found->second.last_use + lifetime < now)
        return std::nullopt;
    found->second.last_use = now;
    return found->second.state;
}

void Filters::advance(const RandomId& id, std::uint64_t next_block, std::size_t next_transaction)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = filters_.find(id); found != filters_.end())
    {
        found->second.state.next_block = next_block;
        found->second.state.next_transaction = next_transaction;
    }
}

void Filters::go_back(const RandomId& id, std::uint64_t block)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = filters_.find(id); found != filters_.end())
        found->second.state.next_block = std::min(found->second.state.next_block, block);
}
}  // namespace jiffy::rpc
