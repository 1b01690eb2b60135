// SPDX-License-Identifier: Apache-2.0
#include "node/group.hpp"

#include "consensus/steady_time.hpp"
#include "node/leader.hpp"
#include "sequencer/thread_priority.hpp"

#include <random>

namespace jiffy::node
{
namespace
{
constexpr std::chrono::milliseconds pause{200};
constexpr std::chrono::seconds longest_hand_over{10};
/// Microseconds for somebody to answer whose place an operator wants to take.
constexpr consensus::Time patience = 1'000'000;

std::uint64_t random_incarnation()
{
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

std::map<std::string, consensus::Endpoint> links_of(const GroupOptions& options)
{
    std::map<std::string, consensus::Endpoint> links;
    for (const auto& [name, peer] : options.peers)
        links.emplace(name, peer.link);
    return links;
}
}  // namespace

std::expected<std::unique_ptr<Group>, std::string> Group::open(ChainParts& chain,
    Storage& storage,
    feed::Publisher& publisher,
    const NodeOptions& options,
    GroupEvents events)
{
    const auto& listen = options.group->listen;
    auto listener = consensus::listen_on(listen.host, listen.port);
    if (!listener)
        return std::unexpected{std::move(listener.error())};
    std::unique_ptr<Group> group{
        new Group{chain, storage, publisher, options, std::move(*listener), std::move(events)}};
    auto admin = AdminSocket::open(
        options.data_directory, [self = group.get()](std::string_view command) { return self->obey(command); });
    if (!admin)
        return std::unexpected{std::move(admin.error())};
    group->admin_ = std::move(*admin);
    return group;
}

Group::Group(ChainParts& chain,
    Storage& storage,
    feed::Publisher& publisher,
    const NodeOptions& options,
    consensus::Descriptor listener,
    GroupEvents events)
  : chain_{chain}
  , storage_{storage}
  , publisher_{publisher}
  , options_{*options.group}
  , data_directory_{options.data_directory}
  , durability_{options.durability}
  , terms_{leader_options(options, chain.specification.chain_id, {}).terms}
  , events_{std::move(events)}
  , listener_{std::move(listener)}
  , witness_{{.host = options_.witness.host,
        .port = options_.witness.port,
        .token = options_.token,
        .chain = chain.identity()}}
  , self_{options_.name, random_incarnation()}
  , links_{links_of(options_)}
{
    // Until it leads, the disk follows behind.
    storage_.order_log().wait_for_disk(false);
}

Group::~Group()
{
    admin_.reset();
    stop();
}

void Group::start()
{
    witness_.start();
    thread_ = std::thread{[this] { run(); }};
}

void Group::stop()
{
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        if (link_)
            link_->stop();
    }
    wake_.notify_all();
    if (auto* leading = current_lock_step_.load())
        leading->limit_waiting();
    if (thread_.joinable())
        thread_.join();
}

void Group::run()
{
    sequencer::name_thread("group");
    notes_ = std::make_unique<consensus::LeaderNotes>(make_notes());
    while (take_part())
    {
        const std::lock_guard lock{mutex_};
        if (stopping_)
            return;
    }
}

consensus::LeaderNotes Group::make_notes()
{
    return {{.disk = storage_.disk(),
                .directory = data_directory_,
                .chain = chain_.identity(),
                .self = self_,
                .boot_id = consensus::boot_id_of_machine(),
                .waits_for_disk = waits_for_disk(durability_),
                .sync_log = [this] { return storage_.sync_log(); }},
        events_.on_failure};
}

bool Group::take_part()
{
    const auto current = ask(consensus::ReadConfiguration{});
    if (!current)
        return true;
    const auto& epoch = following_->epoch();
    const bool is_forced = options_.takes_leadership && !is_there(current->leader);
    const auto decision = notes_->decide(*current, epoch ? epoch->terms.epoch : 0, is_forced);
    if (!decision)
    {
        events_.on_failure(decision.error());
        return false;
    }
    switch (decision->role)
    {
        case consensus::Role::lead:
            return propose_itself(*decision->proposal);
        case consensus::Role::stand_by:
            return stand_by(*current);
        case consensus::Role::wait:
            notice("this node does not lead: " + decision->text);
            rest(pause);
            return true;
    }
    return false;
}

bool Group::is_there(const consensus::Member& member) const
{
    if (member.name.empty() || member.name == self_.name)
        return false;
    // Of one that is no peer nobody knows.
    const auto peer = links_.find(member.name);
    if (peer == links_.end())
        return true;
    const auto [connection, status] = consensus::connect_to(peer->second.host, peer->second.port);
    if (status != consensus::ConnectStatus::under_way)
        return status == consensus::ConnectStatus::connected;
    std::vector<pollfd> waited{{.fd = connection.number(), .events = POLLOUT, .revents = 0}};
    return consensus::poll_until(waited, consensus::steady_time() + patience) > 0 &&
           consensus::finish_connecting(connection) == consensus::ConnectStatus::connected;
}

bool Group::propose_itself(const consensus::Propose& proposal)
{
    if (!notes_->begins(proposal))
        return false;
    for (;;)
    {
        {
            const std::lock_guard lock{mutex_};
            if (stopping_)
                return false;
        }
        const auto answer = ask(proposal);
        if (!answer)
            continue;
        if (*answer != proposal.next)
            return true;
        lead(*answer, std::nullopt);
        return false;
    }
}

bool Group::stand_by(const consensus::Configuration& current)
{
    const auto& leader = current.leader.name;
    // It was for the beginning only: another one leads.
    options_.takes_leadership = false;
    events_.on_standby(leader);
    const auto peer = options_.peers.find(leader);
    if (peer == options_.peers.end())
    {
        events_.on_failure("the chain is led by " + leader + ", which is not among the peers of this node (--peer)");
        return false;
    }
    if (caught_up_with_ != leader)
        switch (following_->catch_up(peer->second.feed))
        {
            case Following::CatchUp::stopped:
                return false;
            case Following::CatchUp::failed:
                notice("the feed of " + leader + " cannot be followed: " + following_->refusal());
                // Whoever leads may be gone, and another one lead.
                break;
            case Following::CatchUp::done:
                caught_up_with_ = leader;
        }
    {
        const std::lock_guard lock{mutex_};
        if (stopping_)
            return false;
        consensus::StandbyOptions standby_options;
        standby_options.token = options_.token;
        link_ = std::make_unique<consensus::StandbyLink>(standby_options,
            consensus::StandbyStart{.chain = chain_.identity(),
                .self = self_,
                .configuration = current,
                .positions = {following_->position()},
                .now = consensus::steady_time()},
            consensus::StandbyLink::Parts{.witness = witness_,
                .peers = links_,
                .remember = [this](const consensus::Propose& proposal) { return notes_->takes_over(proposal); },
                .hand_out = [this](const consensus::HandOut& records) -> std::expected<void, std::string>
                {
                    const std::vector<BytesView> views{records.records.begin(), records.records.end()};
                    if (following_->take(views))
                        return {};
                    return std::unexpected{following_->refusal()};
                },
                .on_leader = events_.on_standby,
                .metrics = standby_metrics_});
    }
    auto outcome = link_->run();
    {
        const std::lock_guard lock{mutex_};
        link_.reset();
    }
    if (const auto* taken_over = std::get_if<consensus::Lead>(&outcome))
        return take_over(*taken_over);
    if (const auto* fault = std::get_if<consensus::StandbyFault>(&outcome))
    {
        events_.on_failure(fault->text);
        return false;
    }
    // What it held beyond what is released is gone: it is somebody else from now on.
    self_.incarnation = random_incarnation();
    notes_ = std::make_unique<consensus::LeaderNotes>(make_notes());
    caught_up_with_.clear();
    if (const auto* anew = std::get_if<consensus::BeginAnew>(&outcome))
    {
        notice("standing by anew: " + anew->reason);
        rest(pause);
    }
    return !std::holds_alternative<consensus::Stopped>(outcome);
}

bool Group::take_over(const consensus::Lead& taken_over)
{
    const std::vector<BytesView> views{taken_over.rest.records.begin(), taken_over.rest.records.end()};
    // Nobody is to see what could still be lost with this process.
    if (!std::ranges::all_of(views, [this](BytesView record) { return storage_.append(record); }) ||
        !notes_->has_taken_over(taken_over.configuration))
        return false;
    if (!views.empty() && !following_->take_logged(views))
    {
        events_.on_failure(following_->refusal());
        return false;
    }
    lead(taken_over.configuration, taken_over.former_leader);
    return false;
}

void Group::lead(const consensus::Configuration& configuration, std::optional<consensus::Member> former)
{
    consensus::LockStepOptions options;
    options.leader.token = options_.token;
    options.terms = terms_;
    options.durability = durability_;
    options.durability_alone = types::Durability::disk;
    const auto end = publisher_.window().end().sequence;
    lock_step_ = std::make_unique<consensus::LockStep>(options,
        consensus::LeaderStart{.chain = chain_.identity(),
            .configuration = configuration,
            .released_before = end,
            .former_leader = std::move(former),
            .now = consensus::steady_time()},
        consensus::LockStep::Parts{.listener = listener_,
            .witness = witness_,
            .publisher = publisher_,
            .log = &storage_.order_log(),
            .remember = [this](const consensus::Propose& proposal, const consensus::Configuration& current)
            { return notes_->changes(proposal, current); },
            .on_term = events_.on_term,
            .on_deposed =
                [this](const consensus::Configuration& current)
            {
                {
                    const std::lock_guard lock{mutex_};
                    successor_ = current.leader.name;
                }
                wake_.notify_all();
                events_.on_failure("the chain is led by " + to_string(current) + " from now on");
            }});
    const std::lock_guard lock{mutex_};
    if (stopping_)
        return;
    events_.on_lead(std::move(*following_).take_follower(), *lock_step_, lock_step_->terms_of(configuration));
    // It leads once it takes transactions.
    current_lock_step_ = lock_step_.get();
}

std::optional<consensus::Configuration> Group::ask(const consensus::WitnessRequest& request)
{
    auto answer = witness_.ask(request);
    if (answer)
        return std::move(*answer);
    notice("the witness does not answer: " + answer.error());
    rest(pause);
    return std::nullopt;
}

void Group::notice(const std::string& text)
{
    if (std::exchange(last_notice_, text) != text)
        events_.on_notice(text);
}

void Group::rest(std::chrono::milliseconds time)
{
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, time, [this] { return stopping_; });
}

