// SPDX-License-Identifier: Apache-2.0
#include "node/node.hpp"

#include "node/feed_sink.hpp"
#include "node/following.hpp"
#include "node/group.hpp"
#include "node/leader.hpp"
#include "node/node_metrics.hpp"
#include "node/service.hpp"
#include "node/storage.hpp"

namespace jiffy::node
{
namespace
{
/// Why the chain cannot begin at the time that its file says; empty if it can.
std::string fault_of_time(const NodeOptions& options, const ChainFile& file)
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

/// Why the node cannot share its chain with others as it is told to; empty if it can, or does not.
std::string fault_of_group(const NodeOptions& options)
{
    const bool has_standbys =
        options.durability == types::Durability::standby || options.durability == types::Durability::standby_and_disk;
    if (has_standbys && !options.group)
        return "a sequencer that waits for standbys is one of several: it needs a name (--name)";
    if (options.group && (options.data_directory.empty() || !options.feed || !options.sequencer_secret))
        return "one of several sequencers needs the chain's key, a data directory and a feed";
    if (options.group && !has_standbys)
        return "one of several sequencers waits for standbys: --durability standby or standby+disk";
    return "";
}

/// The chain's file, if it has one, once it is known that the node can begin with it.
std::expected<std::optional<ChainFile>, std::string> chain_file(const NodeOptions& options)
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
    if (options.follow && !file)
        return std::unexpected{"a node that follows needs a genesis file"};
    if (options.sequencer_secret)
        if (auto fault = fault_of_key(*options.sequencer_secret, file); !fault.empty())
            return std::unexpected{std::move(fault)};
    return file;
}
}  // namespace

/// Everything in the order in which it stands on what is before it.
struct Node::Parts
{
    Parts(const NodeOptions& wanted, std::optional<ChainFile> file)
      : options{wanted}
      , chain{wanted, std::move(file)}
    {
    }

    /// Reads what there is of the chain and makes the parts that go on with it.
    std::expected<void, std::string> begin()
    {
        auto recovered = recover();
        if (!recovered)
            return std::unexpected{std::move(recovered.error())};
        service.emplace(chain, options, storage ? &storage->archive() : nullptr, [this] { return status(); });
        if (auto begun = begin_feed(); !begun)
            return begun;
        if (options.group)
        {
            if (auto begun = begin_in_group(std::move(*recovered)); !begun)
                return begun;
        }
        else if (options.follow)
        {
            if (auto begun = begin_to_follow(std::move(*recovered)); !begun)
                return begun;
        }
        else
        {
            const auto leading = leader_options(options, chain.specification.chain_id, recovered->follower.epoch());
            lead(std::move(recovered->follower), leading, log_sink());
        }
        if (storage)
            storage->take_snapshots(chain, [this](std::uint64_t block) { return place_behind(block); });
        return {};
    }

    std::expected<Recovered, std::string> recover()
    {
        auto on_chain_sealed = [this](const sequencer::BlockPointer& block) { on_sealed(block); };
        if (options.data_directory.empty())
        {
            chain.begin_with_genesis(std::move(on_chain_sealed));
            return Recovered{chain.make_follower(), feed::beginning_of(chain.identity())};
        }
        auto opened = Storage::open(options, chain.identity());
        if (!opened)
            return std::unexpected{std::move(opened.error())};
        storage = std::move(*opened);
        return storage->recover(chain, std::move(on_chain_sealed));
    }

