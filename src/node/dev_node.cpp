// SPDX-License-Identifier: Apache-2.0
#include "node/dev_node.hpp"

#include "base/hex.hpp"
#include "node/feed_sink.hpp"
#include "node/genesis_file.hpp"
#include "node/metrics.hpp"
#include "node/recovery.hpp"
#include "node/root_check.hpp"
#include "node/snapshots.hpp"
#include "node/version.hpp"
#include "rpc/dispatcher.hpp"
#include "rpc/methods.hpp"
#include "sequencer/archiver.hpp"
#include "sequencer/block_coding.hpp"
#include "store/order_log.hpp"
#include "store/posix_disk.hpp"
#include "world/state_trie_build.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

namespace jiffy::node
{
namespace
{
constexpr std::size_t waiting_jobs = 256;
constexpr std::size_t waiting_for_seals = 10'000;

std::uint64_t random_seed()
{
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

/// The time at which the chain's clock begins. A development chain that is said to have begun long ago would otherwise
/// have all the blocks since then to seal.
std::uint64_t start_of(const DevNodeOptions& options, const std::optional<ChainFile>& file)
{
    const auto wall_time = sequencer::SystemClock::wall_time();
    const bool is_development = !options.sequencer_secret;
    return file && is_development ? std::min(file->genesis.header.timestamp, wall_time) : wall_time;
}

/// Each start is a term of its own. A chain that is kept in memory begins anew with each start, and must not contradict
/// what was signed for the one before.
std::uint64_t epoch_of(const DevNodeOptions& options, const std::optional<types::EpochFrame>& last)
{
    if (last)
        return last->terms.epoch + 1;
    return options.sequencer_secret && options.data_directory.empty() ? sequencer::SystemClock::wall_time() : 1;
}

/// Why the chain cannot begin at the time that its file says; empty if it can.
std::string fault_of_time(const DevNodeOptions& options, const ChainFile& file)
{
    constexpr std::uint64_t most_missing_blocks = 100'000;
    const auto wall_time = sequencer::SystemClock::wall_time();
    const auto begin = file.genesis.header.timestamp;
    if (begin > wall_time)
        return "the chain begins in the future: its genesis time is " + std::to_string(begin);
    const auto missing = (wall_time - begin) * 1000 / file.specification.jiffy->block_time;
    // What has been running before may have been away for as long as it likes.
    if (options.sequencer_secret && options.data_directory.empty() && missing > most_missing_blocks)
        return "the chain began " + std::to_string(missing) + " blocks ago, more than " +
               std::to_string(most_missing_blocks) + " cannot be caught up with: its genesis time is " +
               std::to_string(begin);
    return "";
}

/// Why the key is not that of the chain's sequencer; empty if it is.
std::string fault_of_key(const Hash& secret, const std::optional<ChainFile>& file)
{
    const auto key = crypto::public_key_of(secret);
    if (!key)
        return "the sequencer's key is no key";
    if (!file)
        return "a sequencer needs a genesis file";
    const auto& wanted = file->specification.jiffy->sequencer;
    if (!wanted)
        return "the genesis file does not name the sequencer: config.jiffy.sequencer";
    const auto address = crypto::address_of(*key);
    if (address == *wanted)
        return "";
    return "the key is that of " + to_hex(address.view()) + ", but the chain's sequencer is " + to_hex(wanted->view());
}
}  // namespace

/// Everything in the order in which it stands on what is before it.
struct DevNode::Parts
{
    Parts(const DevNodeOptions& wanted, std::optional<ChainFile> file)
      : options{wanted}
      , seed{random_seed()}
      , clock{start_of(wanted, file)}
      , specification{file ? file->specification
                           : specification_of(wanted.preset,
                                 chain_id,
                                 wanted.mini_block_interval,
                                 wanted.block_interval)}
      , accounts{file ? std::vector<sequencer::DevelopmentAccount>{} : sequencer::development_accounts()}
      , genesis{file ? std::move(file->genesis)
                     : sequencer::development_genesis(specification, accounts, clock.now() / 1'000'000)}
      , world{std::in_place, seed}
      , history{wanted.history_blocks, seed, wanted.history_transactions}
      , root_check{*world, kernels}
      , waiters{history, waiting_for_seals}
      , subscriptions{history, waiters}
      , workers{std::max(1U, std::thread::hardware_concurrency() / 2), waiting_jobs}
    {
        sequencer::complete_genesis(genesis, specification, kernels);
    }

