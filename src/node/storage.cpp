// SPDX-License-Identifier: Apache-2.0
#include "node/storage.hpp"

#include "node/recovery.hpp"

#include <algorithm>

namespace jiffy::node
{
std::expected<std::unique_ptr<Storage>, std::string> Storage::open(const NodeOptions& options,
    const store::ChainIdentity& chain)
{
    std::unique_ptr<Storage> storage{new Storage{options, chain}};
    if (auto opened = storage->open_log(); !opened)
        return std::unexpected{std::move(opened.error())};
    return storage;
}

Storage::Storage(const NodeOptions& options, const store::ChainIdentity& chain)
  : options_{options}
  , chain_{chain}
{
}

std::unexpected<std::string> Storage::fault(const std::string& text) const
{
    return std::unexpected{options_.data_directory + ": " + text};
}

std::expected<void, std::string> Storage::open_log()
{
    const auto& path = options_.data_directory;
    if (const auto made = disk_.create_directories(path); !made)
        return std::unexpected{made.error().text};
    auto lock = disk_.lock_directory(path);
    if (!lock)
        return std::unexpected{lock.error().text};
    lock_ = std::move(*lock);
    // A new log would stand in the way of the old one, should that be brought back.
    const auto names = disk_.list(path);
    const auto snapshots = store::list_snapshots(disk_, path);
    if (!names || !snapshots)
        return std::unexpected{(names ? snapshots.error() : names.error()).text};
    const auto is_of_log = [](const std::string& name) { return name.starts_with("wal-"); };
    if (!snapshots->empty() && std::ranges::none_of(*names, is_of_log))
        return fault("there are snapshots, but no files of the log (wal-*): bring them back");
    auto opened = store::WriteAheadLog::open(disk_, path, chain_);
    if (!opened)
        return std::unexpected{opened.error().text};
    log_ = std::move(*opened);
    return {};
}

std::expected<void, std::string> Storage::open_archive(const ChainParts& chain)
{
    sequencer::ArchiveOptions archive_options;
    archive_options.segments.before_sync = [this] { return log_->sync(); };
    auto opened = sequencer::Archive::open(disk_, options_.data_directory, chain_, archive_options);
    if (!opened)
        return std::unexpected{opened.error().text};
    archive_ = std::move(*opened);
    archiver_.emplace(*archive_, options_.on_failure);
    archiver_->push(chain.history.sealed_head());
    return {};
}

std::expected<Recovered, std::string> Storage::recover(ChainParts& chain, OnSealed on_sealed)
{
    const auto found = load_newest_snapshot(directory(), chain.world, chain.hash_seed, chain.kernels);
    if (!found)
        return std::unexpected{found.error()};
    const auto& checkpoint = found->checkpoint;
    if (!checkpoint)
        chain.begin_with_genesis(std::move(on_sealed));
    else if (!chain.begin_with(*checkpoint, std::move(on_sealed)))
        return fault("the newest snapshot is not the state of its block; remove it, an older one or the log will do");
    if (auto opened = open_archive(chain); !opened)
        return std::unexpected{std::move(opened.error())};
    Recovered recovered{chain.make_follower(checkpoint), feed::beginning_of(chain_)};
    if (checkpoint)
        recovered.feed = checkpoint->feed;
    if (const auto followed = follow_log(*log_, checkpoint ? checkpoint->log_sequence : 1, chain_.chain_id,
            *chain.world, recovered.follower, recovered.feed);
        !followed)
        return fault(followed.error());
    chain.sealer->process_pending();
    if (const auto cut = archive_->cut_behind(chain.history.sealed_number()); !cut)
        return fault(cut.error().text);
    if (const auto failed = archiver_->fault())
        return fault(*failed);
    for (const auto number : found->damaged)
        if (const auto removed = store::remove_snapshot(disk_, options_.data_directory, number); !removed)
            return std::unexpected{removed.error().text};
    order_log_.emplace(*log_,
        store::OrderLogOptions{.chain_id = chain_.chain_id,
            .waits_for_disk = waits_for_disk(options_.durability),
            .waits_for_system = options_.group.has_value()},
        [this](const store::Error& error) { options_.on_failure(error.text); });
    return recovered;
}

void Storage::take_snapshots(const ChainParts& chain, PlaceBehind place_behind)
{
    snapshots_.emplace(directory(), *chain.world, chain.history, *log_, std::move(place_behind), chain.kernels,
        SnapshotOptions{.interval = options_.snapshot_interval,
            .keeps_log = options_.feed.has_value(),
            .make_blocks_durable = [this](std::uint64_t number) { return archiver_->sync_up_to(number).has_value(); }},
        snapshot_metrics_);
}

bool Storage::append(BytesView record)
{
    const auto appended = log_->append(record);
    if (!appended)
        options_.on_failure(appended.error().text);
    return appended.has_value();
}

void Storage::start()
{
    order_log_->start();
    archiver_->start();
    snapshots_->start();
}

void Storage::on_sealed(const sequencer::BlockPointer& block)
{
    archiver_->push(block);
    if (snapshots_)
        snapshots_->notify();
}

void Storage::stop_archive()
{
    archiver_->stop();
}

void Storage::stop()
{
    snapshots_->stop();
    order_log_->stop();
}

void add_storage_metrics(Metrics& metrics, const Storage* storage)
{
    static const std::atomic<std::uint64_t> none = 0;
    static const SnapshotMetrics no_snapshots;
    const auto& snapshots = storage != nullptr ? storage->snapshot_metrics() : no_snapshots;
    metrics.counter("jiffy_snapshots_total", "Snapshots of the state taken.", snapshots.taken);
    metrics.counter("jiffy_snapshots_missed_total",
        "Snapshots not taken, as the state went on too fast or the disk failed.", snapshots.missed);
    metrics.gauge("jiffy_snapshot_block", "Number of the block behind which the newest snapshot is.",
        [&snapshots] { return static_cast<double>(snapshots.newest); });
    metrics.gauge("jiffy_archive_waiting_blocks", "Sealed blocks that wait for the archive.",
        [storage] { return storage != nullptr ? static_cast<double>(storage->waiting_for_archive()) : 0.0; });
    metrics.counter("jiffy_archive_read_errors_total",
        "Reads of the archive that failed: its blocks were answered for as if there were none.",
        storage != nullptr ? storage->archive().read_errors() : none);
}
}  // namespace jiffy::node