    /// One of several: whether it leads or stands by is known once the witness was asked.
    std::expected<void, std::string> begin_in_group(Recovered recovered)
    {
        // The log is kept whole for the feed, which has found out where it ends.
        recovered.feed = publisher->window().end();
        auto opened = Group::open(chain, *storage, *publisher, options,
            {.on_standby = [this](const std::string& member) { send_to(member); },
                .on_lead = [this](replica::Follower follower, consensus::LockStep& lock_step,
                               const types::StatementTerms& terms)
                { take_the_lead(std::move(follower), lock_step, terms); },
                .on_term = [this](const types::StatementTerms& terms) { show_term(terms); },
                .on_notice = options.on_notice,
                .on_failure = options.on_failure});
        if (!opened)
            return std::unexpected{std::move(opened.error())};
        group = std::move(*opened);
        for (const auto& [name, peer] : options.group->peers)
        {
            if (peer.rpc_url.empty())
                continue;
            auto endpoint = rpc::parse_websocket_url(peer.rpc_url);
            if (!endpoint)
                return std::unexpected{"--peer " + endpoint.error()};
            forwarders.emplace(name, std::make_unique<rpc::Forwarder>(std::move(*endpoint)));
        }
        make_following(std::move(recovered), {.feeds = {}, .token = options.feed->server.token, .sequencer_url = {}});
        group->follow_with(*following);
        return {};
    }

    /// Transactions go to whoever leads now.
    void send_to(const std::string& leading)
    {
        if (const auto found = forwarders.find(leading); found != forwarders.end())
            service->route().send_elsewhere(*found->second);
    }

    /// On the group's thread: what was followed is led from here on.
    void take_the_lead(replica::Follower follower, consensus::LockStep& lock_step, const types::StatementTerms& terms)
    {
        auto leading = leader_options(options, chain.specification.chain_id, follower.epoch());
        leading.terms = terms;
        lead(std::move(follower), leading, lock_step.sink());
        show_term(terms);
        leader->start();
    }

    void show_term(const types::StatementTerms& terms)
    {
        const auto signer = service->signing().get().signer;
        service->signing().set({terms, signer});
        publisher->set_terms(terms, signer);
    }

    std::expected<void, std::string> begin_to_follow(Recovered recovered)
    {
        if (!recovered.feed)
            return std::unexpected{options.data_directory +
                                   ": the newest snapshot does not say where the feed goes on, as it is a sequencer's "
                                   "or of an older version; begin with an empty directory"};
        if (!options.follow->sequencer_url.empty())
        {
            auto endpoint = rpc::parse_websocket_url(options.follow->sequencer_url);
            if (!endpoint)
                return std::unexpected{"--sequencer " + endpoint.error()};
            auto& forwarder = forwarders["sequencer"];
            forwarder = std::make_unique<rpc::Forwarder>(std::move(*endpoint));
            service->route().send_elsewhere(*forwarder);
        }
        make_following(std::move(recovered), *options.follow);
        return {};
    }

    void make_following(Recovered recovered, FollowOptions follow)
    {
        auto signing = rpc::Signing{.terms = {.chain_id = chain.specification.chain_id},
            .signer = signature_check(chain.specification).sequencer()};
        if (const auto& epoch = recovered.follower.epoch())
            signing = {epoch->terms, epoch->signer};
        service->signing().set(signing);
        FollowingEvents events{
            .on_term = [this](const types::EpochFrame& epoch) { service->signing().set({epoch.terms, epoch.signer}); },
            .on_fragment = [this](const sequencer::BlockPointer& block, std::uint32_t first, std::uint32_t end)
            { service->on_followed(block, first, end); },
            .on_news = [this] { on_release(); },
            .on_notice = options.on_notice,
            .on_failure = options.on_failure};
        following = std::make_unique<Following>(
            chain, storage.get(), publisher.get(), std::move(recovered), std::move(follow), std::move(events));
    }

    sequencer::LogSink log_sink()
    {
        auto* log = storage ? &storage->order_log() : nullptr;
        if (publisher)
            return feed_sink(*publisher, log, chain.specification.chain_id);
        if (log == nullptr)
            return {};
        return sequencer::frame_by_frame(
            [log](const types::LogFrame& frame) { log->append(frame); }, [log] { return log->make_durable(); });
    }

