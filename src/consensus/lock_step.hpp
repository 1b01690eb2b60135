// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/leader_core.hpp"
#include "consensus/leader_record.hpp"
#include "consensus/link_socket.hpp"
#include "consensus/unreleased_records.hpp"
#include "consensus/witness_mailbox.hpp"
#include "feed/publisher.hpp"
#include "sequencer/latency_histogram.hpp"
#include "sequencer/log_sink.hpp"
#include "sequencer/stopwatch.hpp"
#include "store/order_log.hpp"

namespace jiffy::consensus
{
struct LockStepOptions
{
    LeaderOptions leader;
    /// Of the chain; epoch and durability are the configuration's.
    types::StatementTerms terms;
    /// What statements promise when there are standbys, and when the leader is alone.
    types::Durability durability = types::Durability::standby;
    types::Durability durability_alone = types::Durability::memory;
    /// Time that a stop waits for acknowledgements.
    std::chrono::milliseconds farewell{1000};
};

/// Figures of a leader; readable by any thread.
struct LockStepMetrics
{
    std::atomic<std::uint64_t> epoch = 0;
    /// Those that releases wait for.
    std::atomic<std::uint64_t> standbys = 0;
    std::atomic<std::uint64_t> joins = 0;
    std::atomic<std::uint64_t> removals = 0;
    std::atomic<std::uint64_t> spurious_removals = 0;
    std::atomic<std::uint64_t> spurious_takeovers = 0;
    /// From the sending of what is to be released to the last acknowledgement.
    sequencer::LatencyHistogram acknowledgement;
};

/// Carries out what a `LeaderCore` decides: the order log goes to the standbys first, and to this node's own log and
/// feed once all that have to have acknowledged it. All of it runs on the releasing thread, which sends and waits
/// itself, so that no other thread stands between a fragment and its acknowledgement.
class LockStep
{
public:
    /// What it stands on; all of it outlives it.
    struct Parts
    {
        /// Where standbys connect.
        const Descriptor& listener;
        WitnessMailbox& witness;
        feed::Publisher& publisher;
        /// Null for a chain in memory only.
        store::OrderLog* log = nullptr;
        /// Makes durable that this configuration is about to be proposed; false if it cannot.
        std::function<bool(const Propose&, const Configuration& current)> remember;
        /// Told on the releasing thread of other terms that it leads on from now on.
        std::function<void(const types::StatementTerms&)> on_term;
        /// Told once, on the releasing thread, that somebody else leads.
        std::function<void(const Configuration&)> on_deposed;
    };

    LockStep(LockStepOptions options, const LeaderStart& start, Parts parts);
    LockStep(const LockStep&) = delete;
    LockStep& operator=(const LockStep&) = delete;

    /// Goes to the releaser.
    [[nodiscard]] sequencer::LogSink sink();
    /// The terms that a configuration is led on.
    [[nodiscard]] types::StatementTerms terms_of(const Configuration& configuration) const;

    /// Releases wait no longer than `farewell` from now on. Any thread, before the releaser is stopped.
    void limit_waiting();
    /// Has a standby lead, as soon as one has everything; or not any more. Any thread.
    void ask_to_hand_over(bool has_to);

    [[nodiscard]] const LockStepMetrics& metrics() const noexcept { return metrics_; }

private:
    struct Connection
    {
        Link link = 0;
        LinkSocket socket;
        Time since = 0;
        bool has_joined = false;
    };

    sequencer::LogOutcome write(std::span<const types::LogFrame> frames);
    /// Does what is due; tells when it wants to be called again.
    std::chrono::steady_clock::time_point attend();
    /// Puts what is released into the log, and shows it.
    [[nodiscard]] bool log();
    /// Waits for something to happen, until `end` at most, and takes it in.
    void wait_until(Time end);
    void accept();
    void receive(Connection& connection);
    void take_answer();
    void carry_out();
    void carry_out(const SendFrames& command);
    void carry_out(const SendMessage& command);
    void carry_out(const CloseLink& command);
    void carry_out(const AskWitness& command);
    void carry_out(const Release& command);
    void carry_out(const NewTerms& command);
    void carry_out(const Deposed& command);
    [[nodiscard]] std::optional<feed::FeedPosition> position_at(std::uint64_t sequence) const;
    [[nodiscard]] Connection* find(Link link);
    void close(Link link);
    void send(Link link, Bytes message);
    void send_frames(const SendFrames& command, std::uint64_t first, const Hash& hash_after, BytesView body);
    void show_figures();

    LockStepOptions options_;
    Parts parts_;
    LeaderCore core_;
    LeaderCommands commands_;
    /// Their sockets may be closed while the list is gone through; then they have no link.
    std::vector<std::unique_ptr<Connection>> connections_;
    Link next_link_ = 1;

    UnreleasedRecords records_;
    /// Of those records.
    std::span<const types::LogFrame> frames_;
    bool cannot_log_ = false;
    /// It has told the releaser that what is not released is not its affair any more.
    bool has_given_up_ = false;
    /// When the listener is looked at again.
    Time next_accept_ = 0;
    std::optional<Configuration> new_terms_;
    bool is_deposed_ = false;

    WakeEvent wake_;
    std::atomic<bool> is_stopping_ = false;
    std::atomic<bool> is_asked_to_hand_over_ = false;
    std::optional<Time> deadline_;
    LockStepMetrics metrics_;
};
}  // namespace jiffy::consensus