    void on_sealed(const sequencer::BlockPointer& block)
    {
        if (archiver)
            archiver->push(block);
        // While the log is followed there is nobody else yet.
        if (!sequencer)
            return;
        sequencer->notify_sealed();
        subscriptions.notify();
        if (snapshots)
            snapshots->notify();
        if (options.verify_roots)
            root_check.push(block);
    }

    /// Reads what there is of the chain and makes the parts that go on with it. The error is one line for people.
    std::expected<void, std::string> begin()
    {
        if (options.data_directory.empty())
        {
            begin_with_genesis();
            sequencer::LogSink sink;
            if (auto begun = begin_feed(sink); !begun)
                return begun;
            make_sequencer(make_follower({}, {}), std::move(sink));
            return {};
        }
        if (auto opened = open_log(); !opened)
            return opened;
        const auto found = load_newest_snapshot(data_directory(), world, seed, kernels);
        if (!found)
            return std::unexpected{found.error()};
        const auto& checkpoint = found->checkpoint;
        if (!checkpoint)
            begin_with_genesis();
        else if (auto begun = begin_with(*checkpoint); !begun)
            return begun;
        auto follower = checkpoint ? make_follower(checkpoint->position, checkpoint->epoch) : make_follower({}, {});
        const auto sequence = checkpoint ? checkpoint->log_sequence : 1;
        if (auto opened = open_archive(); !opened)
            return opened;
        if (const auto followed = follow_log(*log, sequence, specification.chain_id, *world, follower); !followed)
            return std::unexpected{options.data_directory + ": " + followed.error()};
        sealer->process_pending();
        if (const auto cut = archive->cut_behind(history.sealed_number()); !cut)
            return std::unexpected{options.data_directory + ": " + cut.error().text};
        if (auto fault = archiver->fault())
            return std::unexpected{options.data_directory + ": " + *fault};
        for (const auto number : found->damaged)
            if (const auto removed = store::remove_snapshot(disk, options.data_directory, number); !removed)
                return std::unexpected{removed.error().text};
        order_log.emplace(*log,
            store::OrderLogOptions{
                .chain_id = specification.chain_id, .waits_for_disk = options.durability == types::Durability::disk},
            [this](const store::Error& error) { options.on_failure(error.text); });
        auto sink = sequencer::frame_by_frame([this](const types::LogFrame& frame) { order_log->append(frame); },
            [this] { return order_log->make_durable(); });
        if (auto begun = begin_feed(sink); !begun)
            return begun;
        make_sequencer(std::move(follower), std::move(sink));
        snapshots.emplace(data_directory(), *world, history, *log, *order_log,
            types::EpochFrame{releaser->terms(), releaser->signer(), clock.now()}, kernels,
            SnapshotOptions{.interval = options.snapshot_interval,
                .keeps_log = options.feed.has_value(),
                .make_blocks_durable = [this](std::uint64_t number)
                { return archiver->sync_up_to(number).has_value(); }},
            snapshot_metrics);
        return {};
    }

    [[nodiscard]] DataDirectory data_directory()
    {
        return {disk, options.data_directory,
            {.chain_id = specification.chain_id, .genesis = types::header_hash(genesis.header)}};
    }

    void begin_with_genesis()
    {
        world->apply(genesis.state);
        sealer.emplace(
            history, kernels, genesis.state, [this](const sequencer::BlockPointer& block) { on_sealed(block); });
        sequencer::seal_genesis(genesis, *world, *sealer, history);
    }