    /// Leads the chain from where the follower is.
    void lead(replica::Follower follower, const LeaderOptions& leading, sequencer::LogSink sink)
    {
        leader =
            std::make_unique<Leader>(chain, std::move(follower), leading, std::move(sink), [this] { on_release(); });
        current_leader.store(leader.get(), std::memory_order_release);
        service->signing().set(leader->signing());
        service->route().sequence_here(leader->sequencer());
    }

    std::expected<void, std::string> begin_feed()
    {
        if (!options.feed)
            return {};
        if (storage && storage->log().first_sequence() != 1)
            return std::unexpected{options.data_directory +
                                   ": the log does not go back to genesis any more, as it was kept without a feed "
                                   "before; a feed can be served from a copy that does"};
        auto listening = feed::Publisher::listen(*options.feed);
        if (!listening)
            return std::unexpected{std::move(listening.error())};
        publisher = std::move(*listening);
        const auto identity = chain.identity();
        const auto* log = storage ? &storage->log() : nullptr;
        if (const auto begun = publisher->begin(identity, feed::beginning_of(identity), log); !begun)
            return std::unexpected{begun.error().text};
        return {};
    }

    void start()
    {
        add_metrics();
        if (storage)
            storage->start();
        if (options.verify_roots)
            chain.root_check.start();
        chain.sealer->start();
        service->start();
        if (publisher)
        {
            const auto [terms, signer] = service->signing().get();
            publisher->start(terms, signer);
        }
        is_recovered = true;
        if (leader)
            leader->start();
        for (const auto& [name, forwarder] : forwarders)
            forwarder->start();
        if (group)
            group->start();
        else if (following)
            following->start();
        service->serve(*server);
    }

    void stop()
    {
        server->stop();
        service->stop_workers();
        for (const auto& [name, forwarder] : forwarders)
            forwarder->stop();
        if (following)
            following->stop();
        if (group)
            group->stop();
        if (leader)
            leader->stop();
        chain.sealer->stop();
        if (storage)
            storage->stop_archive();
        service->stop();
        if (publisher)
            publisher->stop();
        chain.root_check.stop();
        if (storage)
            storage->stop();
    }

    void on_sealed(const sequencer::BlockPointer& block)
    {
        if (storage)
            storage->on_sealed(block);
        // While the log is followed there is nobody else yet.
        if (!is_recovered)
            return;
        if (auto* leading = current_leader.load(std::memory_order_acquire))
            leading->sequencer().notify_sealed();
        service->on_sealed();
        if (options.verify_roots)
            chain.root_check.push(block);
    }

    void on_release()
    {
        service->on_release();
        if (publisher)
            publisher->notify();
    }

    /// Where this node's log goes on behind a block.
    std::optional<replica::LogPlace> place_behind(std::uint64_t block)
    {
        if (auto place = following ? following->place_behind(block) : std::nullopt)
            return place;
        const auto place = storage->order_log().place_behind(block);
        return place ? std::optional{replica::LogPlace{place->sequence, place->epoch}} : std::nullopt;
    }

    [[nodiscard]] rpc::NodeStatus status() const
    {
        rpc::NodeStatus status;
        if (following)
        {
            const auto& followed = following->metrics();
            status.role = group ? "standby" : "replica";
            status.transactions = status.released_transactions = followed.transactions;
            status.fragments = followed.fragments;
            status.mini_blocks = followed.mini_blocks;
            status.blocks = followed.blocks;
        }
        const auto* leading = current_leader.load(std::memory_order_acquire);
        if (leading == nullptr)
        {
            status.behind = following ? following->progress() : std::nullopt;
            return status;
        }
        const auto& ordered = leading->sequencer().metrics();
        const auto& released = leading->releaser().metrics();
        status.role = "sequencer";
        status.transactions += ordered.transactions;
        status.fragments += released.fragments;
        status.released_transactions += released.released_transactions;
        status.mini_blocks += released.mini_blocks;
        status.blocks += ordered.blocks;
        status.parent_hash_waits = ordered.parent_hash_waits;
        status.pooled = leading->sequencer().pooled();
        return status;
    }

