// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/failure_detector.hpp"
#include "consensus/messages.hpp"
#include "consensus/witness_register.hpp"

#include <functional>

namespace jiffy::consensus
{
/// A connection, by a number that its owner gives it and never uses again.
using Link = std::uint64_t;

/// Times in microseconds.
struct LeaderOptions
{
    DetectorOptions detector;
    /// Silence towards a standby after which it is told that the leader is there.
    Time heartbeat = 40'000;
    /// Time after which a standby is told what is released although no records follow.
    Time release_notice = 2'000;
    /// Time after which the witness is asked again.
    Time witness_retry = 200'000;
    /// Records that a standby is sent and has not acknowledged.
    std::uint64_t most_in_flight = 8192;
    /// One who joins has nearly everything, so that all can wait for it, when it has got all there was so long ago.
    Time nearly = 100'000;
    /// At most `most_standbys`; those that are joining count.
    std::size_t seats = 4;
    /// What standbys must know; empty if anybody may join.
    std::string token;
};

/// Send the records from `first` to below `before`, in one or more messages `Frames` with this epoch and what is
/// released. They are in the owner's window; if they are not any more, it closes the link.
struct SendFrames
{
    Link link = 0;
    std::uint64_t epoch = 0;
    std::uint64_t first = 1;
    std::uint64_t before = 1;
    std::uint64_t released_before = 1;
};

struct SendMessage
{
    Link link = 0;
    Message message;
};

/// Close it, once what was sent is on its way. `closed` need not be said of it.
struct CloseLink
{
    Link link = 0;
};

/// Ask the witness; give its answer to `answered`. No answer need be told. Before a proposal goes out, the owner has
/// made the record of it durable (`leader_record.hpp`).
struct AskWitness
{
    WitnessRequest request;
};

/// Everything before this record is released.
struct Release
{
    std::uint64_t before = 1;
};

/// The leader leads in this configuration from here on. Records from `first` on, which were appended and not released,
/// have to be made anew, in this epoch, and appended again. Nothing more is released until then.
struct NewTerms
{
    Configuration configuration;
    std::uint64_t first = 1;
};

/// Somebody else leads. Nothing is ever released again; what was not released belongs to nobody.
struct Deposed
{
    Configuration configuration;
};

using LeaderCommand = std::variant<SendFrames, SendMessage, CloseLink, AskWitness, Release, NewTerms, Deposed>;
/// Commands are added, in the order in which they are to be carried out.
using LeaderCommands = std::vector<LeaderCommand>;

/// Counted since the leader began.
struct LeaderFigures
{
    std::uint64_t joins = 0;
    std::uint64_t removals = 0;
    /// Whoever was removed was heard of again, in the same incarnation.
    std::uint64_t spurious_removals = 0;
    /// The former leader was heard of again, in the same incarnation.
    std::uint64_t spurious_takeovers = 0;
    std::uint64_t proposals = 0;
};

struct LeaderStart
{
    store::ChainIdentity chain;
    /// As the witness has accepted it, led by this process.
    Configuration configuration;
    /// The end of the log: everything before is released, or is released by this.
    std::uint64_t released_before = 1;
    /// Whom this process has taken the chain over from, if it has.
    std::optional<Member> former_leader;
    Time now = 0;
};

/// Decides what a leader releases, and to whom it sends what: lock-step with all standbys, changes of their set through
/// the witness. It has no thread, clock or socket: events come in, commands come out, and the owner keeps the records.
///
/// A record is released when all required standbys have acknowledged it in this epoch: those of the configuration,
/// those of an outstanding proposal, and whoever is about to be proposed. One who leaves stays required until the
/// witness has accepted that, and is not listened to any more.
///
/// One thread at a time. Times never go back.
class LeaderCore
{
public:
    /// The owner's log: the position before a record, which may be the next one to be appended; nothing if it is not
    /// in memory any more. Called from within the events.
    using PositionLookup = std::function<std::optional<feed::FeedPosition>(std::uint64_t sequence)>;

    LeaderCore(LeaderOptions options, const LeaderStart& start, PositionLookup positions);

