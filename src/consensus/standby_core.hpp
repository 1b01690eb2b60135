// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/failure_detector.hpp"
#include "consensus/messages.hpp"
#include "consensus/witness_register.hpp"

#include <deque>

namespace jiffy::consensus
{
/// Times in microseconds.
struct StandbyOptions
{
    DetectorOptions detector;
    /// Silence towards the leader after which it is told that the standby is there.
    Time heartbeat = 40'000;
    /// Time after which the witness is asked again.
    Time witness_retry = 200'000;
    /// Time after which a connection is tried again, and after a refusal.
    Time connect_retry = 50'000;
    Time refused_retry = 1'000'000;
    /// Bytes of records that are not released.
    std::size_t longest_tail = std::size_t{256} << 20;
    /// What the members share.
    std::string token;
};

/// Send it to the leader.
struct SendToLeader
{
    Message message;
};

/// Make a connection to this member, on which `connected` is said; one that is being made to it will do. The command
/// comes again as long as there is none.
struct ConnectTo
{
    Member leader;
};

/// Close the connection. `disconnected` need not be said of it.
struct Disconnect
{
};

/// Ask the witness; give its answer to `answered`. Before a proposal goes out, the owner has made the record of it
/// durable (`leader_record.hpp`).
struct AskTheWitness
{
    WitnessRequest request;
};

/// Apply and log these records, which are released. They follow on what was handed out before.
struct HandOut
{
    std::uint64_t first = 1;
    std::vector<Bytes> records;
    /// Behind the last one.
    feed::FeedPosition after;
};

/// The log of this process has records that belong to nobody: cut it back to this position, one of those that the core
/// was given at its start. Comes once, before a first `HandOut`.
struct CutLog
{
    feed::FeedPosition position;
};

/// The witness has accepted that this process leads. It releases these records, all that there are behind what was
/// handed out, and goes on with a `LeaderCore`. Before it releases anything it writes them to its log and then makes
/// its leader record say so.
struct Lead
{
    Configuration configuration;
    Member former_leader;
    HandOut rest;
};

/// This core is at its end, since the log has records that the leader's has not, or an earlier process of this node is
/// the leader: go on as a node that begins (`decide_beginning`), in another incarnation.
struct BeginAgain
{
    /// For people.
    std::string reason;
};

/// The leader does not want this process; `ConnectTo` comes again after some time.
struct RefusedByLeader
{
    Refused refused;
};

using StandbyCommand = std::
    variant<SendToLeader, ConnectTo, Disconnect, AskTheWitness, HandOut, CutLog, Lead, BeginAgain, RefusedByLeader>;
/// Commands are added, in the order in which they are to be carried out.
using StandbyCommands = std::vector<StandbyCommand>;

/// Counted since the standby began.
struct StandbyFigures
{
    /// It fenced itself and proposed to lead.
    std::uint64_t attempts = 0;
    std::uint64_t takeovers = 0;
    /// The leader that it had given up was heard of again.
    std::uint64_t spurious_takeovers = 0;
};

struct StandbyStart
{
    store::ChainIdentity chain;
    Member self;
    /// As the witness has told it last.
    Configuration configuration;
    /// The end of its log first, then places that the log can be cut back to, if any. At least one.
    std::vector<feed::FeedPosition> positions;
    Time now = 0;
};

/// Follows a leader in lock-step, and takes over when it is gone. It has no thread, clock or socket.
///
/// It keeps what it gets until it knows it to be released, and loses none of that before its process ends: records are
/// replaced only where those of a leader in a newer epoch differ. To take over it first stops to acknowledge, for good
/// in that epoch, and then asks the witness.
///
/// One thread at a time. Times never go back.
class StandbyCore
{
public:
    StandbyCore(StandbyOptions options, const StandbyStart& start);

    /// The connection that `ConnectTo` asked for is there.
    void connected(Time now, StandbyCommands& out);
    void received(const Message& message, Time now, StandbyCommands& out);
    /// It has ended.
    void disconnected(Time now, StandbyCommands& out);
    /// It cannot be made, since nobody listens where the leader should: that is suspicious at once.
    void connection_refused(Time now, StandbyCommands& out);
    /// The witness has answered: its current configuration.
    void answered(const Configuration& current, Time now, StandbyCommands& out);
    /// Time has passed. At `next_time` at the latest.
    void tick(Time now, StandbyCommands& out);
    [[nodiscard]] Time next_time() const noexcept;