const consensus::LockStepMetrics* Group::leading() const noexcept
{
    const auto* leading = current_lock_step_.load();
    return leading != nullptr ? &leading->metrics() : nullptr;
}

std::expected<std::string, std::string> Group::obey(std::string_view command)
{
    if (command == "status")
        return describe();
    if (command == "handover")
        return hand_over();
    return std::unexpected{"there is no command " + std::string{command}};
}

std::string Group::describe() const
{
    if (const auto* figures = leading())
        return options_.name + " leads in epoch " + std::to_string(figures->epoch) + " with " +
               std::to_string(figures->standbys) + " standbys";
    return options_.name + " stands by in epoch " + std::to_string(standby_metrics_.epoch) +
           (standby_metrics_.is_required != 0 ? ", and everything waits for it" : ", and nothing waits for it yet");
}

std::expected<std::string, std::string> Group::hand_over()
{
    auto* leading = current_lock_step_.load();
    if (leading == nullptr)
        return std::unexpected{options_.name + " does not lead"};
    if (leading->metrics().standbys == 0)
        return std::unexpected{options_.name + " has no standby that could lead"};
    leading->ask_to_hand_over(true);
    std::unique_lock lock{mutex_};
    if (wake_.wait_for(lock, longest_hand_over, [this] { return successor_ || stopping_; }) && successor_)
        return options_.name + " has handed over to " + *successor_;
    leading->ask_to_hand_over(false);
    return std::unexpected{std::string{"no standby has taken over"}};
}

