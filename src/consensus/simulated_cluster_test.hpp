// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/leader_core.hpp"
#include "consensus/leader_record.hpp"
#include "consensus/simulated_network_test.hpp"
#include "consensus/standby_core.hpp"
#include "store/little_endian.hpp"
#include "store/simulated_disk.hpp"

#include <gtest/gtest.h>

namespace jiffy::consensus
{
/// How a run's nodes keep their logs.
struct ClusterOptions
{
    std::size_t nodes = 2;
    /// Records are written to the log when they are appended; else when they are released.
    bool writes_at_once = true;
    /// The leader's memory: how many of the newest records a standby can be given.
    std::size_t window = 1'000'000;
    /// On the wires, in microseconds.
    std::uint64_t longest_delay = 400;
    /// Between two records, in microseconds.
    std::uint64_t longest_pause = 8000;
};

/// What came of a run.
struct ClusterFigures
{
    std::uint64_t released = 0;
    std::uint64_t takeovers = 0;
    std::uint64_t restarts = 0;
    std::uint64_t joins = 0;
    std::uint64_t removals = 0;
    std::uint64_t hand_overs = 0;
    std::uint64_t begun_again = 0;
    std::uint64_t cuts = 0;
    std::uint64_t forced = 0;
    std::uint64_t lost = 0;
    std::uint64_t spurious = 0;
};

/// A leader, its standbys and a witness on simulated machines, disks and wires. What is promised is compared at every
/// step; the first thing that does not hold ends the run.
class SimulatedCluster
{
public:
    SimulatedCluster(std::uint64_t seed, const ClusterOptions& options)
      : options_{options}
      , simulation_{seed}
      , network_{simulation_, {.on_connection = [this](auto at, auto connection, bool& is_accepted)
                                  { return take_connection(at, connection, is_accepted); },
                                  .on_outcome = [this](auto at, auto connection, bool is_accepted)
                                  { return take_outcome(at, connection, is_accepted); },
                                  .on_message = [this](auto at, auto connection, const Bytes& message)
                                  { return take_message(at, connection, message); },
                                  .on_close = [this](auto at, auto connection) { return take_close(at, connection); }}}
      , witness_disk_{std::make_unique<store::SimulatedDisk>(seed)}
      , nodes_(options.nodes)
    {
        network_.slow_down(options.longest_delay);
        open_witness();
        for (std::size_t i = 0; i < nodes_.size(); ++i)
        {
            nodes_[i].name = std::string{"node-"} + static_cast<char>('a' + i);
            start(i);
            feed_traffic(i);
        }
    }

