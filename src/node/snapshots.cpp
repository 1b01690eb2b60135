// SPDX-License-Identifier: Apache-2.0
#include "node/snapshots.hpp"

#include "sequencer/thread_priority.hpp"
#include "world/state_restorer.hpp"

namespace jiffy::node
{
namespace
{
/// True if the world has been filled from the image.
bool restore(store::SnapshotReader& reader,
    world::World& world,
    const store::ChainIdentity& chain,
    const crypto::Kernels& kernels)
{
    world::StateRestorer restorer{world, {chain.chain_id, chain.genesis}, kernels};
    for (;;)
    {
        const auto piece = reader.next();
        if (!piece)
            return false;
        if (piece->empty())
            return restorer.finish().has_value();
        if (!restorer.feed(*piece))
            return false;
    }
}
}  // namespace

std::expected<FoundSnapshots, std::string> load_newest_snapshot(const DataDirectory& data,
    std::optional<world::World>& world,
    std::uint64_t hash_seed,
    const crypto::Kernels& kernels)
{
    const auto numbers = store::list_snapshots(data.disk, data.path);
    if (!numbers)
        return std::unexpected{numbers.error().text};
    if (const auto removed = store::remove_unfinished_snapshot(data.disk, data.path); !removed)
        return std::unexpected{removed.error().text};
    FoundSnapshots found;
    for (auto number = numbers->rbegin(); number != numbers->rend(); ++number)
    {
        auto reader = store::SnapshotReader::open(data.disk, data.path, data.chain, *number);
        if (!reader && reader.error().kind != store::ErrorKind::damaged)
            return std::unexpected{reader.error().text};
        auto checkpoint =
            reader ? replica::decode_checkpoint(reader->checkpoint())
                   : Result<replica::Checkpoint, types::FrameError>{std::unexpect, types::FrameError::malformed};
        if (checkpoint && restore(*reader, world.emplace(hash_seed), data.chain, kernels))
        {
            found.checkpoint = std::move(*checkpoint);
            return found;
        }
        found.damaged.push_back(*number);
    }
    world.emplace(hash_seed);
    return found;
}

Snapshots::Snapshots(const DataDirectory& data,
    const world::World& world,
    const sequencer::History& history,
    store::WriteAheadLog& log,
    PlaceBehind place_behind,
    const crypto::Kernels& kernels,
    const SnapshotOptions& options,
    SnapshotMetrics& metrics)
  : data_{data}
  , world_{world}
  , history_{history}
  , log_{log}
  , place_behind_{std::move(place_behind)}
  , kernels_{kernels}
  , options_{options}
  , metrics_{metrics}
  , next_{history.sealed_number() + options.interval}
{
}

Snapshots::~Snapshots()
{
    stop();
}

void Snapshots::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void Snapshots::stop()
{
    if (!thread_.joinable())
        return;
    stopping_ = true;
    doorbell_.ring();
    thread_.join();
}

void Snapshots::run()
{
    sequencer::name_thread("snapshots");
    sequencer::lower_thread_priority();
    while (!stopping_)
    {
        if (history_.sealed_number() >= next_)
            take();
        doorbell_.wait();
    }
}

bool Snapshots::take()
{
    const auto block = history_.sealed_head();
    next_ = block->number() + options_.interval;
    if (!write(*block))
    {
        ++metrics_.missed;
        next_ = block->number() + std::max<std::uint64_t>(options_.interval / 10, 1);
        // It may have filled the disk, which the log needs more.
        static_cast<void>(store::remove_unfinished_snapshot(data_.disk, data_.path));
        return false;
    }
    metrics_.newest = block->number();
    ++metrics_.taken;
    remove_old();
    return true;
}

bool Snapshots::write(const sequencer::BlockRecord& block)
{
    const auto commit = block.state_commit();
    const auto place = place_behind_(block.number());
    // A block from before the start has neither here; the next one has.
    auto pinned = commit && place ? world_.pin_at(*commit) : std::nullopt;
    if (!pinned)
        return false;
    const auto checkpoint = replica::encode(replica::make_checkpoint(block, history_, *place));
    auto writer = store::SnapshotWriter::create(data_.disk, data_.path, data_.chain, block.number(), checkpoint);
    if (!writer)
        return false;
    const auto image = world::write_state_image(*pinned, {data_.chain.chain_id, data_.chain.genesis}, kernels_,
        [&](BytesView piece) { return !stopping_ && writer->write(piece).has_value(); });
    // Nothing that the log does not have may follow from a snapshot.
    return image && log_.sync() && options_.make_blocks_durable(block.number()) && writer->finish();
}

void Snapshots::remove_old()
{
    const auto numbers = store::list_snapshots(data_.disk, data_.path);
    if (!numbers || numbers->size() < options_.kept)
        return;
    for (std::size_t i = 0; i + options_.kept < numbers->size(); ++i)
        if (!store::remove_snapshot(data_.disk, data_.path, (*numbers)[i]))
            return;
    if (options_.keeps_log)
        return;
    // Should the newest one turn out to be damaged, the chain can still go on from the oldest.
    const auto oldest = (*numbers)[numbers->size() - options_.kept];
    const auto reader = store::SnapshotReader::open(data_.disk, data_.path, data_.chain, oldest);
    const auto checkpoint =
        reader ? replica::decode_checkpoint(reader->checkpoint())
               : Result<replica::Checkpoint, types::FrameError>{std::unexpect, types::FrameError::malformed};
    if (!checkpoint)
        return;
    // The log is longer than it need be if this fails, and the next snapshot tries again.
    static_cast<void>(log_.release_before(checkpoint->log_sequence));
}
}  // namespace jiffy::node
