// SPDX-License-Identifier: Apache-2.0
#include "store/log_reader.hpp"

namespace jiffy::store
{
StoreResult<LogReader> LogReader::open(const WriteAheadLog& log, std::uint64_t sequence)
{
    LogReader reader{log, sequence};
    if (sequence < log.first_sequence() || sequence > log.next_sequence())
        return reader.not_retained();
    return reader;
}

std::unexpected<Error> LogReader::not_retained() const
{
    return failure(Error{ErrorKind::not_retained, 0,
        "record " + std::to_string(sequence_) + " is not retained: the log has those from " +
            std::to_string(log_->first_sequence()) + " to below " + std::to_string(log_->next_sequence())});
}

StoreResult<void> LogReader::go_to_file()
{
    const auto file = log_->file_with(sequence_);
    if (!file)
        return not_retained();
    const bool is_next = cursor_ && file != file_;
    if (cursor_ &&
        (!is_next || file->header.first_sequence != sequence_ || file->header.hash_before != cursor_->position().hash))
    {
        if (sequence_ < log_->first_sequence())
            return not_retained();
        return failure(Error{ErrorKind::damaged, 0,
            file_->path + ": record " + std::to_string(sequence_) + ", at offset " +
                std::to_string(cursor_->position().offset) + ", is damaged"});
    }
    RecordPosition begin;
    {
        const std::scoped_lock lock{log_->mutex_};
        begin = waypoint_before(*file, sequence_);
    }
    file_ = file;
    cursor_.emplace(*file->file, file->header.salt, begin);
    return {};
}

StoreResult<std::optional<LogRecord>> LogReader::next()
{
    if (sequence_ >= log_->flushed_before())
        return std::nullopt;
    while (true)
    {
        const auto advanced = cursor_ ? cursor_->advance() : StoreResult<bool>{false};
        if (!advanced)
            return failure(advanced.error());
        if (!*advanced)
        {
            if (auto gone = go_to_file(); !gone)
                return failure(gone.error());
            continue;
        }
        if (cursor_->header().sequence == sequence_)
            return LogRecord{sequence_++, cursor_->payload()};
    }
}
}  // namespace jiffy::store