    void add_metrics()
    {
        auto& metrics = service->metrics();
        add_chain_metrics(metrics, chain, [this] { return status(); });
        add_route_metrics(metrics, service->route());
        metrics.gauge("jiffy_clock_lag_seconds", "How far the chain's time is behind wall time.",
            [this]
            {
                const auto* leading = current_leader.load(std::memory_order_acquire);
                const auto lag = leading != nullptr ? static_cast<std::int64_t>(leading->sequencer().lag()) : 0;
                return static_cast<double>(chain.clock.behind_wall_time() + lag) / 1e6;
            });
        metrics.gauge("jiffy_rpc_connections", "Open connections, HTTP and WebSocket.",
            [this] { return static_cast<double>(server->connection_count()); });
        add_feed_metrics(metrics, publisher.get());
        add_leader_metrics(metrics, [this] { return current_leader.load(std::memory_order_acquire); });
        add_following_metrics(metrics, following.get());
        add_forwarder_metrics(metrics, forwarders.empty() ? nullptr : forwarders.begin()->second.get());
        add_group_metrics(metrics, group.get());
        add_storage_metrics(metrics, storage.get());
        add_process_metrics(metrics);
    }

    /// The last to go: unanswered requests everywhere lead back to it.
    std::unique_ptr<rpc::Server> server;
    NodeOptions options;
    std::unique_ptr<Storage> storage;
    std::unique_ptr<feed::Publisher> publisher;
    ChainParts chain;
    std::atomic<bool> is_recovered = false;
    /// Made when this process begins to lead the chain.
    std::unique_ptr<Leader> leader;
    std::atomic<Leader*> current_leader = nullptr;
    /// By the name of whom they lead to.
    std::map<std::string, std::unique_ptr<rpc::Forwarder>> forwarders;
    std::unique_ptr<Following> following;
    std::unique_ptr<Group> group;
    /// Made when the chain has begun.
    std::optional<Service> service;
    bool stopped = false;
};

std::expected<std::unique_ptr<Node>, std::string> Node::start(const NodeOptions& options)
{
    auto file = chain_file(options);
    if (!file)
        return std::unexpected{std::move(file.error())};
    if (auto fault = fault_of_group(options); !fault.empty())
        return std::unexpected{std::move(fault)};
    auto server = listen(options);
    if (!server)
        return std::unexpected{std::move(server.error())};
    auto parts = std::make_unique<Parts>(options, std::move(*file));
    if (auto begun = parts->begin(); !begun)
        return std::unexpected{std::move(begun.error())};
    parts->server = std::move(*server);
    parts->start();
    return std::unique_ptr<Node>{new Node{std::move(parts)}};
}

Node::Node(std::unique_ptr<Parts> parts)
  : parts_{std::move(parts)}
{
}

Node::~Node()
{
    stop();
}

void Node::stop()
{
    if (!std::exchange(parts_->stopped, true))
        parts_->stop();
}

void Node::abandon()
{
    parts_->server->stop();
}

void Node::handle(std::string body, rpc::Responder respond)
{
    parts_->service->handle(std::move(body), std::move(respond));
}

std::uint16_t Node::port() const noexcept
{
    return parts_->server->port();
}

std::optional<std::uint16_t> Node::feed_port() const noexcept
{
    return parts_->publisher ? std::optional{parts_->publisher->port()} : std::nullopt;
}

const std::vector<sequencer::DevelopmentAccount>& Node::accounts() const noexcept
{
    return parts_->chain.accounts;
}

const sequencer::Genesis& Node::genesis() const noexcept
{
    return parts_->chain.genesis;
}

const chain::ChainSpecification& Node::specification() const noexcept
{
    return parts_->chain.specification;
}

Address Node::signer() const
{
    return parts_->service->signing().get().signer;
}

RootReport Node::root_report() const noexcept
{
    const auto& metrics = parts_->chain.root_check.metrics();
    return {metrics.verified, metrics.wrong, metrics.unchecked};
}
}  // namespace jiffy::node
