// SPDX-License-Identifier: Apache-2.0
#include "cli/db.hpp"

#include "sequencer/archive_check.hpp"
#include "store/posix_disk.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace jiffy::cli
{
namespace
{
constexpr int sound = 0;
constexpr int wrong = 1;
constexpr int no_answer = 2;

int complain(const store::Error& error)
{
    fmt::print(stderr, "jiffy: {}\n", error.text);
    return error.kind == store::ErrorKind::damaged ? wrong : no_answer;
}

/// Calls `report` with what is open, while nobody else uses it.
template <class Report>
int with_archive(const std::string& data_directory, Report report)
{
    store::PosixDisk disk;
    const auto lock = disk.lock_directory(data_directory);
    if (!lock)
        return complain(lock.error());
    const auto files = sequencer::ArchiveFiles::open(disk, data_directory);
    if (!files)
        return complain(files.error());
    return report(*files);
}
}  // namespace

int db_stats(const std::string& data_directory)
{
    return with_archive(data_directory,
        [](const sequencer::ArchiveFiles& files)
        {
            const auto stats = sequencer::stats_of(files);
            if (!stats)
                return complain(stats.error());
            fmt::print("chain id         {}\n", files.chain.chain_id);
            fmt::print("blocks           {}, from {} on\n", stats->blocks, files.segments->first_number());
            fmt::print("segment files    {}, {} bytes\n", stats->files, stats->segment_bytes);
            fmt::print("uncompressed     {} bytes\n", stats->block_bytes);
            fmt::print("longest block    {} bytes\n", stats->longest_block);
            if (files.index)
                fmt::print("index            {} bytes, up to block {}\n", (*files.index)->size(),
                    (*files.index)->next_number() - 1);
            else
                fmt::print("index            {}\n", files.index.error().text);
            return sound;
        });
}

int db_verify(const std::string& data_directory)
{
    return with_archive(data_directory,
        [](const sequencer::ArchiveFiles& files)
        {
            const auto checked = sequencer::check_archive(files);
            if (!checked)
                return complain(checked.error());
            for (const auto& fault : checked->faults)
                fmt::print(stderr, "jiffy: {}\n", fault);
            fmt::print("{} blocks, {} transactions, {} mini-blocks read; {} blocks not in the index yet; {}\n",
                checked->blocks, checked->transactions, checked->mini_blocks, checked->unindexed,
                checked->faults.empty() ? "all is right" : "something is wrong");
            return checked->faults.empty() ? sound : wrong;
        });
}
}  // namespace jiffy::cli
