// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/chain_parts.hpp"
#include "node/metrics.hpp"
#include "node/snapshots.hpp"
#include "sequencer/archiver.hpp"
#include "store/order_log.hpp"
#include "store/posix_disk.hpp"

namespace jiffy::node
{
/// Where a log ends that was followed.
struct Recovered
{
    replica::Follower follower;
    /// The place there in the feed of the chain; nothing if neither a snapshot nor the log itself tells it.
    std::optional<feed::FeedPosition> feed;
};

/// Where a chain is kept: log, snapshots of the state, and archive of the blocks. Errors are one line for people.
class Storage
{
public:
    /// Takes the directory for this process and opens the log.
    static std::expected<std::unique_ptr<Storage>, std::string> open(const NodeOptions& options,
        const store::ChainIdentity& chain);
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;

    /// Brings an empty chain to where its log ends, from the newest snapshot on. `on_sealed` is to call that of this.
    std::expected<Recovered, std::string> recover(ChainParts& chain, OnSealed on_sealed);
    /// After `recover`: snapshots are taken from now on. `place_behind` says where the log goes on behind a block.
    void take_snapshots(const ChainParts& chain, PlaceBehind place_behind);

    /// The log's next record as another node has written it, in place of `order_log`, by one thread. False, and told to
    /// the owner, if it cannot be written. The disk follows behind.
    bool append(BytesView record);

    void start();
    void on_sealed(const sequencer::BlockPointer& block);
    /// The sealer has stopped.
    void stop_archive();
    /// Nothing is written to the log any more.
    void stop();

    [[nodiscard]] const store::WriteAheadLog& log() const noexcept { return *log_; }
    /// After `recover`. One thread writes to it.
    [[nodiscard]] store::OrderLog& order_log() noexcept { return *order_log_; }
    [[nodiscard]] const sequencer::Archive& archive() const noexcept { return *archive_; }
    [[nodiscard]] std::size_t waiting_for_archive() const { return archiver_->waiting(); }
    [[nodiscard]] const SnapshotMetrics& snapshot_metrics() const noexcept { return snapshot_metrics_; }

private:
    Storage(const NodeOptions& options, const store::ChainIdentity& chain);

    [[nodiscard]] DataDirectory directory() { return {disk_, options_.data_directory, chain_}; }
    [[nodiscard]] std::unexpected<std::string> fault(const std::string& text) const;
    std::expected<void, std::string> open_log();
    std::expected<void, std::string> open_archive(const ChainParts& chain);

    NodeOptions options_;
    store::ChainIdentity chain_;
    store::PosixDisk disk_;
    std::unique_ptr<store::DirectoryLock> lock_;
    std::unique_ptr<store::WriteAheadLog> log_;
    std::optional<store::OrderLog> order_log_;
    std::unique_ptr<sequencer::Archive> archive_;
    std::optional<sequencer::Archiver> archiver_;
    SnapshotMetrics snapshot_metrics_;
    std::optional<Snapshots> snapshots_;
};

/// Figures of what is on disk; zeros without it.
void add_storage_metrics(Metrics& metrics, const Storage* storage);
}  // namespace jiffy::node