    /// Begins behind the block of a snapshot, whose state is in the world.
    std::expected<void, std::string> begin_with(const replica::Checkpoint& checkpoint)
    {
        auto block = sequencer::decode_block_record(checkpoint.block);
        auto trie = world::build_state_trie(world->pin(), kernels);
        if (!block || trie->latest().root_hash != (*block)->sealed()->header.state_root)
            return std::unexpected{options.data_directory +
                                   ": the newest snapshot is not the state of its block; remove it, an older one or "
                                   "the log will do"};
        (*block)->close(world->commit_number());
        (*block)->end_release(checkpoint.position);
        history.begin(*block, checkpoint.ancestors);
        sealer.emplace(
            history, kernels, std::move(trie), [this](const sequencer::BlockPointer& sealed) { on_sealed(sealed); });
        return {};
    }

    replica::Follower make_follower(const std::optional<sequencer::ReleasePosition>& position,
        const std::optional<types::EpochFrame>& epoch)
    {
        const auto head = history.sealed_head();
        return {specification, *world, history, *sealer,
            sequencer::Assembler{kernels, position.value_or(head->release_end())}, epoch};
    }

    std::expected<void, std::string> open_log()
    {
        const auto& directory = options.data_directory;
        if (const auto made = disk.create_directories(directory); !made)
            return std::unexpected{made.error().text};
        auto lock = disk.lock_directory(directory);
        if (!lock)
            return std::unexpected{lock.error().text};
        directory_lock = std::move(*lock);
        // A new log would stand in the way of the old one, should that be brought back.
        const auto names = disk.list(directory);
        const auto snapshots_there = store::list_snapshots(disk, directory);
        if (!names || !snapshots_there)
            return std::unexpected{(names ? snapshots_there.error() : names.error()).text};
        const auto is_of_log = [](const std::string& name) { return name.starts_with("wal-"); };
        if (!snapshots_there->empty() && std::ranges::none_of(*names, is_of_log))
            return std::unexpected{
                directory + ": there are snapshots, but no files of the log (wal-*): bring them back"};
        auto opened = store::WriteAheadLog::open(disk, directory, data_directory().chain);
        if (!opened)
            return std::unexpected{opened.error().text};
        log = std::move(*opened);
        return {};
    }

    /// Has the sink tell the feed's subscribers, if there is to be a feed.
    std::expected<void, std::string> begin_feed(sequencer::LogSink& sink)
    {
        if (!options.feed)
            return {};
        if (log != nullptr && log->first_sequence() != 1)
            return std::unexpected{options.data_directory +
                                   ": the log does not go back to genesis any more, as it was kept without a feed "
                                   "before; a feed can be served from a copy that does"};
        auto listening = feed::Publisher::listen(*options.feed);
        if (!listening)
            return std::unexpected{std::move(listening.error())};
        publisher = std::move(*listening);
        const auto chain = data_directory().chain;
        if (const auto begun = publisher->begin(chain, feed::beginning_of(chain), log.get()); !begun)
            return std::unexpected{begun.error().text};
        sink = feed_sink(*publisher, order_log ? &*order_log : nullptr, chain.chain_id);
        return {};
    }

    std::expected<void, std::string> open_archive()
    {
        sequencer::ArchiveOptions archive_options;
        archive_options.segments.before_sync = [this] { return log->sync(); };
        auto opened = sequencer::Archive::open(disk, options.data_directory, data_directory().chain, archive_options);
        if (!opened)
            return std::unexpected{opened.error().text};
        archive = std::move(*opened);
        archiver.emplace(*archive, options.on_failure);
        archiver->push(history.sealed_head());
        return {};
    }

