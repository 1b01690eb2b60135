// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/checkpoint.hpp"
#include "sequencer/doorbell.hpp"
#include "store/snapshot_file.hpp"
#include "store/write_ahead_log.hpp"
#include "world/world.hpp"

#include <expected>
#include <functional>
#include <thread>

namespace jiffy::node
{
/// A chain's data directory.
struct DataDirectory
{
    store::Disk& disk;
    std::string path;
    store::ChainIdentity chain;
};

/// What was found of snapshots.
struct FoundSnapshots
{
    /// Of the newest one that is whole; empty if there is none.
    std::optional<replica::Checkpoint> checkpoint;
    /// Numbers of the blocks of those that are damaged. To be removed once the chain goes on without them, so that they
    /// do not count among those that are kept.
    std::vector<std::uint64_t> damaged;
};

/// Fills a new world from the newest snapshot that is whole. `world` is made anew for each that is tried. The error, of
/// a snapshot of another chain or version or of the disk, is one line for people.
std::expected<FoundSnapshots, std::string> load_newest_snapshot(const DataDirectory& data,
    std::optional<world::World>& world,
    std::uint64_t hash_seed,
    const crypto::Kernels& kernels);

struct SnapshotOptions
{
    /// Blocks from one snapshot to the next.
    std::uint64_t interval = 600;
    /// How many are kept; the log is kept from the oldest on.
    std::size_t kept = 2;
    /// The log is kept whole all the same.
    bool keeps_log = false;
    /// Makes the blocks up to a number durable, since without the log they cannot be made again; false if it cannot.
    std::function<bool(std::uint64_t block_number)> make_blocks_durable = [](std::uint64_t) { return true; };
};

/// Where the log goes on behind a block; nothing if that is not known. Callable by any thread.
using PlaceBehind = std::function<std::optional<replica::LogPlace>(std::uint64_t block_number)>;

struct SnapshotMetrics
{
    std::atomic<std::uint64_t> taken = 0;
    /// Not taken, because the state went on too fast or the disk failed.
    std::atomic<std::uint64_t> missed = 0;
    /// Number of the block behind which the newest one is.
    std::atomic<std::uint64_t> newest = 0;
};

/// Takes snapshots of the state behind sealed blocks while the chain goes on, on a thread of its own, and gives up the
/// part of the log that is not needed any more.
class Snapshots
{
public:
    Snapshots(const DataDirectory& data,
        const world::World& world,
        const sequencer::History& history,
        store::WriteAheadLog& log,
        PlaceBehind place_behind,
        const crypto::Kernels& kernels,
        const SnapshotOptions& options,
        SnapshotMetrics& metrics);
    Snapshots(const Snapshots&) = delete;
    Snapshots& operator=(const Snapshots&) = delete;
    ~Snapshots();

    void start();
    void stop();
    /// Any thread: a block was sealed.
    void notify() { doorbell_.ring(); }

    /// The state behind the sealed head; false if it could not be taken. Only while the thread does not run.
    bool take();

private:
    void run();
    bool write(const sequencer::BlockRecord& block);
    void remove_old();

    DataDirectory data_;
    const world::World& world_;
    const sequencer::History& history_;
    store::WriteAheadLog& log_;
    PlaceBehind place_behind_;
    const crypto::Kernels& kernels_;
    SnapshotOptions options_;
    SnapshotMetrics& metrics_;
    std::uint64_t next_;
    sequencer::Doorbell doorbell_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};
}  // namespace jiffy::node
