// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/link_socket.hpp"
#include "consensus/standby_core.hpp"
#include "consensus/witness_mailbox.hpp"

#include <map>

namespace jiffy::consensus
{
/// Where a member listens for standbys.
struct Endpoint
{
    std::string host;
    std::uint16_t port = 0;
};

/// Figures of a standby; readable by any thread.
struct StandbyMetrics
{
    std::atomic<std::uint64_t> epoch = 0;
    /// 1 while releases wait for this node.
    std::atomic<std::uint64_t> is_required = 0;
    std::atomic<std::uint64_t> attempts = 0;
    std::atomic<std::uint64_t> takeovers = 0;
    std::atomic<std::uint64_t> spurious_takeovers = 0;
};

/// To be begun anew in another incarnation, from the question who leads on; as when what is needed is not in the
/// leader's memory any more, but in its feed.
struct BeginAnew
{
    /// For people.
    std::string reason;
};
struct Stopped
{
};
/// Why this node can stand by no more, one line for people.
struct StandbyFault
{
    std::string text;
};

/// Why a link has come to its end.
using StandbyOutcome = std::variant<Lead, BeginAnew, StandbyFault, Stopped>;

/// Carries out what a `StandbyCore` decides: follows the leader, whoever that is, until this node leads.
class StandbyLink
{
public:
    /// What it stands on; all of it outlives it.
    struct Parts
    {
        WitnessMailbox& witness;
        /// By name.
        const std::map<std::string, Endpoint>& peers;
        /// Makes durable that this configuration is about to be proposed; false if it cannot.
        std::function<bool(const Propose&)> remember;
        /// Logs and applies records, which are released; or why not, one line for people.
        std::function<std::expected<void, std::string>(const HandOut&)> hand_out;
        /// Told who leads from now on, if that is another one than at the start.
        std::function<void(const std::string& name)> on_leader;
        /// Told of this link and others.
        StandbyMetrics& metrics;
    };

    StandbyLink(StandbyOptions options, const StandbyStart& start, Parts parts);
    StandbyLink(const StandbyLink&) = delete;
    StandbyLink& operator=(const StandbyLink&) = delete;

    /// Runs on the calling thread, once.
    StandbyOutcome run();
    /// Ends `run`. Any thread.
    void stop();

    /// The newest that it knows of; behind `run`.
    [[nodiscard]] const Configuration& configuration() const noexcept { return core_.configuration(); }

private:
    void wait_until(Time end);
    void receive();
    void connect(const Member& leader);
    void lose();
    void carry_out();
    void carry_out(const SendToLeader& command);
    void carry_out(const ConnectTo& command) { connect(command.leader); }
    void carry_out(const Disconnect& command);
    void carry_out(const AskTheWitness& command);
    void carry_out(const HandOut& command);
    void carry_out(const CutLog& command);
    void carry_out(const Lead& command) { outcome_ = command; }
    void carry_out(const BeginAgain& command);
    void carry_out(const RefusedByLeader& command);
    void show_figures();
    void show_leader();

    Parts parts_;
    StandbyCore core_;
    StandbyCommands commands_;
    /// A connection on its way, to whom and since when; then the connection.
    Descriptor connecting_;
    std::string connecting_to_;
    Time connecting_since_ = 0;
    std::optional<LinkSocket> socket_;
    std::optional<StandbyOutcome> outcome_;
    WakeEvent wake_;
    std::atomic<bool> is_stopping_ = false;
    /// What was shown.
    StandbyFigures shown_;
    std::string shown_leader_;
};
}  // namespace jiffy::consensus