    void make_sequencer(replica::Follower follower, sequencer::LogSink sink)
    {
        const auto block_interval = specification.jiffy->block_time * 1000;
        const sequencer::ChainStart start{
            genesis.header.timestamp, follower.assembler().block(), follower.knows_parent()};
        const auto epoch = epoch_of(options, follower.epoch());
        releaser.emplace(history, *sealer, clock,
            sequencer::ReleaseStartingPoint{.assembler = std::move(follower).finish(),
                .ids = world->id_counts(),
                .genesis_time = genesis.header.timestamp},
            sequencer::ReleaseOptions{
                .terms = {.domain = options.sequencer_secret ? types::StatementDomain::production
                                                             : types::StatementDomain::development,
                    .chain_id = specification.chain_id,
                    .epoch = epoch,
                    .durability = options.durability},
                .secret = options.sequencer_secret.value_or(sequencer::development_sequencer_secret()),
                .mini_block_interval = specification.jiffy->mini_block_interval * 1000,
                .block_interval = block_interval},
            std::move(sink),
            [this]
            {
                subscriptions.notify_released();
                if (publisher)
                    publisher->notify();
            });
        sequencer.emplace(specification, *world, history, *sealer, *releaser, clock, start,
            sequencer::SequencerOptions{.block_interval = block_interval,
                .beneficiary = specification.optimism ? chain::predeploys::sequencer_fee_vault : Address{},
                .pool = {},
                .hash_seed = seed,
                .ends_block_at_stop = log == nullptr});
        ingress.emplace(*sequencer, options.admission);
        std::vector<Address> addresses;
        addresses.reserve(accounts.size());
        for (const auto& account : accounts)
            addresses.push_back(account.address);
        backend.emplace(rpc::Backend{specification, *world, history, *sealer, *releaser, *sequencer, *ingress, workers,
            waiters, subscriptions, filters, std::string{client_version}, std::move(addresses), {},
            options.verify_roots ? &root_check.metrics() : nullptr, archive.get()});
        auto methods = rpc::all_methods();
        if (!options.sequencer_secret)
            methods.push_back(rpc::anvil_methods());
        dispatcher.emplace(*backend, methods);
        add_metrics();
    }

