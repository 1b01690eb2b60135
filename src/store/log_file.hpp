// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/record_cursor.hpp"

#include <string>
#include <vector>

namespace jiffy::store
{
/// A file that holds records of a log.
struct LogFile
{
    std::string path;
    std::unique_ptr<File> file;
    FileHeader header;
    /// Bytes that it may take.
    std::uint64_t capacity = 0;
    /// Places to begin reading at: of the first record, and of later ones at intervals.
    std::vector<RecordPosition> waypoints;
};

/// A file that no record needs. Both copies of its header are zeros, durably; what else is in it does not matter.
struct SpareFile
{
    std::string path;
    std::unique_ptr<File> file;
    std::uint64_t size = 0;
};

/// Bytes between waypoints.
inline constexpr std::uint64_t waypoint_interval = std::uint64_t{1} << 20;

/// Remembers the position of a record about to follow, if it is far enough from the last one remembered.
inline void add_waypoint(LogFile& file, const RecordPosition& position)
{
    if (position.offset - file.waypoints.back().offset >= waypoint_interval)
        file.waypoints.push_back(position);
}

/// The last waypoint that is not behind `sequence`; the file's records begin no later.
inline const RecordPosition& waypoint_before(const LogFile& file, std::uint64_t sequence)
{
    auto result = file.waypoints.begin();
    for (auto next = result + 1; next != file.waypoints.end() && next->sequence <= sequence; ++next)
        result = next;
    return *result;
}

/// "wal-" and the number in 16 hex digits. Numbers say nothing about the order of files, which are used again.
std::string log_file_name(std::uint64_t number);

/// The number in a name that `log_file_name` made.
std::optional<std::uint64_t> number_in_log_file_name(const std::string& name);

/// Writes both copies of a file's header; zeros if there is none.
StoreResult<void> write_file_header(File& file, const FileHeader* header);

/// Writes zeros from `begin` to `end` and syncs them, in portions, so that other writers of the disk get their turn.
StoreResult<void> write_zeros(File& file, std::uint64_t begin, std::uint64_t end);
}  // namespace jiffy::store
