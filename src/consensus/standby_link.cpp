// SPDX-License-Identifier: Apache-2.0
#include "consensus/standby_link.hpp"

#include "consensus/steady_time.hpp"

namespace jiffy::consensus
{
namespace
{
/// Microseconds that a connection may take to be made.
constexpr Time longest_connecting = 3'000'000;

/// A log has what was released, and nobody leads without that: it has been the log of another history.
StandbyFault other_history(const std::string& reason)
{
    return {"this node's log is not the leader's: " + reason +
            "; move its data directory away, and it gets all from the leader"};
}
}  // namespace

StandbyLink::StandbyLink(StandbyOptions options, const StandbyStart& start, Parts parts)
  : parts_{std::move(parts)}
  , core_{std::move(options), start}
  , shown_leader_{start.configuration.leader.name}
{
}

StandbyOutcome StandbyLink::run()
{
    core_.tick(steady_time(), commands_);
    carry_out();
    while (!outcome_)
    {
        if (is_stopping_)
            return Stopped{};
        wait_until(core_.next_time());
        show_figures();
        show_leader();
    }
    return std::move(*outcome_);
}

void StandbyLink::stop()
{
    is_stopping_ = true;
    wake_.set();
}

void StandbyLink::wait_until(Time end)
{
    const auto reading = [](int number) { return pollfd{.fd = number, .events = POLLIN, .revents = 0}; };
    std::vector<pollfd> waited{reading(parts_.witness.number()), reading(wake_.number())};
    if (socket_)
    {
        waited.push_back(reading(socket_->number()));
        if (socket_->has_backlog())
            waited.back().events |= POLLOUT;
    }
    else if (connecting_.number() >= 0)
        waited.push_back({.fd = connecting_.number(), .events = POLLOUT, .revents = 0});
    if (poll_until(waited, end) > 0)
    {
        if (waited.size() == 3 && waited[2].revents != 0)
            receive();
        if (waited[0].revents != 0)
            // Without an answer it asks again in time.
            if (const auto answer = parts_.witness.take(); answer && *answer)
                core_.answered(**answer, steady_time(), commands_);
        if (waited[1].revents != 0)
            wake_.clear();
    }
    carry_out();
    core_.tick(steady_time(), commands_);
    carry_out();
}

void StandbyLink::receive()
{
    if (!socket_)
    {
        const auto status = finish_connecting(connecting_);
        auto descriptor = std::exchange(connecting_, {});
        if (status == ConnectStatus::connected)
        {
            socket_.emplace(std::move(descriptor), longest_link_message);
            core_.connected(steady_time(), commands_);
        }
        else if (status == ConnectStatus::refused)
            core_.connection_refused(steady_time(), commands_);
        return;
    }
    const bool is_open = socket_->flush() && socket_->receive();
    while (socket_ && !outcome_)
    {
        const auto message = socket_->next();
        if (message && !*message)
            break;
        const auto decoded =
            message ? decode(**message) : Result<Message, feed::ProtocolError>{failure(message.error())};
        if (!decoded)
            return lose();
        core_.received(*decoded, steady_time(), commands_);
        carry_out();
    }
    if (!is_open && socket_)
        lose();
}

void StandbyLink::lose()
{
    socket_.reset();
    core_.disconnected(steady_time(), commands_);
}

void StandbyLink::connect(const Member& leader)
{
    const auto now = steady_time();
    if (connecting_.number() >= 0 && connecting_to_ == leader.name && now < connecting_since_ + longest_connecting)
        return;
    socket_.reset();
    connecting_ = {};
    const auto peer = parts_.peers.find(leader.name);
    if (peer == parts_.peers.end())
    {
        outcome_ = StandbyFault{"the leader is " + leader.name + ", which is not among the peers of this node"};
        return;
    }
    auto [descriptor, status] = connect_to(peer->second.host, peer->second.port);
    switch (status)
    {
        case ConnectStatus::under_way:
            connecting_ = std::move(descriptor);
            connecting_to_ = leader.name;
            connecting_since_ = now;
            break;
        case ConnectStatus::connected:
            socket_.emplace(std::move(descriptor), longest_link_message);
            core_.connected(steady_time(), commands_);
            break;
        case ConnectStatus::refused:
            core_.connection_refused(steady_time(), commands_);
            break;
        case ConnectStatus::failed:
            break;
    }
}

void StandbyLink::carry_out()
{
    // What is carried out may have more commands follow.
    while (!commands_.empty() && !outcome_)
    {
        const auto commands = std::exchange(commands_, {});
        for (const auto& command : commands)
            if (!outcome_)
                std::visit([this](const auto& kind) { carry_out(kind); }, command);
    }
}

void StandbyLink::carry_out(const SendToLeader& command)
{
    if (socket_ && !socket_->send(encode(command.message)))
        lose();
}

void StandbyLink::carry_out(const Disconnect&)
{
    socket_.reset();
    connecting_ = {};
}

void StandbyLink::carry_out(const AskTheWitness& command)
{
    // Without the record nothing is proposed: it asks again.
    if (const auto* proposal = std::get_if<Propose>(&command.request);
        proposal != nullptr && !parts_.remember(*proposal))
        return;
    parts_.witness.request(command.request);
}

void StandbyLink::carry_out(const HandOut& command)
{
    if (const auto taken = parts_.hand_out(command); !taken)
        outcome_ = StandbyFault{taken.error()};
}

void StandbyLink::carry_out(const CutLog& command)
{
    outcome_ = other_history("it would have to be cut back to record " + std::to_string(command.position.sequence));
}

void StandbyLink::carry_out(const BeginAgain& command)
{
    outcome_ = BeginAnew{command.reason};
}

void StandbyLink::carry_out(const RefusedByLeader& command)
{
    switch (command.refused.reason)
    {
        case RefusedReason::not_retained:
            outcome_ = BeginAnew{command.refused.text};
            break;
        case RefusedReason::not_leading:
        case RefusedReason::full:
            break;
        default:
            outcome_ = StandbyFault{"the leader refuses this node: " + command.refused.text};
    }
}

void StandbyLink::show_leader()
{
    const auto& leader = core_.configuration().leader.name;
    if (core_.is_leading() || leader == shown_leader_)
        return;
    shown_leader_ = leader;
    parts_.on_leader(leader);
}

void StandbyLink::show_figures()
{
    const auto& figures = core_.figures();
    parts_.metrics.epoch = core_.configuration().epoch;
    parts_.metrics.is_required = core_.is_required() ? 1 : 0;
    parts_.metrics.attempts += figures.attempts - shown_.attempts;
    parts_.metrics.takeovers += figures.takeovers - shown_.takeovers;
    parts_.metrics.spurious_takeovers += figures.spurious_takeovers - shown_.spurious_takeovers;
    shown_ = figures;
}
}  // namespace jiffy::consensus