    void add_metrics()
    {
        const auto& ledger = sequencer->metrics();
        metrics.counter("jiffy_transactions_total", "Transactions executed.", ledger.transactions);
        const auto& release = releaser->metrics();
        metrics.counter("jiffy_fragments_total", "Fragments released and signed.", release.fragments);
        metrics.counter("jiffy_released_transactions_total", "Transactions released to their senders.",
            release.released_transactions);
        metrics.counter("jiffy_mini_blocks_total", "Mini-blocks sealed.", release.mini_blocks);
        metrics.counter("jiffy_blocks_total", "EVM blocks closed.", ledger.blocks);
        metrics.counter("jiffy_parent_hash_waits_total", "Transactions that had to wait for the parent's hash.",
            ledger.parent_hash_waits);
        metrics.gauge("jiffy_waiting_transactions", "Transactions that wait for the recovery of their senders.",
            [this] { return static_cast<double>(ingress->waiting()); });
        metrics.counter("jiffy_overload_refusals_total", "Transactions refused because more came than could be done.",
            ingress->refused());
        metrics.gauge("jiffy_pool_transactions", "Transactions in the pool, which cannot run yet.",
            [this] { return static_cast<double>(sequencer->pooled()); });
        metrics.gauge("jiffy_clock_lag_seconds", "How far the chain's time is behind wall time.",
            [this]
            {
                const auto behind = clock.behind_wall_time() + static_cast<std::int64_t>(sequencer->lag());
                return static_cast<double>(behind) / 1e6;
            });
        metrics.gauge("jiffy_rpc_connections", "Open connections, HTTP and WebSocket.",
            [this] { return static_cast<double>(server->connection_count()); });
        add_feed_metrics(metrics, publisher.get());
        const auto& ordering = sequencer->latencies();
        metrics.histogram("jiffy_ingress_seconds",
            "From the reading of a request to its transaction decoded, its sender known.", ordering.ingress);
        metrics.histogram("jiffy_queue_seconds", "From there to a transaction's turn.", ordering.queue);
        metrics.histogram("jiffy_execution_seconds", "Execution of a transaction.", ordering.execution);
        metrics.histogram("jiffy_release_seconds", "From a transaction's execution to its release, signed.",
            releaser->latencies().release);
        metrics.histogram("jiffy_signature_seconds", "Signing of a fragment.", releaser->latencies().signature);
        metrics.histogram("jiffy_mini_block_seal_seconds", "Roots, commitment and signature of a mini-block.",
            releaser->latencies().mini_block_seal);
        metrics.histogram("jiffy_mini_block_interval_seconds", "From one mini-block's seal to the next one's.",
            releaser->latencies().mini_block_interval);
        metrics.histogram("jiffy_block_change_seconds", "End of a block and opening of the next, when nothing runs.",
            ordering.block_change);
        metrics.histogram(
            "jiffy_block_seal_seconds", "Roots and header of a block, in the background.", sealer->latency());
        metrics.counter("jiffy_snapshots_total", "Snapshots of the state taken.", snapshot_metrics.taken);
        metrics.counter("jiffy_snapshots_missed_total",
            "Snapshots not taken, as the state went on too fast or the disk failed.", snapshot_metrics.missed);
        metrics.gauge("jiffy_snapshot_block", "Number of the block behind which the newest snapshot is.",
            [this] { return static_cast<double>(snapshot_metrics.newest); });
        const auto& roots = root_check.metrics();
        metrics.counter("jiffy_roots_verified_total", "State roots recomputed and right.", roots.verified);
        metrics.counter("jiffy_roots_wrong_total", "State roots recomputed and wrong.", roots.wrong);
        metrics.counter(
            "jiffy_roots_unchecked_total", "Blocks that the check of roots was too slow for.", roots.unchecked);
        metrics.gauge("jiffy_archive_waiting_blocks", "Sealed blocks that wait for the archive.",
            [this] { return archiver ? static_cast<double>(archiver->waiting()) : 0.0; });
        metrics.counter("jiffy_archive_read_errors_total",
            "Reads of the archive that failed: its blocks were answered for as if there were none.",
            archive ? archive->read_errors() : no_read_errors);
        add_process_metrics(metrics);
    }

