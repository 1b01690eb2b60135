// SPDX-License-Identifier: Apache-2.0
#include "feed/log_source.hpp"

#include <algorithm>

namespace jiffy::feed
{
void Waypoints::pass(const FeedPosition& position, std::size_t size)
{
    passed_ += size;
    if (passed_ < distance)
        return;
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock)
        return;
    points_.push_back(position);
    passed_ = 0;
}

std::optional<FeedPosition> Waypoints::before(std::uint64_t sequence) const
{
    const std::lock_guard lock{mutex_};
    const auto behind = std::ranges::upper_bound(points_, sequence, {}, &FeedPosition::sequence);
    return behind == points_.begin() ? std::nullopt : std::optional{*std::prev(behind)};
}

std::optional<FeedPosition> Waypoints::from(std::uint64_t sequence) const
{
    const std::lock_guard lock{mutex_};
    const auto found = std::ranges::lower_bound(points_, sequence, {}, &FeedPosition::sequence);
    return found == points_.end() ? std::nullopt : std::optional{*found};
}

std::uint64_t LogSource::oldest() const
{
    const auto first = waypoints_.from(log_.first_sequence());
    return first ? first->sequence : log_.next_sequence();
}

store::StoreResult<LogSource::Cursor> LogSource::open(const FeedPosition& position) const
{
    auto reader = log_.reader_from(position.sequence);
    if (!reader)
        return std::unexpected{reader.error()};
    return Cursor{std::move(*reader), position};
}

store::StoreResult<std::optional<LogSource::Cursor>> LogSource::open(std::uint64_t sequence) const
{
    const auto begin = waypoints_.before(sequence);
    if (!begin)
        return failure(store::Error{
            store::ErrorKind::not_retained, 0, "what is before record " + std::to_string(sequence) + " is not known"});
    auto cursor = open(*begin);
    if (!cursor)
        return std::unexpected{cursor.error()};
    ChainHasher hasher;
    while (cursor->position.sequence != sequence)
    {
        const auto record = cursor->reader.next();
        if (!record)
            return std::unexpected{record.error()};
        if (!*record)
            return std::nullopt;
        hasher.step(cursor->position, (*record)->payload);
    }
    return cursor;
}

store::StoreResult<Batch> LogSource::read(Cursor& cursor, std::uint64_t before, const BatchLimits& limits)
{
    Batch batch;
    batch.first = cursor.position.sequence;
    ChainHasher hasher;
    while (batch.count < limits.records && batch.body.size() < limits.bytes && cursor.position.sequence < before)
    {
        const auto record = cursor.reader.next();
        if (!record)
            return std::unexpected{record.error()};
        if (!*record)
            break;
        hasher.step(cursor.position, (*record)->payload);
        pack((*record)->payload, batch.body);
        ++batch.count;
    }
    batch.after = cursor.position;
    return batch;
}

store::StoreResult<FeedPosition> survey(const store::WriteAheadLog& log,
    const FeedPosition& begin,
    Waypoints& waypoints)
{
    auto reader = log.reader_from(begin.sequence);
    if (!reader)
        return std::unexpected{reader.error()};
    ChainHasher hasher;
    auto position = begin;
    for (;;)
    {
        const auto record = reader->next();
        if (!record)
            return std::unexpected{record.error()};
        if (!*record)
            return position;
        hasher.step(position, (*record)->payload);
        waypoints.pass(position, (*record)->payload.size());
    }
}
}  // namespace jiffy::feed
