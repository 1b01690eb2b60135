// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/record_window.hpp"
#include "store/log_reader.hpp"

#include <mutex>

namespace jiffy::feed
{
/// Positions from place to place in the log, so that the hash before a record is found without reading the log from its
/// beginning. One thread adds; any reads.
class Waypoints
{
public:
    /// Bytes of records between two of them, about.
    static constexpr std::size_t distance = std::size_t{1} << 20;

    explicit Waypoints(const FeedPosition& begin)
      : points_{begin}
    {
    }

    /// `position` is behind a record of `size` bytes. Never waits: if somebody is reading, a later position will do.
    void pass(const FeedPosition& position, std::size_t size);
    /// The last one that is not behind the record; nothing if there is none.
    [[nodiscard]] std::optional<FeedPosition> before(std::uint64_t sequence) const;
    /// The first one from the record on; nothing if there is none.
    [[nodiscard]] std::optional<FeedPosition> from(std::uint64_t sequence) const;

private:
    /// Bytes since the last one. The adding thread's.
    std::size_t passed_ = 0;
    mutable std::mutex mutex_;
    /// Forty bytes for each MiB of log.
    std::vector<FeedPosition> points_;
};

/// Records that are on disk, for subscribers that are behind the window. Any thread; each cursor is one thread's.
class LogSource
{
public:
    struct Cursor
    {
        store::LogReader reader;
        /// Of the record that the reader comes to next.
        FeedPosition position;
    };

    LogSource(const store::WriteAheadLog& log, const Waypoints& waypoints)
      : log_{log}
      , waypoints_{waypoints}
    {
    }

    /// The oldest record for which it is known what is before it.
    [[nodiscard]] std::uint64_t oldest() const;
    /// Begins at a record. Reads at most `Waypoints::distance` and a record to know what is before it. Nothing if that
    /// is not flushed yet.
    store::StoreResult<std::optional<Cursor>> open(std::uint64_t sequence) const;
    /// Begins where somebody was.
    store::StoreResult<Cursor> open(const FeedPosition& position) const;
    /// The next records below `before`; an empty batch if they are not flushed yet.
    static store::StoreResult<Batch> read(Cursor& cursor, std::uint64_t before, const BatchLimits& limits);

private:
    const store::WriteAheadLog& log_;
    const Waypoints& waypoints_;
};

/// Reads a log from `begin` on to its end, which it returns, and sets the waypoints in it.
store::StoreResult<FeedPosition> survey(const store::WriteAheadLog& log,
    const FeedPosition& begin,
    Waypoints& waypoints);
}  // namespace jiffy::feed
