// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/leader_notes.hpp"
#include "consensus/lock_step.hpp"
#include "consensus/standby_link.hpp"
#include "node/admin_socket.hpp"
#include "node/following.hpp"

namespace jiffy::node
{
/// Told on the group's thread, but for the last three, which are told on any.
struct GroupEvents
{
    /// This member leads now.
    std::function<void(const std::string& leader)> on_standby;
    /// This node leads, on these terms, from where the follower is. The lock-step outlives what leads.
    std::function<void(replica::Follower, consensus::LockStep&, const types::StatementTerms&)> on_lead;
    /// It leads on other terms.
    std::function<void(const types::StatementTerms&)> on_term;
    /// What whoever runs the node should know, though it goes on.
    std::function<void(const std::string&)> on_notice;
    /// Told once, why the node cannot go on.
    std::function<void(const std::string&)> on_failure;
};

/// A node's part among those who lead a chain in turns: asks the witness who leads, stands by while that is somebody
/// else, and takes over. A thread of its own, until the node leads; then it is the leader's.
class Group
{
public:
    /// The error is one line for people.
    static std::expected<std::unique_ptr<Group>, std::string> open(ChainParts& chain,
        Storage& storage,
        feed::Publisher& publisher,
        const NodeOptions& options,
        GroupEvents events);
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    ~Group();

    /// What keeps the chain while somebody else leads. Before `start`.
    void follow_with(Following& following) noexcept { following_ = &following; }
    void start();
    /// What was followed has been told to stop. A leader gets some time to release what it has.
    void stop();

    /// Any thread; null before the node leads, or has stood by.
    [[nodiscard]] const consensus::LockStepMetrics* leading() const noexcept;
    [[nodiscard]] const consensus::StandbyMetrics& standing_by() const noexcept { return standby_metrics_; }
    /// Where standbys connect.
    [[nodiscard]] std::uint16_t port() const { return consensus::port_of(listener_); }

private:
    Group(ChainParts& chain,
        Storage& storage,
        feed::Publisher& publisher,
        const NodeOptions& options,
        consensus::Descriptor listener,
        GroupEvents events);

    void run();
    /// Asks the witness what to do, and does it. False once nothing is left to do on this thread.
    bool take_part();
    /// Its process runs: it is not for the operator to say who leads then.
    [[nodiscard]] bool is_there(const consensus::Member& member) const;
    bool propose_itself(const consensus::Propose& proposal);
    bool stand_by(const consensus::Configuration& current);
    bool take_over(const consensus::Lead& lead);
    void lead(const consensus::Configuration& configuration, std::optional<consensus::Member> former);
    /// An answer of the witness; nothing if there is none. Asks again after some time.
    std::optional<consensus::Configuration> ask(const consensus::WitnessRequest& request);
    void notice(const std::string& text);
    void rest(std::chrono::milliseconds time);
    [[nodiscard]] consensus::LeaderNotes make_notes();
    std::expected<std::string, std::string> obey(std::string_view command);
    std::expected<std::string, std::string> hand_over();
    [[nodiscard]] std::string describe() const;

    ChainParts& chain_;
    Storage& storage_;
    feed::Publisher& publisher_;
    GroupOptions options_;
    std::string data_directory_;
    types::Durability durability_;
    types::StatementTerms terms_;
    GroupEvents events_;
    consensus::Descriptor listener_;
    consensus::WitnessMailbox witness_;
    consensus::Member self_;
    std::map<std::string, consensus::Endpoint> links_;
    Following* following_ = nullptr;
    std::string last_notice_;
    /// The leader whose feed everything was taken from that it had.
    std::string caught_up_with_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::unique_ptr<consensus::StandbyLink> link_;
    consensus::StandbyMetrics standby_metrics_;
    std::optional<std::string> successor_;

    std::unique_ptr<consensus::LeaderNotes> notes_;
    std::unique_ptr<consensus::LockStep> lock_step_;
    std::atomic<consensus::LockStep*> current_lock_step_ = nullptr;
    std::unique_ptr<AdminSocket> admin_;
    std::thread thread_;
};

/// Figures of a node that shares its chain with others; zeros for null.
void add_group_metrics(Metrics& metrics, const Group* group);
}  // namespace jiffy::node