    /// The newest that it knows of.
    [[nodiscard]] const Configuration& configuration() const noexcept { return known_; }
    /// That releases wait for it, as far as it knows.
    [[nodiscard]] bool is_required() const { return known_.has_standby(self_); }
    [[nodiscard]] bool is_leading() const noexcept { return stage_ == Stage::leading; }
    /// Behind the last record that it has, released or not.
    [[nodiscard]] const feed::FeedPosition& end() const noexcept { return end_; }
    /// Behind the last record that it has handed out.
    [[nodiscard]] const feed::FeedPosition& handed_out() const noexcept { return handed_out_; }
    [[nodiscard]] const StandbyFigures& figures() const noexcept { return figures_; }

private:
    enum class Stage : std::uint8_t
    {
        following,
        /// Whether the witness is there is asked.
        asking,
        /// It has fenced itself and asks the witness to let it lead.
        proposing,
        leading,
        /// There is nothing that it could do.
        ended,
    };

    struct Record
    {
        Bytes payload;
        Hash hash_after{};
    };

    void take(const Welcome& welcome, Time now, StandbyCommands& out);
    void take(const Refused& refused, Time now, StandbyCommands& out);
    void take(const Frames& frames, Time now, StandbyCommands& out);
    void take(const Configured& configured, Time now, StandbyCommands& out);
    void learn_released(std::uint64_t before, StandbyCommands& out);
    void acknowledge(Time now, StandbyCommands& out);
    void send(Message message, Time now, StandbyCommands& out);
    void look(Time now, StandbyCommands& out);
    void ask(WitnessRequest request, Time now, StandbyCommands& out);
    /// Adopts a newer configuration, and gives up a proposal that it shows to have failed.
    void learn(const Configuration& configuration, Time now);
    void leave_link(Time next_try, StandbyCommands& out);
    void begin_again(std::string reason, StandbyCommands& out);
    void take_over(Time now, StandbyCommands& out);
    void lead(Time now, StandbyCommands& out);
    /// Of a record from the one after `handed_out_` to the one behind the last.
    [[nodiscard]] feed::FeedPosition position_at(std::uint64_t sequence) const;
    void keep(std::uint64_t sequence, BytesView payload, const Hash& hash_after);
    [[nodiscard]] HandOut take_front(std::uint64_t before);
    [[nodiscard]] bool has_to_connect() const;
    [[nodiscard]] bool may_acknowledge() const noexcept { return is_welcome_ && stream_epoch_ > fenced_epoch_; }

    StandbyOptions options_;
    store::ChainIdentity chain_;
    Member self_;
    Configuration known_;
    /// Where the log can be cut back to, as long as nothing was taken from any leader.
    std::vector<feed::FeedPosition> places_;
    Stage stage_ = Stage::following;
    bool is_connected_ = false;
    bool is_welcome_ = false;
    bool was_welcome_ = false;
    bool is_asked_to_lead_ = false;
    /// Nobody listens where the leader should.
    bool is_leader_absent_ = false;
    /// It tries to take over from a leader of which nothing was heard since.
    bool has_given_up_ = false;
    /// Nothing is acknowledged in this epoch or an earlier one.
    std::uint64_t fenced_epoch_ = 0;
    /// In which the records on this connection are.
    std::uint64_t stream_epoch_ = 0;
    /// What the leader is known to have released, and what of its records in this epoch this process has.
    std::uint64_t released_before_ = 1;
    std::uint64_t matched_before_ = 1;
    std::optional<Propose> proposal_;
    Time asked_at_ = 0;
    Time next_connection_ = 0;
    Time last_sent_ = 0;
    FailureDetector detector_;

    feed::FeedPosition handed_out_;
    std::deque<Record> tail_;
    std::size_t tail_size_ = 0;
    feed::FeedPosition end_;
    feed::ChainHasher hasher_;
    StandbyFigures figures_;
};
}  // namespace jiffy::consensus
