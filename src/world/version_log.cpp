// SPDX-License-Identifier: Apache-2.0
#include "world/version_log.hpp"

#include <algorithm>
#include <bit>

namespace jiffy::world
{
VersionLog::VersionLog(std::size_t capacity)
  : capacity_{std::bit_ceil(std::clamp<std::size_t>(capacity, 1024, std::size_t{1} << 31))}
  , memory_{capacity_ * sizeof(Words)}
  , records_{memory_.as<Words>()}
{
}

std::uint32_t VersionLog::push(CommitNumber commit, const Record& record) noexcept
{
    const auto segment = segment_of(head_);
    if (head_ % (capacity_ / segments) == 0)
        raise_floor(last_commits_[segment]);
    last_commits_[segment] = commit;
    const auto place = static_cast<std::uint32_t>(head_ % capacity_);
    // Each releases: whoever sees a word of the new record sees the floor that gave the old one up.
    for (std::size_t i = 0; i < record.size(); ++i)
        records_[place][i].store(record[i], std::memory_order_release);
    ++head_;
    return place;
}

void VersionLog::raise_floor(CommitNumber commit) noexcept
{
    if (commit > floor_.load(std::memory_order_relaxed))
        floor_.store(commit, std::memory_order_release);
}

void VersionLog::rewind(std::uint64_t head, CommitNumber commit) noexcept
{
    // What the floor had to say about the segments that are left again was said when they were entered.
    const auto segment_size = capacity_ / segments;
    const auto first_left = (head + segment_size - 1) / segment_size;
    for (auto number = first_left; number * segment_size < head_; ++number)
        last_commits_[number % segments] = 0;
    auto& current = last_commits_[segment_of(head)];
    if (head % segment_size != 0)
        current = std::min(current, commit);
    head_ = head;
}
}  // namespace jiffy::world
