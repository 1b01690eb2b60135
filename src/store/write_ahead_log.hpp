// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/log_recovery.hpp"

#include <atomic>
#include <mutex>

namespace jiffy::store
{
class LogReader;

struct LogOptions
{
    /// Bytes of each file; a longer record gets a file that is longer.
    std::uint64_t file_size = std::uint64_t{64} << 20;
    /// Released files that are kept to be used again.
    std::size_t spare_files = 2;
    /// Bytes of records that are kept in memory until somebody writes them; beyond it `append` does.
    std::size_t buffer_size = std::size_t{4} << 20;
    /// Where a log begins that does not exist yet.
    std::uint64_t first_sequence = 1;
    /// Hash of what is before the first record.
    Hash first_hash{};
    /// Secret that keeps payloads from looking like records; random if there is none. For tests.
    std::optional<Hash> secret{};
};

/// An append-only sequence of records, which survive a loss of power once they are synced. It lies in files of a fixed
/// size that are filled with zeros before they are used, so that to sync is to write data and nothing else.
///
/// One thread appends. Any thread may flush and sync; the one that appends waits for another's write, never for its
/// sync. One more prepares files and releases them. The directory belongs to one process: `Disk::lock_directory` is the
/// caller's.
///
/// After a failed write or sync nothing more is promised: that call and all later ones fail with the first error. What
/// was synced before stays; what was not may be found or not when the log is opened again.
class WriteAheadLog
{
public:
    /// Opens the log in a directory that exists, or begins one. Then every record that is found is durable. It fails if
    /// a record that was durable is missing, if a file is of another chain or version, and if the disk fails. The
    /// loss of the newest records of all cannot be told from a loss of power before they were synced.
    static StoreResult<std::unique_ptr<WriteAheadLog>> open(Disk& disk,
        std::string directory,
        const ChainIdentity& chain,
        const LogOptions& options = {});

    /// What was not synced is lost or not.
    ~WriteAheadLog();
    WriteAheadLog(const WriteAheadLog&) = delete;
    WriteAheadLog& operator=(const WriteAheadLog&) = delete;

    /// Adds a record and returns its sequence number. As a rule it stays in memory until the next `flush` or `sync`.
    /// Above `longest_payload` it is refused and the log stays as it is. The appending thread.
    StoreResult<std::uint64_t> append(BytesView payload);

    /// Hands all records to the operating system: they survive the process, and readers see them. Any thread.
    StoreResult<void> flush();

    /// Makes all records durable that were appended before the call. Any thread.
    StoreResult<void> sync();

    /// Makes a file ready for when the current one is full. A log that needs one sooner goes on in a file that is not
    /// filled with zeros, where to sync takes longer. To be called after opening, and from time to time; it takes as
    /// long as to write a file, and fails without harm to the log. The housekeeping thread.
    StoreResult<void> prepare();

    /// Gives up the files that have only records below `sequence`, if a later file has a durable record. May fail
    /// without harm to the log, and be repeated. The housekeeping thread.
    StoreResult<void> release_before(std::uint64_t sequence);

    /// Reads from `sequence` on. The reader must not outlive the log. Any thread.
    StoreResult<LogReader> reader_from(std::uint64_t sequence) const;

    /// Of the next record to be appended. Any thread, as the following ones.
    [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_sequence_.load(); }
    /// All records below it are with the operating system.
    [[nodiscard]] std::uint64_t flushed_before() const noexcept { return flushed_before_.load(); }
    /// All records below it are on disk.
    [[nodiscard]] std::uint64_t durable_before() const noexcept { return durable_before_.load(); }
    /// No record below it can be read any more.
    [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_retained_.load(); }
    /// How often a file was full before `prepare` had the next one ready.
    [[nodiscard]] std::uint64_t unprepared_files() const noexcept { return unprepared_files_.load(); }

    /// Hash of all records: that of the last one, which covers those before. The appending thread.
    [[nodiscard]] const Hash& chain_hash() const noexcept { return end_.hash; }

private:
    friend class LogReader;

    /// Bytes for one file that nobody has written yet.
    struct Segment
    {
        std::shared_ptr<LogFile> file;
        std::uint64_t offset = 0;
        Bytes bytes;
    };

    WriteAheadLog(Disk& disk,
        std::string directory,
        const ChainIdentity& chain,
        const LogOptions& options,
        RecoveredLog found);

    StoreResult<void> begin_first_file();
    void begin_next_file(std::uint64_t record_bytes);
    Segment& segment_at_end();
    StoreResult<void> write_pending();
    StoreResult<void> sync_written();
    StoreResult<void> check_sound() const;
    std::unexpected<Error> break_for(const Error& error);
    StoreResult<void> retire_first_file();
    StoreResult<SpareFile> create_file();
    Salt next_salt() const;

    /// The file that has the record, or would have it next; null if it is released.
    std::shared_ptr<LogFile> file_with(std::uint64_t sequence) const;

    Disk& disk_;
    const std::string directory_;
    const ChainIdentity chain_;
    const LogOptions options_;
    const Hash secret_;

    /// Behind the last record. The appending thread's, as what follows.
    RecordPosition end_;
    std::shared_ptr<LogFile> current_;
    /// The hash before the record that is being made, and the part of the record that is hashed.
    Bytes hashed_;

    std::atomic<std::uint64_t> next_sequence_;
    std::atomic<std::uint64_t> flushed_before_;
    std::atomic<std::uint64_t> durable_before_;
    std::atomic<std::uint64_t> first_retained_;
    std::atomic<std::uint64_t> unprepared_files_ = 0;
    std::atomic<std::uint64_t> next_file_number_;
    std::atomic<bool> is_broken_ = false;

    /// Held for moments only; the last to be locked.
    mutable std::mutex mutex_;
    /// With the records that can be read, oldest first.
    std::deque<std::shared_ptr<LogFile>> files_;
    std::vector<Segment> pending_;
    std::size_t pending_size_ = 0;
    std::uint64_t pending_before_;
    /// Memory to be used again.
    Bytes free_buffer_;
    std::optional<SpareFile> ready_;
    std::optional<Error> fault_;

    /// Held while something is written.
    std::mutex write_mutex_;
    std::vector<std::shared_ptr<LogFile>> unsynced_files_;
    bool is_directory_unsynced_ = false;

    /// Held while something is synced; the first to be locked.
    std::mutex sync_mutex_;

    std::mutex housekeeping_mutex_;
    /// Not filled with zeros.
    std::vector<SpareFile> spares_;
};
}  // namespace jiffy::store
