// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/archive.hpp"

namespace jiffy::sequencer
{
/// An archive that is examined, not used: nothing is made again. A block at the end that is not whole is cut off, as
/// whenever it is opened.
struct ArchiveFiles
{
    store::ChainIdentity chain;
    std::unique_ptr<store::BlockSegments> segments;
    store::StoreResult<std::unique_ptr<store::BlockIndex>> index;

    /// The data directory is locked.
    static store::StoreResult<ArchiveFiles> open(store::Disk& disk, const std::string& data_directory);
};

struct ArchiveStats
{
    std::uint64_t blocks = 0;
    std::size_t files = 0;
    std::uint64_t segment_bytes = 0;
    /// Before they were compressed.
    std::uint64_t block_bytes = 0;
    std::uint64_t longest_block = 0;
};

store::StoreResult<ArchiveStats> stats_of(const ArchiveFiles& files);

struct ArchiveCheck
{
    std::uint64_t blocks = 0;
    std::uint64_t transactions = 0;
    std::uint64_t mini_blocks = 0;
    /// Blocks behind the index's last one, which the next start adds.
    std::uint64_t unindexed = 0;
    /// What is wrong, in words for people; the first ones only.
    std::vector<std::string> faults;
};

/// Reads everything: that checksums are right, that each block follows on the one before, has the roots of its header,
/// and is found in the index by all its names. The error is a disk that does not read.
store::StoreResult<ArchiveCheck> check_archive(const ArchiveFiles& files);
}  // namespace jiffy::sequencer
