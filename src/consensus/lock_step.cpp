// SPDX-License-Identifier: Apache-2.0
#include "consensus/lock_step.hpp"

#include "consensus/steady_time.hpp"

#include <poll.h>

namespace jiffy::consensus
{
namespace
{
/// Connections that are open at once: those of standbys, and of whoever would like to be one.
constexpr std::size_t most_connections = 32;
/// Of those that come in one look at the listener.
constexpr std::size_t most_accepted = 8;
/// Microseconds between two looks at the sockets while nothing is released, and at the listener in any case.
constexpr Time look_interval = 10'000;
/// Microseconds to say `Join`.
constexpr Time longest_greeting = 2'000'000;
/// Of one message `Frames`.
constexpr std::size_t most_frame_bytes = std::size_t{1} << 20;

bool waits_for_disk(types::Durability durability)
{
    return durability == types::Durability::disk || durability == types::Durability::standby_and_disk;
}
}  // namespace

LockStep::LockStep(LockStepOptions options, const LeaderStart& start, Parts parts)
  : options_{std::move(options)}
  , parts_{std::move(parts)}
  , core_{options_.leader, start, [this](std::uint64_t sequence) { return position_at(sequence); }}
  , records_{options_.terms.chain_id, parts_.publisher.window().end()}
{
    if (parts_.log != nullptr)
        parts_.log->wait_for_disk(waits_for_disk(terms_of(start.configuration).durability));
    show_figures();
}

sequencer::LogSink LockStep::sink()
{
    return {.write = [this](std::span<const types::LogFrame> frames) { return write(frames); },
        .attend = [this] { return attend(); }};
}

types::StatementTerms LockStep::terms_of(const Configuration& configuration) const
{
    auto terms = options_.terms;
    terms.epoch = configuration.epoch;
    terms.durability = configuration.standbys.empty() ? options_.durability_alone : options_.durability;
    return terms;
}

sequencer::LogOutcome LockStep::write(std::span<const types::LogFrame> frames)
{
    if (!new_terms_ && !is_deposed_)
    {
        const auto begin = sequencer::read_stopwatch();
        frames_ = frames;
        records_.add(frames);
        core_.appended(records_.end().sequence, steady_time(), commands_);
        carry_out();
        while (!records_.is_empty() && !new_terms_ && !is_deposed_ && !cannot_log_)
        {
            if (is_stopping_ && !deadline_)
                deadline_ = steady_time() + static_cast<Time>(options_.farewell.count()) * 1000;
            if (deadline_ && steady_time() >= *deadline_)
            {
                has_given_up_ = true;
                return sequencer::NotLogged{};
            }
            wait_until(std::min(core_.next_time(), deadline_.value_or(~Time{0})));
        }
        if (records_.is_empty())
        {
            if (metrics_.standbys != 0)
                sequencer::record(metrics_.acknowledgement, begin, sequencer::read_stopwatch());
            return sequencer::Logged{};
        }
    }
    records_.clear(parts_.publisher.window().end());
    if (is_deposed_ || cannot_log_)
        return sequencer::NotLogged{};
    return sequencer::SignAgain{terms_of(*std::exchange(new_terms_, std::nullopt))};
}

bool LockStep::log()
{
    const auto records = records_.records();
    if (records.empty())
        return false;
    for (std::size_t i = 0; i < records.size(); ++i)
    {
        if (parts_.log != nullptr)
            parts_.log->append(frames_[i], records[i]);
        parts_.publisher.append(records[i]);
    }
    if (parts_.log != nullptr && !parts_.log->make_durable())
        return false;
    parts_.publisher.release();
    records_.clear(parts_.publisher.window().end());
    return true;
}

std::chrono::steady_clock::time_point LockStep::attend()
{
    if (has_given_up_ || cannot_log_ || is_deposed_)
        return time_point_of(steady_time() + 100 * look_interval);
    if (is_asked_to_hand_over_ && core_.hand_over(steady_time(), commands_))
        is_asked_to_hand_over_ = false;
    wait_until(steady_time());
    return time_point_of(std::min(core_.next_time(), steady_time() + look_interval));
}

void LockStep::wait_until(Time end)
{
    std::vector<pollfd> waited;
    waited.reserve(connections_.size() + 3);
    // Whoever connects again and again, or an error that stays, must not keep this thread busy.
    const bool accepts = steady_time() >= next_accept_;
    waited.push_back({.fd = accepts ? parts_.listener.number() : -1, .events = POLLIN, .revents = 0});
    waited.push_back({.fd = parts_.witness.number(), .events = POLLIN, .revents = 0});
    waited.push_back({.fd = wake_.number(), .events = POLLIN, .revents = 0});
    for (const auto& connection : connections_)
        waited.push_back({.fd = connection->socket.number(),
            .events = static_cast<short>(connection->socket.has_backlog() ? POLLIN | POLLOUT : POLLIN),
            .revents = 0});
    if (poll_until(waited, end) > 0)
    {
        for (std::size_t i = 3; i < waited.size(); ++i)
            if (waited[i].revents != 0)
                receive(*connections_[i - 3]);
        if (waited[0].revents != 0)
            accept();
        if (waited[1].revents != 0)
            take_answer();
        if (waited[2].revents != 0)
            wake_.clear();
    }
    const auto now = steady_time();
    core_.tick(now, commands_);
    carry_out();
    for (const auto& connection : connections_)
        if (!connection->has_joined && now > connection->since + longest_greeting)
            connection->link = 0;
    std::erase_if(connections_, [](const auto& connection) { return connection->link == 0; });
}

void LockStep::accept()
{
    const auto now = steady_time();
    next_accept_ = now + look_interval;
    for (std::size_t i = 0; i < most_accepted; ++i)
    {
        auto descriptor = accept_from(parts_.listener);
        if (!descriptor)
            return;
        if (connections_.size() < most_connections)
            connections_.push_back(std::make_unique<Connection>(
                next_link_++, LinkSocket{std::move(*descriptor), longest_small_message}, now));
    }
}

void LockStep::receive(Connection& connection)
{
    const auto link = connection.link;
    const bool is_open = connection.socket.flush() && connection.socket.receive();
    while (connection.link != 0)
    {
        const auto message = connection.socket.next();
        if (message && !*message)
            break;
        const auto decoded =
            message ? decode(**message) : Result<Message, feed::ProtocolError>{failure(message.error())};
        if (!decoded)
        {
            const bool is_old = decoded.error() == feed::ProtocolError::other_version;
            send(link, encode(Refused{is_old ? RefusedReason::other_version : RefusedReason::malformed,
                           std::string{feed::to_string(decoded.error())}}));
            core_.closed(link, steady_time(), commands_);
            carry_out();
            close(link);
            return;
        }
        connection.has_joined = true;
        core_.received(link, *decoded, steady_time(), commands_);
        carry_out();
    }
    if (is_open || connection.link == 0)
        return;
    close(link);
    core_.closed(link, steady_time(), commands_);
    carry_out();
}

void LockStep::take_answer()
{
    // Without an answer it asks again in time.
    const auto answer = parts_.witness.take();
    if (answer && *answer)
        core_.answered(**answer, steady_time(), commands_);
}

void LockStep::carry_out()
{
    // What is carried out may have more commands follow.
    while (!commands_.empty())
    {
        const auto commands = std::exchange(commands_, {});
        for (const auto& command : commands)
            std::visit([this](const auto& kind) { carry_out(kind); }, command);
    }
}

void LockStep::carry_out(const SendFrames& command)
{
    if (cannot_log_)
        return;
    auto first = command.first;
    const auto before = std::min(command.before, records_.first());
    while (first < before)
    {
        const auto count = std::min<std::uint64_t>(feed::most_records, before - first);
        const auto batch = parts_.publisher.window().read(
            first, {.bytes = most_frame_bytes, .records = static_cast<std::uint32_t>(count)});
        if (!batch)
        {
            close(command.link);
            core_.closed(command.link, steady_time(), commands_);
            return;
        }
        send_frames(command, first, batch->after.hash, batch->body);
        first += batch->count;
    }
    if (first < command.before)
        send_frames(command, first, records_.position_at(command.before)->hash, records_.body(first, command.before));
}

void LockStep::send_frames(const SendFrames& command, std::uint64_t first, const Hash& hash_after, BytesView body)
{
    send(command.link, encode(Frames{.epoch = command.epoch,
                           .first = first,
                           .released_before = command.released_before,
                           .hash_after = hash_after,
                           .body = body}));
}

void LockStep::carry_out(const SendMessage& command)
{
    // Nobody is to hear that what could not be logged is released.
    if (!cannot_log_)
        send(command.link, encode(command.message));
}

void LockStep::carry_out(const CloseLink& command)
{
    close(command.link);
}

void LockStep::carry_out(const AskWitness& command)
{
    // Without the record nothing is proposed: it asks again, and the releases that need it wait.
    if (const auto* proposal = std::get_if<Propose>(&command.request);
        proposal != nullptr && !parts_.remember(*proposal, core_.configuration()))
        return;
    parts_.witness.request(command.request);
}

void LockStep::carry_out(const Release& command)
{
    // Before any standby is told: what it hands out has to outlive this process.
    if (!has_given_up_ && !records_.is_empty() && command.before == records_.end().sequence)
        cannot_log_ = !log();
}

void LockStep::carry_out(const NewTerms& command)
{
    new_terms_ = command.configuration;
    if (parts_.log != nullptr)
        parts_.log->wait_for_disk(waits_for_disk(terms_of(command.configuration).durability));
    show_figures();
    parts_.on_term(terms_of(command.configuration));
}

void LockStep::carry_out(const Deposed& command)
{
    is_deposed_ = true;
    parts_.on_deposed(command.configuration);
}

std::optional<feed::FeedPosition> LockStep::position_at(std::uint64_t sequence) const
{
    const auto unreleased = records_.position_at(sequence);
    return unreleased ? unreleased : parts_.publisher.window().position_at(sequence);
}

LockStep::Connection* LockStep::find(Link link)
{
    const auto found =
        std::ranges::find_if(connections_, [link](const auto& connection) { return connection->link == link; });
    return found != connections_.end() ? found->get() : nullptr;
}

void LockStep::close(Link link)
{
    // It goes out of the list, and with that is closed, when nobody goes through that.
    if (auto* connection = find(link))
        connection->link = 0;
}

void LockStep::send(Link link, Bytes message)
{
    auto* connection = find(link);
    if (connection == nullptr || connection->socket.send(std::move(message)))
        return;
    close(link);
    core_.closed(link, steady_time(), commands_);
}

void LockStep::limit_waiting()
{
    is_stopping_ = true;
    wake_.set();
}

void LockStep::ask_to_hand_over(bool has_to)
{
    is_asked_to_hand_over_ = has_to;
    wake_.set();
}

void LockStep::show_figures()
{
    const auto& figures = core_.figures();
    metrics_.epoch = core_.configuration().epoch;
    metrics_.standbys = core_.configuration().standbys.size();
    metrics_.joins = figures.joins;
    metrics_.removals = figures.removals;
    metrics_.spurious_removals = figures.spurious_removals;
    metrics_.spurious_takeovers = figures.spurious_takeovers;
}
}  // namespace jiffy::consensus
