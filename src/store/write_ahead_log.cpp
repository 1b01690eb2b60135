// SPDX-License-Identifier: Apache-2.0
#include "store/write_ahead_log.hpp"

#include "crypto/keccak.hpp"
#include "store/little_endian.hpp"
#include "store/log_reader.hpp"

#include <algorithm>
#include <random>

namespace jiffy::store
{
namespace
{
constexpr std::uint64_t smallest_file = 2 * first_record_offset;

Hash random_secret()
{
    std::random_device source;
    Hash result;
    for (std::size_t i = 0; i < Hash::size(); i += 4)
        put<std::uint32_t>(result.data() + i, source());
    return result;
}
}  // namespace

StoreResult<std::unique_ptr<WriteAheadLog>> WriteAheadLog::open(Disk& disk,
    std::string directory,
    const ChainIdentity& chain,
    const LogOptions& options)
{
    auto bounded = options;
    bounded.file_size = std::max(options.file_size, smallest_file);
    auto found = recover_log(disk, directory, chain, bounded.file_size);
    if (!found)
        return failure(found.error());
    while (found->spares.size() > options.spare_files + 1)
    {
        if (auto removed = disk.remove(found->spares.back().path); !removed)
            return failure(removed.error());
        found->spares.pop_back();
    }
    std::unique_ptr<WriteAheadLog> log{
        new WriteAheadLog{disk, std::move(directory), chain, bounded, *std::move(found)}};
    if (log->files_.empty())
        if (auto begun = log->begin_first_file(); !begun)
            return failure(begun.error());
    return log;
}

WriteAheadLog::WriteAheadLog(Disk& disk,
    std::string directory,
    const ChainIdentity& chain,
    const LogOptions& options,
    RecoveredLog found)
  : disk_{disk}
  , directory_{std::move(directory)}
  , chain_{chain}
  , options_{options}
  , secret_{options.secret ? *options.secret : random_secret()}
  , end_{found.files.empty() ? RecordPosition{0, options.first_sequence, options.first_hash} : found.end}
  , current_{found.files.empty() ? nullptr : found.files.back()}
  , next_sequence_{end_.sequence}
  , flushed_before_{end_.sequence}
  , durable_before_{end_.sequence}
  , first_retained_{found.files.empty() ? end_.sequence : found.files.front()->header.first_sequence}
  , next_file_number_{found.next_file_number}
  , files_{std::move(found.files)}
  , pending_before_{end_.sequence}
  , spares_{std::move(found.spares)}
{
}

WriteAheadLog::~WriteAheadLog() = default;

StoreResult<void> WriteAheadLog::begin_first_file()
{
    if (auto prepared = prepare(); !prepared)
        return prepared;
    begin_next_file(0);
    return sync();
}

Salt WriteAheadLog::next_salt() const
{
    // No two files of a log begin with the same record at the same place of the chain, unless the first one was cut
    // off; then the secret is another.
    Bytes text = to_bytes(secret_.view());
    jiffy::append(text, end_.hash.view());
    text.resize(text.size() + 8);
    put(text.data() + text.size() - 8, end_.sequence);
    return Salt::from(crypto::keccak256(text).view());
}

StoreResult<std::uint64_t> WriteAheadLog::append(BytesView payload)
{
    if (payload.size() > longest_payload)
        return failure(Error{ErrorKind::too_large, 0,
            "a record of " + std::to_string(payload.size()) + " bytes; the longest has " +
                std::to_string(longest_payload)});
    if (auto sound = check_sound(); !sound)
        return failure(sound.error());
    const auto size = record_size(payload.size());
    if (end_.offset + size > current_->capacity)
        begin_next_file(size);

    RecordHeader header{{}, static_cast<std::uint32_t>(payload.size()), end_.sequence, durable_before_.load()};
    FixedBytes<record_header_size> header_bytes;
    encode(header, current_->header.salt, end_.offset, header_bytes.data());
    hashed_.assign(end_.hash.begin(), end_.hash.end());
    jiffy::append(hashed_, header_bytes.view().subspan(hashed_offset));
    jiffy::append(hashed_, payload);
    const auto hash = crypto::keccak256(hashed_);
    header.chain = beginning_of(hash);
    encode(header, current_->header.salt, end_.offset, header_bytes.data());

    std::size_t waiting = 0;
    {
        const std::scoped_lock lock{mutex_};
        auto& bytes = segment_at_end().bytes;
        jiffy::append(bytes, header_bytes.view());
        jiffy::append(bytes, payload);
        bytes.resize(bytes.size() + (size - record_header_size - payload.size()));
        pending_size_ += size;
        waiting = pending_size_;
        end_ = {end_.offset + size, end_.sequence + 1, hash};
        pending_before_ = end_.sequence;
        add_waypoint(*current_, end_);
    }
    next_sequence_.store(end_.sequence);
    if (waiting > options_.buffer_size)
        if (auto flushed = flush(); !flushed)
            return failure(flushed.error());
    return header.sequence;
}

WriteAheadLog::Segment& WriteAheadLog::segment_at_end()
{
    if (pending_.empty() || pending_.back().file != current_)
        pending_.push_back({current_, end_.offset, std::exchange(free_buffer_, {})});
    return pending_.back();
}

void WriteAheadLog::begin_next_file(std::uint64_t record_bytes)
{
    auto next = std::make_shared<LogFile>();
    next->capacity = std::max(options_.file_size, first_record_offset + record_bytes);
    next->header = {chain_, end_.sequence, durable_before_.load(), end_.hash, next_salt()};
    end_.offset = first_record_offset;
    next->waypoints.push_back(end_);
    const auto header = encode(next->header);

    const std::scoped_lock lock{mutex_};
    if (ready_ && next->capacity <= ready_->size)
    {
        next->path = std::move(ready_->path);
        next->file = std::move(ready_->file);
        ready_.reset();
    }
    else
        unprepared_files_.fetch_add(1);
    current_ = next;
    files_.push_back(std::move(next));
    Segment segment{current_, 0, std::exchange(free_buffer_, {})};
    segment.bytes.resize(first_record_offset);
    std::copy(header.begin(), header.end(), segment.bytes.begin());
    std::copy(header.begin(), header.end(), segment.bytes.begin() + second_header_offset);
    pending_.push_back(std::move(segment));
}

StoreResult<void> WriteAheadLog::check_sound() const
{
    if (!is_broken_.load())
        return {};
    const std::scoped_lock lock{mutex_};
    return failure(*fault_);
}

std::unexpected<Error> WriteAheadLog::break_for(const Error& error)
{
    const std::scoped_lock lock{mutex_};
    if (!fault_)
        fault_ = error;
    is_broken_.store(true);
    return failure(*fault_);
}

StoreResult<void> WriteAheadLog::flush()
{
    const std::scoped_lock lock{write_mutex_};
    return write_pending();
}

StoreResult<void> WriteAheadLog::write_pending()
{
    if (auto sound = check_sound(); !sound)
        return sound;
    std::vector<Segment> segments;
    std::uint64_t before = 0;
    {
        const std::scoped_lock lock{mutex_};
        segments.swap(pending_);
        pending_size_ = 0;
        before = pending_before_;
    }
    for (auto& segment : segments)
    {
        if (!segment.file->file)
        {
            auto created = create_file();
            if (!created)
                return break_for(created.error());
            is_directory_unsynced_ = true;
            segment.file->path = std::move(created->path);
            segment.file->file = std::move(created->file);
        }
        if (auto written = segment.file->file->write_at(segment.offset, segment.bytes); !written)
            return break_for(written.error());
        if (unsynced_files_.empty() || unsynced_files_.back() != segment.file)
            unsynced_files_.push_back(segment.file);
    }
    flushed_before_.store(before);
    if (!segments.empty() && segments.back().bytes.capacity() <= 2 * options_.buffer_size)
    {
        segments.back().bytes.clear();
        const std::scoped_lock lock{mutex_};
        free_buffer_ = std::move(segments.back().bytes);
    }
    return {};
}

StoreResult<void> WriteAheadLog::sync()
{
    const std::scoped_lock lock{sync_mutex_};
    std::uint64_t before = 0;
    std::vector<std::shared_ptr<LogFile>> files;
    bool is_directory_unsynced = false;
    {
        const std::scoped_lock write_lock{write_mutex_};
        if (auto written = write_pending(); !written)
            return written;
        before = flushed_before_.load();
        files.swap(unsynced_files_);
        is_directory_unsynced = std::exchange(is_directory_unsynced_, false);
    }
    if (is_directory_unsynced)
        if (auto synced = disk_.sync_directory(directory_); !synced)
            return break_for(synced.error());
    for (const auto& file : files)
        if (auto synced = file->file->sync_data(); !synced)
            return break_for(synced.error());
    // Another thread's write may have failed since; what this call has synced is durable all the same.
    durable_before_.store(before);
    return {};
}

StoreResult<SpareFile> WriteAheadLog::create_file()
{
    auto path = directory_ + "/" + log_file_name(next_file_number_.fetch_add(1));
    auto file = disk_.create(path);
    if (!file)
        return failure(file.error());
    return SpareFile{std::move(path), *std::move(file), 0};
}

StoreResult<void> WriteAheadLog::prepare()
{
    const std::scoped_lock lock{housekeeping_mutex_};
    {
        const std::scoped_lock inner_lock{mutex_};
        if (ready_)
            return {};
    }
    const bool is_new = spares_.empty();
    if (is_new)
    {
        auto created = create_file();
        if (!created)
            return failure(created.error());
        spares_.push_back(*std::move(created));
    }
    auto& spare = spares_.back();
    if (auto filled = write_zeros(*spare.file, 0, options_.file_size); !filled)
        return filled;
    spare.size = std::max(spare.size, options_.file_size);
    // Also for one that is not new: an earlier call may have failed here.
    if (auto synced = disk_.sync_directory(directory_); !synced)
        return synced;
    const std::scoped_lock inner_lock{mutex_};
    ready_ = std::move(spare);
    spares_.pop_back();
    return {};
}

StoreResult<void> WriteAheadLog::release_before(std::uint64_t sequence)
{
    const std::scoped_lock lock{housekeeping_mutex_};
    while (true)
    {
        {
            const std::scoped_lock inner_lock{mutex_};
            if (files_.size() < 2)
                return {};
            const auto next = files_[1]->header.first_sequence;
            // A record of the next file must be durable, and with it the header: it alone says where the log stands.
            if (next > sequence || next >= durable_before_.load())
                return {};
            first_retained_.store(std::max(next, first_retained_.load()));
        }
        // One after the other, durably: were a later file to go before an earlier one, there would be a gap.
        if (auto retired = retire_first_file(); !retired)
            return retired;
    }
}

StoreResult<void> WriteAheadLog::retire_first_file()
{
    std::shared_ptr<LogFile> file;
    {
        const std::scoped_lock lock{mutex_};
        file = files_.front();
    }
    if (auto written = write_file_header(*file->file, nullptr); !written)
        return written;
    if (auto synced = file->file->sync_data(); !synced)
        return synced;
    {
        const std::scoped_lock lock{mutex_};
        files_.pop_front();
    }
    if (spares_.size() < options_.spare_files && file->capacity == options_.file_size)
    {
        // Opened once more, since a reader may still hold the file.
        auto again = disk_.open(file->path);
        if (!again)
            return failure(again.error());
        spares_.push_back({file->path, *std::move(again), file->capacity});
        return {};
    }
    return disk_.remove(file->path);
}

std::shared_ptr<LogFile> WriteAheadLog::file_with(std::uint64_t sequence) const
{
    const std::scoped_lock lock{mutex_};
    if (sequence < first_retained_.load())
        return nullptr;
    const auto next =
        std::ranges::upper_bound(files_, sequence, {}, [](const auto& file) { return file->header.first_sequence; });
    return next == files_.begin() ? nullptr : *std::prev(next);
}

StoreResult<LogReader> WriteAheadLog::reader_from(std::uint64_t sequence) const
{
    return LogReader::open(*this, sequence);
}
}  // namespace jiffy::store