    /// Lets things happen for so many microseconds, with faults or without.
    void run(std::uint64_t duration, bool has_faults)
    {
        const auto end = simulation_.now() + duration;
        has_faults_ = has_faults;
        while (simulation_.now() < end && failure_.empty())
        {
            simulation_.run_until(std::min(end, simulation_.now() + simulation_.number(1000, 200'000)));
            if (has_faults)
                do_harm();
        }
    }

    /// Everything works from here on.
    void heal()
    {
        network_.heal();
        has_faults_ = false;
        if (!witness_)
            open_witness();
        for (std::size_t i = 0; i < nodes_.size(); ++i)
        {
            nodes_[i].paused_until = 0;
            if (!nodes_[i].is_up)
                start(i);
        }
    }

    /// The operator decides for the node whose name the witness has. Only where the promise allows a loss.
    void force()
    {
        const auto& current = witness_->current();
        for (const auto& node : nodes_)
            if (node.is_up && node.standby && current.has_standby(node.self))
                fail("a standby that could take over has not: " + node.name);
        for (auto& node : nodes_)
            if (node.name == current.leader.name || current.epoch == 0)
            {
                // Its machine has stopped while standbys had what it released, or it has not had all yet; and the
                // standbys are gone, too.
                const bool may_lack = node.record && node.record->boot_id != std::to_string(node.boot) &&
                                      (!current.standbys.empty() || node.record->boot_id.empty());
                if (!may_lack)
                    fail(node.name + " has all that was released, and does not lead");
                node.is_forced = true;
                ++figures_.forced;
            }
    }

    [[nodiscard]] bool has_leader() const
    {
        return std::ranges::any_of(nodes_,
            [this](const Node& node) { return node.leader && node.leader->configuration() == witness_->current(); });
    }
    [[nodiscard]] std::uint64_t released() const { return truth_.size(); }
    /// All nodes stand by or lead.
    [[nodiscard]] bool is_complete() const { return witness_->current().standbys.size() + 1 == nodes_.size(); }
    [[nodiscard]] const std::string& failure_text() const { return failure_; }
    /// Of those leaders that have come to their end.
    [[nodiscard]] const ClusterFigures& figures() const { return figures_; }
    [[nodiscard]] std::string describe() const
    {
        auto text = "witness: " + (witness_ ? to_string(witness_->current()) : std::string{"down"});
        for (const auto& node : nodes_)
            text += "; " + node.name +
                    (node.leader       ? " leads"
                        : node.standby ? " follows"
                                       : " begins") +
                    " with " + std::to_string(node.log.size()) + " records";
        return text;
    }

private:
    using Place = SimulatedNetwork::Place;
    using Connection = SimulatedNetwork::Connection;

    struct Node
    {
        std::string name;

        // On the machine's disk.
        std::vector<Bytes> log;
        std::vector<feed::FeedPosition> positions{feed::beginning_of(chain)};
        /// Of the log: what a loss of power leaves, and what the end of the process does.
        std::size_t synced = 0;
        std::size_t written = 0;
        std::optional<LeaderRecord> record;
        std::uint64_t boot = 1;

        // The process.
        bool is_up = false;
        std::uint64_t life = 0;
        std::uint64_t paused_until = 0;
        Member self;
        std::optional<Propose> campaign;
        bool is_forced = false;
        std::unique_ptr<LeaderCore> leader;
        std::unique_ptr<StandbyCore> standby;
        std::optional<Connection> link;
        std::optional<Connection> attempt;
        std::string attempt_to;
        std::vector<Connection> links;
        std::uint64_t request = 0;
        std::uint64_t wake_at = 0;
    };

    static constexpr store::ChainIdentity chain{7, Hash{{7}}};

    void fail(const std::string& text)
    {
        if (failure_.empty())
            failure_ = text + " (" + describe() + ", at " + std::to_string(simulation_.now()) + ")";
    }

    bool is_paused(Place at) const { return nodes_[at].paused_until > simulation_.now(); }

    // The log of a node.

    void append(Node& node, Bytes record)
    {
        auto position = node.positions.back();
        hasher_.step(position, record);
        node.positions.push_back(position);
        node.log.push_back(std::move(record));
    }

    static void cut_log(Node& node, std::size_t size)
    {
        if (size >= node.log.size())
            return;
        node.log.resize(size);
        node.positions.resize(size + 1);
        node.synced = std::min(node.synced, size);
        node.written = std::min(node.written, size);
    }

    static void sync(Node& node) { node.synced = node.written = node.log.size(); }

    std::vector<feed::FeedPosition> places(const Node& node) const
    {
        std::vector<feed::FeedPosition> result;
        for (std::size_t back = 0; back <= node.log.size() && result.size() + 1 < most_positions;
            back = back == 0 ? 1 : 2 * back)
            result.push_back(node.positions[node.log.size() - back]);
        if (result.back().sequence != 1)
            result.push_back(node.positions.front());
        return result;
    }

    // What must hold.

    /// `node` has released everything in its log before this record.
    void release(Node& node, std::uint64_t before, std::uint64_t epoch)
    {
        auto& releaser = releasers_[epoch];
        if (releaser == Member{})
            releaser = node.self;
        if (releaser != node.self)
            fail("two have released in epoch " + std::to_string(epoch));
        if (before - 1 > node.log.size())
            return fail("something was released that is not in the log");
        if (before - 1 > truth_.size() && releasers_.rbegin()->first > epoch)
            fail(node.name + " releases something new in epoch " + std::to_string(epoch) + ", after one in epoch " +
                 std::to_string(releasers_.rbegin()->first));
        for (auto index = checked_before_[node.self]; index < std::min<std::size_t>(before - 1, truth_.size()); ++index)
            if (truth_[index] != node.log[index])
                return fail("record " + std::to_string(index + 1) + " was released with another content before");
        while (truth_.size() < before - 1)
            truth_.push_back(node.log[truth_.size()]);
        checked_before_[node.self] = before - 1;
    }

    void check_leads_with_all(const Node& node)
    {
        for (std::size_t index = 0; index < truth_.size(); ++index)
            if (index >= node.log.size() || truth_[index] != node.log[index])
                return fail(node.name + " leads without record " + std::to_string(index + 1) + " that was released");
    }

    // The life of a node.

    void start(Place at)
    {
        auto& node = nodes_[at];
        node.is_up = true;
        ++node.life;
        node.wake_at = 0;
        node.self = {node.name, simulation_.number(1, 1ULL << 60)};
        ++figures_.restarts;
        node.campaign.reset();
        node.request = 0;
        ask(at, ReadConfiguration{});
        wake(at, simulation_.now() + 200'000);
    }

    void crash(Place at, bool is_power)
    {
        auto& node = nodes_[at];
        if (!node.is_up)
            return;
        // Its machine, or the way back of its machine's connections, tells nobody of a loss of power.
        if (!is_power)
            close_all(at);
        node.boot += is_power ? 1 : 0;
        if (is_power && simulation_.one_in(2))
            network_.lose_from(at);
        cut_log(node, is_power ? node.synced : node.written);
        end_process(node);
        node.is_up = false;
        node.link.reset();
        node.attempt.reset();
        node.links.clear();
        simulation_.at(simulation_.now() + simulation_.number(10'000, 2'000'000),
            [this, at]
            {
                if (!nodes_[at].is_up)
                    start(at);
            });
    }

    void end_process(Node& node)
    {
        if (node.leader)
            count(node);
        ++node.life;
        node.wake_at = 0;
        node.leader.reset();
        node.standby.reset();
        node.campaign.reset();
        node.paused_until = 0;
    }

    void close_all(Place at)
    {
        auto& node = nodes_[at];
        for (const auto link : node.links)
            network_.close(link, at);
        node.links.clear();
        if (node.link)
            network_.close(*node.link, at);
        node.link.reset();
        if (node.attempt)
            network_.close(*node.attempt, at);
        node.attempt.reset();
    }

    /// Between any two steps of a node its process or its machine may end. True if it has.
    bool is_struck(Place at, std::uint64_t life)
    {
        if (has_faults_ && simulation_.one_in(6000))
            crash(at, simulation_.one_in(4));
        return nodes_[at].life != life || !failure_.empty();
    }

    void wake(Place at, std::uint64_t time)
    {
        auto& node = nodes_[at];
        if (time >= std::numeric_limits<std::uint64_t>::max() / 2 ||
            (node.wake_at > simulation_.now() && node.wake_at <= time))
            return;
        node.wake_at = std::max(time, simulation_.now() + 1);
        simulation_.at(node.wake_at + simulation_.number(0, 3000), [this, at, life = node.life] { tick(at, life); });
    }

    void tick(Place at, std::uint64_t life)
    {
        auto& node = nodes_[at];
        if (!node.is_up || node.life != life)
            return;
        if (is_paused(at))
            return simulation_.at(node.paused_until, [this, at, life] { tick(at, life); });
        node.wake_at = 0;
        if (node.leader)
            act(at, [&](LeaderCommands& out) { node.leader->tick(simulation_.now(), out); });
        else if (node.standby)
            act(at, [&](StandbyCommands& out) { node.standby->tick(simulation_.now(), out); });
        else
        {
            node.campaign ? ask(at, *node.campaign) : ask(at, ReadConfiguration{});
            wake(at, simulation_.now() + 200'000);
        }
    }

    void act(Place at, const std::function<void(LeaderCommands&)>& event)
    {
        LeaderCommands commands;
        event(commands);
        const auto life = nodes_[at].life;
        for (auto& command : commands)
        {
            if (is_struck(at, life))
                return;
            std::visit([&](auto& content) { carry_out(at, content); }, command);
        }
        if (nodes_[at].life == life && nodes_[at].leader)
            wake(at, nodes_[at].leader->next_time());
    }

    void act(Place at, const std::function<void(StandbyCommands&)>& event)
    {
        StandbyCommands commands;
        event(commands);
        const auto life = nodes_[at].life;
        for (auto& command : commands)
        {
            if (is_struck(at, life))
                return;
            std::visit([&](auto& content) { carry_out(at, content); }, command);
        }
        if (nodes_[at].life == life && nodes_[at].standby)
            wake(at, nodes_[at].standby->next_time());
    }

    // What a leader's core wants.

    void carry_out(Place at, const SendFrames& wanted)
    {
        const auto& node = nodes_[at];
        for (auto first = wanted.first; first < wanted.before;)
        {
            const auto before = std::min(wanted.before, first + 64);
            Bytes body;
            for (auto sequence = first; sequence < before; ++sequence)
                feed::pack(node.log[sequence - 1], body);
            network_.send(wanted.link, at,
                encode(Frames{.epoch = wanted.epoch,
                    .first = first,
                    .released_before = wanted.released_before,
                    .hash_after = node.positions[before - 1].hash,
                    .body = body}));
            first = before;
        }
    }

    void carry_out(Place at, const SendMessage& wanted) { network_.send(wanted.link, at, encode(wanted.message)); }

    void carry_out(Place at, const CloseLink& wanted)
    {
        network_.close(wanted.link, at);
        std::erase(nodes_[at].links, wanted.link);
    }

    void carry_out(Place at, const AskWitness& wanted)
    {
        auto& node = nodes_[at];
        if (const auto* proposal = std::get_if<Propose>(&wanted.request))
        {
            if (proposal->next.standbys.empty())
                sync(node);
            node.record = LeaderRecord{.name = node.name,
                .proposed_epoch = proposal->next.epoch,
                .base_epoch = proposal->expected,
                .boot_id = std::to_string(node.boot),
                .base_waits_for_disk = node.leader->configuration().standbys.empty(),
                .proposed_waits_for_disk = proposal->next.standbys.empty()};
        }
        ask(at, wanted.request);
    }

    void carry_out(Place at, const Release& wanted)
    {
        auto& node = nodes_[at];
        node.written = std::max<std::size_t>(node.written, wanted.before - 1);
        if (node.leader->configuration().standbys.empty())
            node.synced = std::max<std::size_t>(node.synced, wanted.before - 1);
        release(node, wanted.before, node.leader->configuration().epoch);
    }

    void carry_out(Place at, const NewTerms& wanted)
    {
        auto& node = nodes_[at];
        const auto count = node.log.size() + 1 - wanted.first;
        cut_log(node, wanted.first - 1);
        for (std::size_t i = 0; i < count; ++i)
            append(node, make_record(wanted.configuration.epoch));
        if (options_.writes_at_once)
            node.written = node.log.size();
        simulation_.at(simulation_.now() + simulation_.number(0, 2000),
            [this, at, life = node.life]
            {
                if (nodes_[at].life == life && nodes_[at].leader)
                    act(at, [&](LeaderCommands& out)
                        { nodes_[at].leader->appended(nodes_[at].log.size() + 1, simulation_.now(), out); });
            });
    }

    void carry_out(Place at, const Deposed&)
    {
        // A node that leads no more begins again.
        close_all(at);
        end_process(nodes_[at]);
        start(at);
    }

    // What a standby's core wants.

    void carry_out(Place at, const SendToLeader& wanted)
    {
        if (nodes_[at].link)
            network_.send(*nodes_[at].link, at, encode(wanted.message));
    }

    void carry_out(Place at, const ConnectTo& wanted)
    {
        auto& node = nodes_[at];
        if (node.attempt && node.attempt_to == wanted.leader.name)
            return;
        if (node.attempt)
            network_.close(*node.attempt, at);
        for (Place to = 0; to < nodes_.size(); ++to)
            if (nodes_[to].name == wanted.leader.name)
                node.attempt = network_.connect(at, to);
        node.attempt_to = wanted.leader.name;
        simulation_.at(simulation_.now() + 300'000,
            [this, at, attempt = node.attempt]
            {
                if (nodes_[at].attempt != attempt || !attempt)
                    return;
                network_.close(*attempt, at);
                nodes_[at].attempt.reset();
            });
    }

    void carry_out(Place at, const Disconnect&)
    {
        if (nodes_[at].link)
            network_.close(*nodes_[at].link, at);
        nodes_[at].link.reset();
    }

    void carry_out(Place at, const AskTheWitness& wanted)
    {
        auto& node = nodes_[at];
        if (const auto* proposal = std::get_if<Propose>(&wanted.request))
            node.record = LeaderRecord{.name = node.name,
                .proposed_epoch = proposal->next.epoch,
                .base_epoch = proposal->expected,
                .boot_id = {},
                .base_waits_for_disk = false,
                .proposed_waits_for_disk = false};
        ask(at, wanted.request);
    }

    void carry_out(Place at, HandOut& wanted)
    {
        auto& node = nodes_[at];
        if (wanted.first != node.log.size() + 1)
            return fail("what is handed out does not follow on the log of " + node.name);
        for (auto& record : wanted.records)
        {
            append(node, std::move(record));
            if (node.log.size() > truth_.size() || truth_[node.log.size() - 1] != node.log.back())
                fail("something was handed out to " + node.name + " that is not released");
        }
        if (wanted.after != node.positions.back())
            fail("what was handed out has another hash");
        node.written = node.log.size();
        if (simulation_.one_in(20))
            sync(node);
    }

    void carry_out(Place at, const CutLog& wanted)
    {
        auto& node = nodes_[at];
        ++figures_.cuts;
        cut_log(node, wanted.position.sequence - 1);
        if (node.positions.back() != wanted.position)
            fail("the log of " + node.name + " is to be cut where it never was");
    }

    void carry_out(Place at, Lead& wanted)
    {
        auto& node = nodes_[at];
        const auto life = node.life;
        for (auto& record : wanted.rest.records)
            append(node, std::move(record));
        check_leads_with_all(node);
        if (is_struck(at, life))
            return;
        sync(node);
        if (is_struck(at, life))
            return;
        node.record->boot_id = std::to_string(node.boot);
        node.record->proposed_waits_for_disk = true;
        if (is_struck(at, life))
            return;
        ++figures_.takeovers;
        figures_.spurious += node.standby->figures().spurious_takeovers;
        lead(at, wanted.configuration, wanted.former_leader);
    }

    void carry_out(Place at, const BeginAgain&)
    {
        ++figures_.begun_again;
        close_all(at);
        end_process(nodes_[at]);
        start(at);
    }

    void carry_out(Place at, const RefusedByLeader& wanted)
    {
        auto& node = nodes_[at];
        if (wanted.refused.reason != RefusedReason::not_retained)
            return fail("a leader refuses: " + wanted.refused.text);
        // What is released can be had from the feed.
        std::size_t common = 0;
        while (common < std::min(node.log.size(), truth_.size()) && node.log[common] == truth_[common])
            ++common;
        cut_log(node, common);
        for (; common < truth_.size(); ++common)
            append(node, truth_[common]);
        node.written = node.log.size();
        node.self.incarnation = simulation_.number(1, 1ULL << 60);
        stand_by(at, node.standby->configuration());
    }

    // Roles.

    void stand_by(Place at, const Configuration& current)
    {
        auto& node = nodes_[at];
        close_all(at);
        ++node.life;
        node.wake_at = 0;
        node.campaign.reset();
        node.standby = std::make_unique<StandbyCore>(StandbyOptions{}, StandbyStart{.chain = chain,
                                                                           .self = node.self,
                                                                           .configuration = current,
                                                                           .positions = places(node),
                                                                           .now = simulation_.now()});
        wake(at, simulation_.now() + 1);
    }

    void lead(Place at, const Configuration& configuration, std::optional<Member> former)
    {
        auto& node = nodes_[at];
        ++node.life;
        node.wake_at = 0;
        node.campaign.reset();
        close_all(at);
        check_leads_with_all(node);
        checked_before_[node.self] = 0;
        LeaderOptions options;
        options.most_in_flight = 100;
        node.leader = std::make_unique<LeaderCore>(options,
            LeaderStart{.chain = chain,
                .configuration = configuration,
                .released_before = node.log.size() + 1,
                .former_leader = std::move(former),
                .now = simulation_.now()},
            [this, at](std::uint64_t sequence) -> std::optional<feed::FeedPosition>
            {
                const auto& positions = nodes_[at].positions;
                if (sequence == 0 || sequence > positions.size() || sequence + options_.window < positions.size())
                    return std::nullopt;
                return positions[sequence - 1];
            });
        release(node, node.log.size() + 1, configuration.epoch);
        wake(at, simulation_.now() + 1000);
        // The core of the standby may be in the middle of what led to this.
        simulation_.at(simulation_.now(), [core = std::shared_ptr<StandbyCore>{std::move(node.standby)}] {});
    }

    void begin(Place at, const Configuration& current)
    {
        auto& node = nodes_[at];
        if (node.campaign && node.campaign->next == current)
        {
            node.is_forced = false;
            return lead(at, current, std::nullopt);
        }
        auto decision = decide_beginning({.self = node.self,
            .current = current,
            .record = node.record,
            .boot_id = std::to_string(node.boot),
            .log_epoch = 0,
            .is_forced = node.is_forced});
        node.campaign = decision.proposal;
        if (decision.role == Role::stand_by)
            return stand_by(at, current);
        if (decision.role == Role::wait)
            return;
        if (node.is_forced)
        {
            figures_.lost += truth_.size() - std::min(truth_.size(), node.log.size());
            truth_.resize(std::min(truth_.size(), node.log.size()));
            for (std::size_t index = 0; index < truth_.size(); ++index)
                if (truth_[index] != node.log[index])
                    truth_.resize(index);
        }
        sync(node);
        node.record = LeaderRecord{.name = node.name,
            .proposed_epoch = decision.proposal->next.epoch,
            .base_epoch = decision.proposal->expected,
            .boot_id = std::to_string(node.boot),
            .base_waits_for_disk = true,
            .proposed_waits_for_disk = true};
        ask(at, *decision.proposal);
    }

    // Wires.

    bool take_connection(Place at, Connection connection, bool& is_accepted)
    {
        auto& node = nodes_[at];
        if (is_paused(at))
            return false;
        is_accepted = node.is_up && node.leader;
        if (is_accepted)
            node.links.push_back(connection);
        return true;
    }

    bool take_outcome(Place at, Connection connection, bool is_accepted)
    {
        auto& node = nodes_[at];
        if (is_paused(at))
            return false;
        if (!node.is_up || !node.standby || node.attempt != connection)
        {
            network_.close(connection, at);
            return true;
        }
        node.attempt.reset();
        if (is_accepted)
            node.link = connection;
        act(at,
            [&](StandbyCommands& out)
            {
                is_accepted ? node.standby->connected(simulation_.now(), out)
                            : node.standby->connection_refused(simulation_.now(), out);
            });
        return true;
    }

    bool take_message(Place at, Connection connection, const Bytes& encoded)
    {
        auto& node = nodes_[at];
        if (!node.is_up)
            return true;
        if (is_paused(at))
            return false;
        const auto message = decode(BytesView{encoded}.subspan(feed::length_prefix_size));
        if (!message)
            fail("a message cannot be read");
        else if (node.leader && std::ranges::find(node.links, connection) != node.links.end())
            act(at, [&](LeaderCommands& out) { node.leader->received(connection, *message, simulation_.now(), out); });
        else if (node.standby && node.link == connection)
            act(at, [&](StandbyCommands& out) { node.standby->received(*message, simulation_.now(), out); });
        else
            network_.close(connection, at);
        return true;
    }

    bool take_close(Place at, Connection connection)
    {
        auto& node = nodes_[at];
        if (!node.is_up)
            return true;
        if (is_paused(at))
            return false;
        if (node.attempt == connection)
            node.attempt.reset();
        else if (node.leader && std::erase(node.links, connection) != 0)
            act(at, [&](LeaderCommands& out) { node.leader->closed(connection, simulation_.now(), out); });
        else if (node.standby && node.link == connection)
        {
            node.link.reset();
            act(at, [&](StandbyCommands& out) { node.standby->disconnected(simulation_.now(), out); });
        }
        return true;
    }

    // The witness, whose place is behind the nodes'.

    void open_witness() { witness_.emplace(WitnessRegister::open(*witness_disk_, "w", chain).value()); }

    void ask(Place at, const WitnessRequest& request)
    {
        auto& node = nodes_[at];
        const auto number = ++node.request;
        simulation_.at(simulation_.now() + network_.delay(),
            [this, at, number, request, life = node.life]
            {
                if (!witness_ || network_.is_cut(at, nodes_.size()))
                    return;
                if (const auto* proposal = std::get_if<Propose>(&request))
                {
                    const auto answer = witness_->propose(*proposal);
                    if (!answer)
                        return fail("the witness cannot write");
                    witness_current_ = *answer;
                    // Between the disk and the answer.
                    if (has_faults_ && simulation_.one_in(10))
                        return crash_witness();
                }
                answer(at, number, life, witness_->current());
            });
    }

    void answer(Place at, std::uint64_t number, std::uint64_t life, const Configuration& current)
    {
        simulation_.at(simulation_.now() + network_.delay(),
            [this, at, number, life, current] { take_answer(at, number, life, current); });
    }

    void take_answer(Place at, std::uint64_t number, std::uint64_t life, const Configuration& current)
    {
        auto& node = nodes_[at];
        if (!node.is_up || node.life != life || node.request != number || network_.is_cut(nodes_.size(), at))
            return;
        if (is_paused(at))
            return simulation_.at(
                node.paused_until, [this, at, number, life, current] { take_answer(at, number, life, current); });
        if (node.leader)
            act(at, [&](LeaderCommands& out) { node.leader->answered(current, simulation_.now(), out); });
        else if (node.standby)
            act(at, [&](StandbyCommands& out) { node.standby->answered(current, simulation_.now(), out); });
        else
            begin(at, current);
    }

    void crash_witness()
    {
        if (!witness_)
            return;
        witness_.reset();
        const auto seed = simulation_.number(0, 1ULL << 40);
        witness_disk_ = simulation_.one_in(2) ? witness_disk_->crash(seed) : witness_disk_->restart(seed);
        simulation_.at(simulation_.now() + simulation_.number(1000, 1'000'000),
            [this]
            {
                if (!witness_)
                    open_witness();
            });
    }

    // What comes from outside.

    Bytes make_record(std::uint64_t epoch)
    {
        Bytes record(16 + simulation_.number(0, 20));
        store::put(record.data(), ++made_);
        store::put(record.data() + 8, epoch);
        return record;
    }

    void feed_traffic(Place at)
    {
        simulation_.at(simulation_.now() + simulation_.number(100, options_.longest_pause),
            [this, at]
            {
                feed_traffic(at);
                auto& node = nodes_[at];
                if (!node.is_up || !node.leader || is_paused(at) ||
                    node.log.size() > node.leader->released_before() + 50)
                    return;
                append(node, make_record(node.leader->configuration().epoch));
                if (options_.writes_at_once)
                    node.written = node.log.size();
                act(at,
                    [&](LeaderCommands& out) { node.leader->appended(node.log.size() + 1, simulation_.now(), out); });
            });
    }

    void do_harm()
    {
        const Place a = simulation_.number(0, nodes_.size());
        const Place b = simulation_.number(0, nodes_.size());
        const Place node = simulation_.number(0, nodes_.size() - 1);
        switch (simulation_.number(0, 11))
        {
            case 0:
                network_.cut(a, b, true);
                break;
            case 1:
                network_.cut(a, b, true);
                network_.cut(b, a, true);
                break;
            case 2:
                for (Place other = 0; other <= nodes_.size(); ++other)
                {
                    network_.cut(a, other, true);
                    network_.cut(other, a, true);
                }
                break;
            case 3:
            case 4:
            case 5:
                network_.heal();
                break;
            case 6:
                crash(node, false);
                break;
            case 7:
                crash(node, simulation_.one_in(3));
                break;
            case 8:
                crash_witness();
                break;
            case 9:
                nodes_[node].paused_until = simulation_.now() + simulation_.number(10'000, 1'500'000);
                break;
            case 10:
                if (nodes_[node].leader && !is_paused(node))
                    act(node, [&](LeaderCommands& out)
                        { figures_.hand_overs += nodes_[node].leader->hand_over(simulation_.now(), out) ? 1 : 0; });
                break;
            default:
                break;
        }
    }

    void count(const Node& node)
    {
        const auto& figures = node.leader->figures();
        figures_.joins += figures.joins;
        figures_.removals += figures.removals;
        figures_.spurious += figures.spurious_removals + figures.spurious_takeovers;
    }

    ClusterOptions options_;
    Simulation simulation_;
    SimulatedNetwork network_;
    std::unique_ptr<store::SimulatedDisk> witness_disk_;
    std::optional<WitnessRegister> witness_;
    Configuration witness_current_;
    std::vector<Node> nodes_;
    feed::ChainHasher hasher_;
    bool has_faults_ = false;
    std::uint64_t made_ = 0;
    /// What was released, in order: nothing in it ever changes.
    std::vector<Bytes> truth_;
    std::map<std::uint64_t, Member> releasers_;
    struct ByIncarnation
    {
        bool operator()(const Member& a, const Member& b) const { return a.incarnation < b.incarnation; }
    };
    std::map<Member, std::size_t, ByIncarnation> checked_before_;
    std::string failure_;
    ClusterFigures figures_;
};
}  // namespace jiffy::consensus
