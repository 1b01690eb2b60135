// SPDX-License-Identifier: Apache-2.0
#include "consensus/standby_core.hpp"

#include <limits>

namespace jiffy::consensus
{
StandbyCore::StandbyCore(StandbyOptions options, const StandbyStart& start)
  : options_{std::move(options)}
  , chain_{start.chain}
  , self_{start.self}
  , known_{start.configuration}
  , places_{start.positions}
  , next_connection_{start.now}
  , detector_{options_.detector, start.now}
  , handed_out_{start.positions.front()}
  , end_{handed_out_}
{
    places_.resize(std::min(places_.size(), most_positions));
}

void StandbyCore::send(Message message, Time now, StandbyCommands& out)
{
    last_sent_ = now;
    out.emplace_back(SendToLeader{std::move(message)});
}

void StandbyCore::ask(WitnessRequest request, Time now, StandbyCommands& out)
{
    asked_at_ = now;
    out.emplace_back(AskTheWitness{std::move(request)});
}

void StandbyCore::look(Time now, StandbyCommands& out)
{
    stage_ = Stage::asking;
    ask(ReadConfiguration{}, now, out);
}

void StandbyCore::acknowledge(Time now, StandbyCommands& out)
{
    if (may_acknowledge())
        send(Acknowledge{stream_epoch_, matched_before_}, now, out);
}

void StandbyCore::leave_link(Time next_try, StandbyCommands& out)
{
    if (is_connected_)
        out.emplace_back(Disconnect{});
    is_connected_ = false;
    is_welcome_ = false;
    next_connection_ = next_try;
}

void StandbyCore::begin_again(std::string reason, StandbyCommands& out)
{
    leave_link(0, out);
    stage_ = Stage::ended;
    out.emplace_back(BeginAgain{std::move(reason)});
}

bool StandbyCore::has_to_connect() const
{
    return !is_connected_ && known_.epoch != 0 && known_.leader.name != self_.name && stage_ <= Stage::asking;
}

feed::FeedPosition StandbyCore::position_at(std::uint64_t sequence) const
{
    const auto index = sequence - handed_out_.sequence;
    return index == 0 ? handed_out_ : feed::FeedPosition{sequence, tail_[index - 1].hash_after};
}

HandOut StandbyCore::take_front(std::uint64_t before)
{
    HandOut result{.first = handed_out_.sequence, .records = {}, .after = position_at(before)};
    for (; handed_out_.sequence < before; ++handed_out_.sequence)
    {
        tail_size_ -= tail_.front().payload.size();
        result.records.push_back(std::move(tail_.front().payload));
        tail_.pop_front();
    }
    handed_out_ = result.after;
    return result;
}

void StandbyCore::keep(std::uint64_t sequence, BytesView payload, const Hash& hash_after)
{
    const auto index = sequence - handed_out_.sequence;
    if (index < tail_.size())
    {
        // The same records stay: all of them may be released without its being known here.
        if (tail_[index].hash_after == hash_after)
            return;
        for (; tail_.size() > index; tail_.pop_back())
            tail_size_ -= tail_.back().payload.size();
    }
    tail_.push_back({to_bytes(payload), hash_after});
    tail_size_ += payload.size();
    end_ = {sequence + 1, hash_after};
}

void StandbyCore::learn_released(std::uint64_t before, StandbyCommands& out)
{
    released_before_ = std::max(released_before_, before);
    // What is behind those that are the leader's may be others than it has released.
    const auto known_before = std::min(released_before_, matched_before_);
    if (known_before > handed_out_.sequence)
        out.emplace_back(take_front(known_before));
}

void StandbyCore::learn(const Configuration& configuration, Time now)
{
    if (configuration.epoch <= known_.epoch)
        return;
    known_ = configuration;
    if (stage_ == Stage::proposing && configuration.epoch < proposal_->next.epoch)
        return;
    proposal_.reset();
    stage_ = Stage::following;
    is_asked_to_lead_ = false;
    is_leader_absent_ = false;
    has_given_up_ = false;
    detector_.restart(now);
}

void StandbyCore::connected(Time now, StandbyCommands& out)
{
    if (stage_ >= Stage::leading)
        return;
    is_connected_ = true;
    is_welcome_ = false;
    Join join{.chain = chain_, .token = options_.token, .member = self_, .epoch = known_.epoch, .positions = {}};
    if (was_welcome_ || end_ != handed_out_)
    {
        join.positions.push_back(end_);
        if (end_ != handed_out_)
            join.positions.push_back(handed_out_);
    }
    else
        join.positions = places_;
    send(std::move(join), now, out);
}

void StandbyCore::disconnected(Time now, StandbyCommands&)
{
    is_connected_ = false;
    is_welcome_ = false;
    next_connection_ = now;
}

void StandbyCore::connection_refused(Time now, StandbyCommands& out)
{
    is_connected_ = false;
    is_welcome_ = false;
    next_connection_ = now + options_.connect_retry;
    if (stage_ != Stage::following || !is_required())
        return;
    is_leader_absent_ = true;
    look(now, out);
}

void StandbyCore::received(const Message& message, Time now, StandbyCommands& out)
{
    if (!is_connected_ || stage_ >= Stage::leading)
        return;
    detector_.heard(now);
    is_leader_absent_ = false;
    if (std::exchange(has_given_up_, false))
        ++figures_.spurious_takeovers;
    if (stage_ == Stage::asking && !is_asked_to_lead_)
        stage_ = Stage::following;
    if (const auto* frames = std::get_if<Frames>(&message))
        return take(*frames, now, out);
    if (const auto* released = std::get_if<Released>(&message))
        return is_welcome_ ? learn_released(released->before, out) : leave_link(now, out);
    if (const auto* heartbeat = std::get_if<Heartbeat>(&message))
        return is_welcome_ ? learn_released(heartbeat->released_before, out) : leave_link(now, out);
    if (const auto* configured = std::get_if<Configured>(&message))
        return take(*configured, now, out);
    if (const auto* welcome = std::get_if<Welcome>(&message))
        return take(*welcome, now, out);
    if (const auto* refused = std::get_if<Refused>(&message))
        return take(*refused, now, out);
    if (!std::holds_alternative<PleaseLead>(message) || !is_welcome_)
        return leave_link(now + options_.refused_retry, out);
    if (stage_ != Stage::following || !is_required())
        return;
    is_asked_to_lead_ = true;
    look(now, out);
}

void StandbyCore::take(const Welcome& welcome, Time now, StandbyCommands& out)
{
    const auto& position = welcome.position;
    if (is_welcome_ || welcome.configuration.epoch < known_.epoch)
        return leave_link(now + options_.connect_retry, out);
    learn(welcome.configuration, now);
    const bool is_in_tail = position.sequence >= handed_out_.sequence && position.sequence <= end_.sequence &&
                            position_at(position.sequence) == position;
    if (!is_in_tail)
    {
        if (was_welcome_ || std::ranges::find(places_, position) == places_.end())
            return leave_link(now + options_.refused_retry, out);
        handed_out_ = position;
        end_ = position;
        out.emplace_back(CutLog{position});
    }
    is_welcome_ = true;
    was_welcome_ = true;
    stream_epoch_ = welcome.configuration.epoch;
    matched_before_ = position.sequence;
    // Not what another leader has said: if the operator had to give records up, this one has released fewer.
    released_before_ = welcome.released_before;
    acknowledge(now, out);
    learn_released(welcome.released_before, out);
}

void StandbyCore::take(const Refused& refused, Time now, StandbyCommands& out)
{
    // Whoever may lead already keeps what it has.
    if (stage_ == Stage::proposing)
        return leave_link(now + options_.refused_retry, out);
    if (refused.reason == RefusedReason::other_history && was_welcome_)
        return begin_again(refused.text, out);
    leave_link(now + options_.refused_retry, out);
    if (refused.reason != RefusedReason::not_leading && refused.reason != RefusedReason::full)
        out.emplace_back(RefusedByLeader{refused});
    else
    {
        next_connection_ = now + options_.connect_retry;
        look(now, out);
    }
}

void StandbyCore::take(const Frames& frames, Time now, StandbyCommands& out)
{
    if (!is_welcome_ || frames.epoch != stream_epoch_ || frames.first > matched_before_ ||
        frames.first < handed_out_.sequence)
        return leave_link(now + options_.refused_retry, out);
    const auto records = feed::unpack(frames.body);
    if (!records || tail_size_ + frames.body.size() > options_.longest_tail)
        return leave_link(now + options_.refused_retry, out);
    auto position = position_at(frames.first);
    std::vector<Hash> hashes;
    hashes.reserve(records->size());
    for (const auto record : *records)
    {
        hasher_.step(position, record);
        hashes.push_back(position.hash);
    }
    if (position.hash != frames.hash_after)
        return leave_link(now + options_.refused_retry, out);
    for (std::size_t i = 0; i < records->size(); ++i)
        keep(frames.first + i, (*records)[i], hashes[i]);
    matched_before_ = std::max(matched_before_, position.sequence);
    acknowledge(now, out);
    learn_released(frames.released_before, out);
}

void StandbyCore::take(const Configured& configured, Time now, StandbyCommands& out)
{
    const auto& configuration = configured.configuration;
    if (!is_welcome_ || configuration.epoch < known_.epoch || configuration.epoch <= stream_epoch_)
        return leave_link(now + options_.connect_retry, out);
    learn(configuration, now);
    // Its log has records of an earlier leader that were never released, as it turns out.
    if (configured.released_before < handed_out_.sequence)
        return begin_again("the leader has not released all that is in the log", out);
    stream_epoch_ = configuration.epoch;
    matched_before_ = std::min(matched_before_, configured.released_before);
    acknowledge(now, out);
    learn_released(configured.released_before, out);
}

void StandbyCore::answered(const Configuration& current, Time now, StandbyCommands& out)
{
    if (stage_ >= Stage::leading)
        return;
    if (proposal_ && current == proposal_->next)
        return lead(now, out);
    const auto leader = known_.leader;
    const bool was_asking = stage_ == Stage::asking;
    const bool wants_to_lead = is_asked_to_lead_ || is_leader_absent_ || detector_.suspects(now);
    const bool was_newer = current.epoch > known_.epoch;
    learn(current, now);
    if (known_.leader.name == self_.name && known_.leader != self_)
        return begin_again("an earlier process of this node has been accepted as the leader", out);
    if (was_newer && known_.leader != leader)
        leave_link(now, out);
    if (!was_asking || current != known_)
        return;
    stage_ = Stage::following;
    if (wants_to_lead && is_required() && known_.leader == leader)
        return take_over(now, out);
    is_asked_to_lead_ = false;
    is_leader_absent_ = false;
    if (!detector_.suspects(now))
        return;
    detector_.restart(now);
    leave_link(now, out);
}

void StandbyCore::take_over(Time now, StandbyCommands& out)
{
    ++figures_.attempts;
    has_given_up_ = !is_asked_to_lead_;
    is_asked_to_lead_ = false;
    // First of all: whoever asks to lead has stopped to let anybody else release.
    fenced_epoch_ = known_.epoch;
    proposal_ = Propose{.expected = known_.epoch,
        .proposer = self_,
        .next = {.epoch = known_.epoch + 1, .leader = self_, .standbys = {}}};
    stage_ = Stage::proposing;
    ask(*proposal_, now, out);
}

void StandbyCore::lead(Time now, StandbyCommands& out)
{
    stage_ = Stage::leading;
    ++figures_.takeovers;
    auto former = std::exchange(known_, proposal_->next).leader;
    if (is_connected_)
        send(Configured{known_, end_.sequence}, now, out);
    leave_link(now, out);
    out.emplace_back(Lead{known_, std::move(former), take_front(end_.sequence)});
}

void StandbyCore::tick(Time now, StandbyCommands& out)
{
    if (stage_ >= Stage::leading)
        return;
    if (has_to_connect() && now >= next_connection_)
    {
        next_connection_ = now + options_.connect_retry;
        out.emplace_back(ConnectTo{known_.leader});
    }
    if (is_welcome_ && now >= last_sent_ + options_.heartbeat)
        send(Heartbeat{handed_out_.sequence}, now, out);
    const bool has_to_ask_again = now >= asked_at_ + options_.witness_retry;
    if (stage_ == Stage::following && detector_.suspects(now))
        look(now, out);
    else if (stage_ == Stage::asking && has_to_ask_again)
        ask(ReadConfiguration{}, now, out);
    else if (stage_ == Stage::proposing && has_to_ask_again)
        ask(*proposal_, now, out);
}

Time StandbyCore::next_time() const noexcept
{
    if (stage_ >= Stage::leading)
        return std::numeric_limits<Time>::max();
    auto next = stage_ == Stage::following ? detector_.deadline() : asked_at_ + options_.witness_retry;
    if (has_to_connect())
        next = std::min(next, next_connection_);
    if (is_welcome_)
        next = std::min(next, last_sent_ + options_.heartbeat);
    return next;
}
}  // namespace jiffy::consensus