    /// The last to go: unanswered requests everywhere lead back to it.
    std::unique_ptr<rpc::Server> server;
    DevNodeOptions options;
    store::PosixDisk disk;
    std::unique_ptr<store::DirectoryLock> directory_lock;
    std::unique_ptr<store::WriteAheadLog> log;
    std::optional<store::OrderLog> order_log;
    std::unique_ptr<feed::Publisher> publisher;
    std::unique_ptr<sequencer::Archive> archive;
    std::optional<sequencer::Archiver> archiver;
    const std::atomic<std::uint64_t> no_read_errors = 0;
    std::uint64_t seed;
    const crypto::Kernels& kernels = crypto::native_kernels();
    sequencer::SystemClock clock;
    chain::ChainSpecification specification;
    std::vector<sequencer::DevelopmentAccount> accounts;
    sequencer::Genesis genesis;
    std::optional<world::World> world;
    sequencer::History history;
    RootCheck root_check;
    std::optional<sequencer::Sealer> sealer;
    std::optional<sequencer::Releaser> releaser;
    std::optional<sequencer::Sequencer> sequencer;
    SnapshotMetrics snapshot_metrics;
    std::optional<Snapshots> snapshots;
    rpc::SealWaiters waiters;
    rpc::Subscriptions subscriptions;
    rpc::Filters filters;
    std::optional<rpc::Ingress> ingress;
    rpc::Workers workers;
    std::optional<rpc::Backend> backend;
    std::optional<rpc::Dispatcher> dispatcher;
    Metrics metrics;
    bool stopped = false;
};

std::expected<std::unique_ptr<DevNode>, std::string> DevNode::start(const DevNodeOptions& options)
{
    std::optional<ChainFile> file;
    if (!options.genesis_file.empty())
    {
        auto read = read_genesis_file(options.genesis_file);
        if (!read)
            return std::unexpected{read.error()};
        file = std::move(*read);
    }
    if (file)
        if (auto fault = fault_of_time(options, *file); !fault.empty())
            return std::unexpected{std::move(fault)};
    if (options.sequencer_secret)
        if (auto fault = fault_of_key(*options.sequencer_secret, file); !fault.empty())
            return std::unexpected{std::move(fault)};
    rpc::ServerOptions server_options;
    server_options.host = options.host;
    server_options.port = options.port;
    server_options.threads = std::max(2U, std::thread::hardware_concurrency() / 4);
    server_options.oversize_answer =
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"request body too large"}})";
    auto server = rpc::Server::listen(server_options);
    if (!server)
        return std::unexpected{server.error()};

    auto parts = std::make_unique<Parts>(options, std::move(file));
    if (auto begun = parts->begin(); !begun)
        return std::unexpected{std::move(begun.error())};
    parts->server = std::move(*server);
    if (parts->order_log)
        parts->order_log->start();
    if (parts->archiver)
        parts->archiver->start();
    if (parts->snapshots)
        parts->snapshots->start();
    if (options.verify_roots)
        parts->root_check.start();
    parts->sealer->start();
    parts->subscriptions.start();
    if (parts->publisher)
        parts->publisher->start(parts->releaser->terms(), parts->releaser->signer());
    parts->releaser->start();
    parts->sequencer->start();
    parts->server->start([&dispatcher = *parts->dispatcher](
                             std::string body, const std::shared_ptr<rpc::Channel>& channel, rpc::Responder respond)
        { dispatcher.handle(std::move(body), channel, std::move(respond)); },
        [&metrics = parts->metrics] { return metrics.text(); }, &*parts->ingress,
        [&dispatcher = *parts->dispatcher](std::string_view body, std::string& answer)
        { return dispatcher.refuse_in_passing(body, answer); });
    return std::unique_ptr<DevNode>{new DevNode{std::move(parts)}};
}

DevNode::DevNode(std::unique_ptr<Parts> parts)
  : parts_{std::move(parts)}
{
}

DevNode::~DevNode()
{
    stop();
}

void DevNode::stop()
{
    if (std::exchange(parts_->stopped, true))
        return;
    parts_->server->stop();
    parts_->workers.stop();
    parts_->sequencer->stop();
    parts_->releaser->stop();
    parts_->sealer->stop();
    if (parts_->archiver)
        parts_->archiver->stop();
    parts_->subscriptions.stop();
    if (parts_->publisher)
        parts_->publisher->stop();
    parts_->root_check.stop();
    if (parts_->snapshots)
        parts_->snapshots->stop();
    if (parts_->order_log)
        parts_->order_log->stop();
}

void DevNode::abandon()
{
    parts_->server->stop();
}

void DevNode::handle(std::string body, rpc::Responder respond)
{
    parts_->dispatcher->handle(std::move(body), nullptr, std::move(respond));
}

std::uint16_t DevNode::port() const noexcept
{
    return parts_->server->port();
}

std::optional<std::uint16_t> DevNode::feed_port() const noexcept
{
    return parts_->publisher ? std::optional{parts_->publisher->port()} : std::nullopt;
}

const std::vector<sequencer::DevelopmentAccount>& DevNode::accounts() const noexcept
{
    return parts_->accounts;
}

const sequencer::Genesis& DevNode::genesis() const noexcept
{
    return parts_->genesis;
}

const chain::ChainSpecification& DevNode::specification() const noexcept
{
    return parts_->specification;
}

const Address& DevNode::signer() const noexcept
{
    return parts_->releaser->signer();
}

RootReport DevNode::root_report() const noexcept
{
    const auto& metrics = parts_->root_check.metrics();
    return {metrics.verified, metrics.wrong, metrics.unchecked};
}
}  // namespace jiffy::node