void add_group_metrics(Metrics& metrics, const Group* group)
{
    using consensus::LockStepMetrics;
    using consensus::StandbyMetrics;
    static const LockStepMetrics not_leading;
    static const StandbyMetrics not_standing_by;
    const auto leading = [group]() -> const LockStepMetrics&
    {
        const auto* figures = group != nullptr ? group->leading() : nullptr;
        return figures != nullptr ? *figures : not_leading;
    };
    const auto* standing_by = group != nullptr ? &group->standing_by() : &not_standing_by;
    const auto of_leader = [leading](std::atomic<std::uint64_t> LockStepMetrics::* member)
    { return [leading, member] { return static_cast<double>(leading().*member); }; };
    metrics.gauge("jiffy_group_epoch", "Number of the term of whoever leads the chain, as this node knows.",
        [leading, standing_by]
        { return static_cast<double>(std::max<std::uint64_t>(leading().epoch, standing_by->epoch)); });
    metrics.gauge("jiffy_group_standbys", "Standbys that every release of this leader waits for.",
        of_leader(&LockStepMetrics::standbys));
    metrics.gauge("jiffy_group_is_required", "1 while this node stands by and every release waits for it.",
        [standing_by] { return static_cast<double>(standing_by->is_required); });
    metrics.counter(
        "jiffy_group_joins_total", "Standbys that have joined this leader.", of_leader(&LockStepMetrics::joins));
    metrics.counter("jiffy_group_removals_total", "Standbys that this leader goes on without.",
        of_leader(&LockStepMetrics::removals));
    metrics.counter(
        "jiffy_group_takeovers_total", "Times that this node has taken the chain over.", standing_by->takeovers);
    metrics.counter("jiffy_group_spurious_total",
        "Removals and takeovers of somebody who was heard of again in the same life.",
        [leading, standing_by]
        {
            const auto& figures = leading();
            return static_cast<double>(
                figures.spurious_removals + figures.spurious_takeovers + standing_by->spurious_takeovers);
        });
    metrics.histogram("jiffy_acknowledgement_seconds",
        "From what is to be released on its way to the standbys to its last acknowledgement.",
        [leading] { return &leading().acknowledgement; });
}
}  // namespace jiffy::node
