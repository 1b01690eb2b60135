// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/log_file.hpp"

#include <deque>

namespace jiffy::store
{
/// What a directory holds of a log.
struct RecoveredLog
{
    /// In the order of their records; empty if there is no log. Every record in them is on disk.
    std::deque<std::shared_ptr<LogFile>> files;
    /// Where the next record goes in the last file; all behind it is zeros, on disk.
    RecordPosition end;
    std::vector<SpareFile> spares;
    /// Higher than the number of any file.
    std::uint64_t next_file_number = 0;
};

/// Reads the log in a directory, checks all of its records and cuts a torn tail: from the first record on that is not
/// whole, everything goes, if nothing says that it was on disk. Fails if something does, and if a file is of another
/// chain or version. Whatever is not known to be on disk is written again, since what is read may come from memory that
/// an earlier process failed to write. A file becomes at least `file_size` long.
StoreResult<RecoveredLog> recover_log(Disk& disk,
    const std::string& directory,
    const ChainIdentity& chain,
    std::uint64_t file_size);
}  // namespace jiffy::store