    /// The owner has appended the records before this one, in the current epoch, and they can be sent. Cheap: what a
    /// fragment costs is this, and `received` of its acknowledgement.
    void appended(std::uint64_t before, Time now, LeaderCommands& out);
    /// A message, `Join` first on each link. `Frames` and what else only a leader sends closes the link.
    void received(Link link, const Message& message, Time now, LeaderCommands& out);
    void closed(Link link, Time now, LeaderCommands& out);
    /// The witness has answered: its current configuration.
    void answered(const Configuration& current, Time now, LeaderCommands& out);
    /// Time has passed. At `next_time` at the latest.
    void tick(Time now, LeaderCommands& out);
    [[nodiscard]] Time next_time() const noexcept;

    /// Asks a standby to lead, if one has acknowledged everything, everything is released and no change is under way;
    /// false otherwise. If it does, `Deposed` follows; if it does not, nothing has happened. The owner appends nothing
    /// for a moment before and after.
    bool hand_over(Time now, LeaderCommands& out);

    [[nodiscard]] const Configuration& configuration() const noexcept { return configuration_; }
    [[nodiscard]] std::uint64_t released_before() const noexcept { return released_before_; }
    [[nodiscard]] bool is_deposed() const noexcept { return is_deposed_; }
    [[nodiscard]] const LeaderFigures& figures() const noexcept { return figures_; }

private:
    enum class Stage : std::uint8_t
    {
        /// Gets what it lacks; nothing waits for it.
        joining,
        /// Required, and proposed once it has everything that is released.
        closing,
        /// In the configuration, or in the outstanding proposal.
        standing_by,
        /// In the configuration, and to be proposed without.
        lost,
        /// In the configuration, and not in the outstanding proposal.
        leaving,
    };

    struct Standby
    {
        Member member;
        Stage stage = Stage::joining;
        std::optional<Link> link;
        /// Records before it were sent on this link.
        std::uint64_t sent_before = 1;
        /// In this epoch, or in an earlier one if they were released in it.
        std::uint64_t acknowledged_before = 1;
        /// While it joins: records before it were there at that time.
        std::uint64_t round_before = 1;
        Time round_begin = 0;
        /// It was told that records before it are released.
        std::uint64_t told_before = 1;
        Time last_sent = 0;
        FailureDetector detector;
    };

    void take(Link link, const Join& join, Time now, LeaderCommands& out);
    [[nodiscard]] std::optional<Refused> refusal_of(const Join& join) const;
    /// Where it can go on; nothing if nowhere, and why.
    [[nodiscard]] std::optional<feed::FeedPosition> common_position(const Join& join, Refused& refused) const;
    /// Its place, with no connection; null if there is none.
    Standby* seat(const Member& member, Time now, LeaderCommands& out);
    /// Another incarnation of it has a place.
    [[nodiscard]] bool has_namesake(const Member& member) const;
    static void refuse(Link link, RefusedReason reason, std::string text, LeaderCommands& out);
    static void send(Standby& standby, Message message, Time now, LeaderCommands& out);
    void send_frames(Standby& standby, Time now, LeaderCommands& out);
    static void drop_link(Standby& standby, LeaderCommands& out);
    /// It does not keep to the protocol.
    void closed_by_fault(Standby& standby, Time now, LeaderCommands& out);
    /// Releases what all have acknowledged, lets those who join move on, proposes what is to be proposed, sends.
    void advance(Time now, LeaderCommands& out);
    /// Whether whoever joins has nearly everything.
    [[nodiscard]] bool is_near(Standby& standby, Time now) const noexcept;
    void propose(Time now, LeaderCommands& out);
    void ask(WitnessRequest request, Time now, LeaderCommands& out);
    void begin_terms(const Configuration& accepted, Time now, LeaderCommands& out);
    void depose(const Configuration& current, LeaderCommands& out);
    [[nodiscard]] Standby* find(Link link) noexcept;

    LeaderOptions options_;
    store::ChainIdentity chain_;
    PositionLookup positions_;
    Configuration configuration_;
    std::optional<Member> former_leader_;
    std::vector<Member> removed_;
    std::vector<Standby> standbys_;
    std::uint64_t end_;
    std::uint64_t released_before_;
    std::optional<Propose> proposal_;
    /// Whether the witness is there is asked before anybody is removed.
    bool is_reading_ = false;
    Time asked_at_ = 0;
    bool is_deposed_ = false;
    LeaderFigures figures_;
};
}  // namespace jiffy::consensus
