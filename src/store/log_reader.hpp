// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/write_ahead_log.hpp"

namespace jiffy::store
{
struct LogRecord
{
    std::uint64_t sequence = 0;
    BytesView payload;
};

/// Reads a log from some record on while it is being written. Each reader is one thread's; it holds up nobody.
class LogReader
{
public:
    /// `ErrorKind::not_retained` if the record is released, or if there is none of that number yet, nor is it the next.
    static StoreResult<LogReader> open(const WriteAheadLog& log, std::uint64_t sequence);

    /// The next record; nothing if it is not flushed yet. The payload is there until the next call.
    /// `ErrorKind::not_retained` if it was released meanwhile.
    StoreResult<std::optional<LogRecord>> next();

    /// Of the record that comes next.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }

private:
    LogReader(const WriteAheadLog& log, std::uint64_t sequence)
      : log_{&log}
      , sequence_{sequence}
    {
    }

    StoreResult<void> go_to_file();
    [[nodiscard]] std::unexpected<Error> not_retained() const;

    const WriteAheadLog* log_;
    std::uint64_t sequence_;
    std::shared_ptr<LogFile> file_;
    std::optional<RecordCursor> cursor_;
};
}  // namespace jiffy::store
