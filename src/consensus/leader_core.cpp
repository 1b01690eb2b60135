// SPDX-License-Identifier: Apache-2.0
#include "consensus/leader_core.hpp"

#include "feed/token.hpp"

#include <limits>

namespace jiffy::consensus
{
namespace
{
/// Of those who were removed, to know them again.
constexpr std::size_t most_remembered = 16;
}  // namespace

LeaderCore::LeaderCore(LeaderOptions options, const LeaderStart& start, PositionLookup positions)
  : options_{std::move(options)}
  , chain_{start.chain}
  , positions_{std::move(positions)}
  , configuration_{start.configuration}
  , former_leader_{start.former_leader}
  , end_{start.released_before}
  , released_before_{start.released_before}
{
    for (const auto& member : configuration_.standbys)
        standbys_.push_back({.member = member,
            .stage = Stage::standing_by,
            .link = std::nullopt,
            .detector = FailureDetector{options_.detector, start.now}});
}

LeaderCore::Standby* LeaderCore::find(Link link) noexcept
{
    const auto found = std::ranges::find(standbys_, std::optional{link}, &Standby::link);
    return found == standbys_.end() ? nullptr : &*found;
}

void LeaderCore::send(Standby& standby, Message message, Time now, LeaderCommands& out)
{
    standby.last_sent = now;
    out.emplace_back(SendMessage{*standby.link, std::move(message)});
}

void LeaderCore::drop_link(Standby& standby, LeaderCommands& out)
{
    if (standby.link)
        out.emplace_back(CloseLink{*standby.link});
    standby.link.reset();
}

void LeaderCore::refuse(Link link, RefusedReason reason, std::string text, LeaderCommands& out)
{
    out.emplace_back(SendMessage{link, Refused{reason, std::move(text)}});
    out.emplace_back(CloseLink{link});
}

void LeaderCore::ask(WitnessRequest request, Time now, LeaderCommands& out)
{
    asked_at_ = now;
    out.emplace_back(AskWitness{std::move(request)});
}

void LeaderCore::appended(std::uint64_t before, Time now, LeaderCommands& out)
{
    end_ = std::max(end_, before);
    advance(now, out);
}

void LeaderCore::received(Link link, const Message& message, Time now, LeaderCommands& out)
{
    if (const auto* join = std::get_if<Join>(&message))
        return take(link, *join, now, out);
    auto* standby = find(link);
    if (standby == nullptr)
        return void(out.emplace_back(CloseLink{link}));
    standby->detector.heard(now);
    if (const auto* acknowledge = std::get_if<Acknowledge>(&message))
    {
        // What was said of another epoch was said of other records.
        if (acknowledge->epoch != configuration_.epoch || is_deposed_)
            return;
        if (acknowledge->before > standby->sent_before)
            return closed_by_fault(*standby, now, out);
        standby->acknowledged_before = std::max(standby->acknowledged_before, acknowledge->before);
        return advance(now, out);
    }
    if (const auto* configured = std::get_if<Configured>(&message))
    {
        if (configured->configuration.epoch > configuration_.epoch &&
            configured->configuration.leader != configuration_.leader)
            depose(configured->configuration, out);
        return;
    }
    if (!std::holds_alternative<Heartbeat>(message))
        closed_by_fault(*standby, now, out);
}

void LeaderCore::closed_by_fault(Standby& standby, Time now, LeaderCommands& out)
{
    const auto link = *standby.link;
    out.emplace_back(CloseLink{link});
    closed(link, now, out);
}

void LeaderCore::closed(Link link, Time now, LeaderCommands& out)
{
    auto* standby = find(link);
    if (standby == nullptr)
        return;
    standby->link.reset();
    if (standby->stage != Stage::joining && standby->stage != Stage::closing)
        return;
    standbys_.erase(standbys_.begin() + (standby - standbys_.data()));
    advance(now, out);
}

std::optional<Refused> LeaderCore::refusal_of(const Join& join) const
{
    if (!options_.token.empty() && !feed::is_same_token(options_.token, join.token))
        return Refused{RefusedReason::wrong_token, "the token is not that of this leader"};
    if (join.chain.chain_id != chain_.chain_id)
        return Refused{RefusedReason::other_chain,
            "this is chain " + std::to_string(chain_.chain_id) + ", not chain " + std::to_string(join.chain.chain_id)};
    if (join.chain != chain_)
        return Refused{RefusedReason::other_chain, "this chain has another genesis block: compare the genesis files"};
    if (is_deposed_ || join.epoch > configuration_.epoch)
        return Refused{RefusedReason::not_leading, "somebody else leads, or leads soon: ask the witness"};
    if (join.member.name == configuration_.leader.name)
        return Refused{RefusedReason::name_taken, "the leader has this name: give each node one of its own"};
    return std::nullopt;
}

std::optional<feed::FeedPosition> LeaderCore::common_position(const Join& join, Refused& refused) const
{
    refused = {RefusedReason::other_history,
        "what it has up to record " + std::to_string(join.positions.front().sequence) +
            " is not what this leader has, whose log ends before record " + std::to_string(end_)};
    for (const auto& position : join.positions)
    {
        const auto own = position.sequence <= end_ ? positions_(position.sequence) : std::nullopt;
        if (own == position)
            return position;
        if (!own && position.sequence <= end_)
            refused = {
                RefusedReason::not_retained, "record " + std::to_string(position.sequence) +
                                                 " is no longer in memory: follow the feed up to the newest first"};
    }
    return std::nullopt;
}

void LeaderCore::take(Link link, const Join& join, Time now, LeaderCommands& out)
{
    if (find(link) != nullptr)
        return closed_by_fault(*find(link), now, out);
    auto refusal = refusal_of(join);
    // It knows of a change that this leader does not: its own, whose answer was lost, or that of another one.
    if (refusal && refusal->reason == RefusedReason::not_leading && !is_deposed_ && !proposal_)
        ask(ReadConfiguration{}, now, out);
    Refused lost;
    const auto position = refusal ? std::nullopt : common_position(join, lost);
    if (!refusal && !position)
        refusal = std::move(lost);
    auto* standby = refusal ? nullptr : seat(join.member, now, out);
    if (!refusal && standby == nullptr)
        refusal = Refused{RefusedReason::full, "all places of this leader are taken, or its own is not free yet"};
    if (refusal)
        return refuse(link, refusal->reason, std::move(refusal->text), out);
    standby->link = link;
    standby->sent_before = position->sequence;
    standby->told_before = released_before_;
    standby->round_before = end_;
    standby->round_begin = now;
    standby->detector.restart(now);
    send(*standby, Welcome{configuration_, *position, released_before_}, now, out);
    advance(now, out);
}

LeaderCore::Standby* LeaderCore::seat(const Member& member, Time now, LeaderCommands& out)
{
    figures_.spurious_removals += std::erase(removed_, member);
    if (former_leader_ == member)
    {
        ++figures_.spurious_takeovers;
        former_leader_.reset();
    }
    for (auto& standby : standbys_)
    {
        if (standby.member != member)
            continue;
        if (standby.stage == Stage::leaving)
            return nullptr;
        if (standby.stage == Stage::lost)
            standby.stage = Stage::standing_by;
        drop_link(standby, out);
        return &standby;
    }
    for (auto& standby : standbys_)
        if (standby.member.name == member.name)
            drop_link(standby, out);
    std::erase_if(standbys_, [&member](const Standby& standby)
        { return standby.member.name == member.name && standby.stage <= Stage::closing; });
    // The process that had the place has ended, or it would not need another incarnation.
    for (auto& standby : standbys_)
        if (standby.member.name == member.name && standby.stage == Stage::standing_by)
            standby.stage = Stage::lost;
    if (standbys_.size() >= std::min(options_.seats, most_standbys) && !has_namesake(member))
        return nullptr;
    return &standbys_.emplace_back(
        Standby{.member = member, .link = std::nullopt, .detector = FailureDetector{options_.detector, now}});
}

bool LeaderCore::has_namesake(const Member& member) const
{
    return std::ranges::any_of(standbys_,
        [&member](const Standby& standby) { return standby.member.name == member.name && standby.member != member; });
}

void LeaderCore::send_frames(Standby& standby, Time now, LeaderCommands& out)
{
    auto before = std::min(end_, standby.acknowledged_before + options_.most_in_flight);
    // What is released together is acknowledged together: the owner cannot log a part of it.
    if (before > released_before_)
        before = end_;
    if (!standby.link || standby.sent_before >= before)
        return;
    out.emplace_back(SendFrames{.link = *standby.link,
        .epoch = configuration_.epoch,
        .first = standby.sent_before,
        .before = before,
        .released_before = released_before_});
    standby.sent_before = before;
    standby.told_before = released_before_;
    standby.last_sent = now;
}

void LeaderCore::advance(Time now, LeaderCommands& out)
{
    if (is_deposed_)
        return;
    auto before = end_;
    for (const auto& standby : standbys_)
        if (standby.stage != Stage::joining)
            before = std::min(before, standby.acknowledged_before);
    if (before > released_before_)
    {
        released_before_ = before;
        out.emplace_back(Release{before});
    }
    for (auto& standby : standbys_)
        if (standby.stage == Stage::joining && !proposal_ && !has_namesake(standby.member) && is_near(standby, now))
            standby.stage = Stage::closing;
    if (!proposal_)
        propose(now, out);
    for (auto& standby : standbys_)
        send_frames(standby, now, out);
}

bool LeaderCore::is_near(Standby& standby, Time now) const noexcept
{
    if (standby.acknowledged_before < standby.round_before)
        return false;
    if (now - standby.round_begin <= options_.nearly)
        return true;
    standby.round_before = end_;
    standby.round_begin = now;
    return false;
}

void LeaderCore::propose(Time now, LeaderCommands& out)
{
    auto next = configuration_;
    for (auto& standby : standbys_)
    {
        // Once it is in the configuration it may take over: it must have all that was released without it.
        if (standby.stage == Stage::closing && standby.acknowledged_before >= released_before_)
        {
            standby.stage = Stage::standing_by;
            next.standbys.push_back(standby.member);
            ++figures_.joins;
        }
        else if (standby.stage == Stage::lost)
        {
            standby.stage = Stage::leaving;
            std::erase(next.standbys, standby.member);
            ++figures_.removals;
        }
    }
    if (next.standbys == configuration_.standbys)
        return;
    std::ranges::sort(next.standbys, {}, &Member::name);
    ++next.epoch;
    ++figures_.proposals;
    is_reading_ = false;
    proposal_ = Propose{configuration_.epoch, configuration_.leader, std::move(next)};
    ask(*proposal_, now, out);
}

void LeaderCore::begin_terms(const Configuration& accepted, Time now, LeaderCommands& out)
{
    configuration_ = accepted;
    proposal_.reset();
    for (const auto& standby : standbys_)
        if (standby.stage == Stage::leaving)
            removed_.push_back(standby.member);
    if (removed_.size() > most_remembered)
        removed_.erase(removed_.begin(), removed_.end() - most_remembered);
    std::erase_if(standbys_, [](const Standby& standby) { return standby.stage == Stage::leaving; });
    end_ = released_before_;
    out.emplace_back(NewTerms{configuration_, released_before_});
    for (auto& standby : standbys_)
    {
        standby.acknowledged_before = std::min(standby.acknowledged_before, released_before_);
        standby.sent_before = std::min(standby.sent_before, released_before_);
        if (standby.link)
            send(standby, Configured{configuration_, released_before_}, now, out);
    }
    advance(now, out);
}

void LeaderCore::depose(const Configuration& current, LeaderCommands& out)
{
    is_deposed_ = true;
    out.emplace_back(Deposed{current});
    for (auto& standby : standbys_)
        if (const auto link = std::exchange(standby.link, std::nullopt))
            refuse(*link, RefusedReason::not_leading, "the chain is led by " + to_string(current), out);
}

void LeaderCore::answered(const Configuration& current, Time now, LeaderCommands& out)
{
    if (is_deposed_)
        return;
    if (proposal_ && current == proposal_->next)
        return begin_terms(current, now, out);
    if (current.epoch > configuration_.epoch)
        return depose(current, out);
    if (!is_reading_ || proposal_ || current != configuration_)
        return;
    is_reading_ = false;
    for (auto& standby : standbys_)
        if (standby.stage == Stage::standing_by && standby.detector.suspects(now))
        {
            standby.stage = Stage::lost;
            drop_link(standby, out);
        }
    advance(now, out);
}

void LeaderCore::tick(Time now, LeaderCommands& out)
{
    if (is_deposed_)
        return;
    bool is_suspicious = false;
    for (auto& standby : standbys_)
    {
        if (standby.link && now >= standby.last_sent + options_.heartbeat)
            send(standby, Heartbeat{released_before_}, now, out);
        else if (standby.link && standby.told_before < released_before_ &&
                 now >= standby.last_sent + options_.release_notice)
            send(standby, Released{released_before_}, now, out);
        else
            continue;
        standby.told_before = released_before_;
    }
    for (auto& standby : standbys_)
        if (standby.stage <= Stage::closing && standby.detector.suspects(now))
            drop_link(standby, out);
    std::erase_if(standbys_, [](const Standby& standby) { return standby.stage <= Stage::closing && !standby.link; });
    for (const auto& standby : standbys_)
        is_suspicious |= standby.stage == Stage::standing_by && standby.detector.suspects(now);
    const bool was_reading = std::exchange(is_reading_, is_suspicious && !proposal_);
    if (proposal_ && now >= asked_at_ + options_.witness_retry)
        ask(*proposal_, now, out);
    else if (is_reading_ && (!was_reading || now >= asked_at_ + options_.witness_retry))
        ask(ReadConfiguration{}, now, out);
    advance(now, out);
}

Time LeaderCore::next_time() const noexcept
{
    auto next = std::numeric_limits<Time>::max();
    if (is_deposed_)
        return next;
    if (proposal_ || is_reading_)
        next = asked_at_ + options_.witness_retry;
    for (const auto& standby : standbys_)
    {
        if (standby.link)
            next = std::min(next, standby.last_sent + (standby.told_before < released_before_ ? options_.release_notice
                                                                                              : options_.heartbeat));
        if (standby.stage <= Stage::closing || (standby.stage == Stage::standing_by && !proposal_ && !is_reading_))
            next = std::min(next, standby.detector.deadline());
    }
    return next;
}

bool LeaderCore::hand_over(Time now, LeaderCommands& out)
{
    if (is_deposed_ || proposal_ || is_reading_ || released_before_ != end_)
        return false;
    for (auto& standby : standbys_)
        if (standby.stage == Stage::standing_by && standby.link && standby.acknowledged_before == end_)
        {
            send(standby, PleaseLead{}, now, out);
            return true;
        }
    return false;
}
}  // namespace jiffy::consensus
