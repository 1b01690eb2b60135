// SPDX-License-Identifier: Apache-2.0
#include "consensus/leader_core.hpp"
#include "consensus/leader_notes.hpp"
#include "consensus/standby_core.hpp"
#include "consensus/unreleased_records.hpp"
#include "feed/record_window.hpp"
#include "replica/promises_test.hpp"
#include "store/log_reader.hpp"
#include "store/order_log.hpp"
#include "store/simulated_disk.hpp"

#include <gtest/gtest.h>
#include <random>

namespace jiffy::consensus
{
namespace
{
using replica::TrafficChain;
using sequencer::TestChain;

constexpr std::size_t crashes_in_a_row = 8;
constexpr std::size_t most_blocks = 8192;

/// What of a node outlives its process.
struct Machine
{
    std::string name;
    std::unique_ptr<store::SimulatedDisk> disk;
    std::uint64_t boot = 1;
};

/// A process: follows its log, then stands by or leads. One thread, as all of it.
struct Process
{
    Process(Machine& wanted_machine, std::uint64_t incarnation, bool is_optimism, bool waits_for_disk)
      : machine{wanted_machine}
      , self{machine.name, incarnation}
      , chain{is_optimism, most_blocks}
      , identity{TestChain::chain_id, chain.history.find(0)->hash()}
      , end{feed::beginning_of(identity)}
      , notes{{.disk = *machine.disk,
                  .directory = "chain",
                  .chain = identity,
                  .self = self,
                  .boot_id = std::to_string(machine.boot),
                  .waits_for_disk = waits_for_disk,
                  .sync_log = [this] { return log->sync().has_value(); }},
            [](const std::string& text) { ADD_FAILURE() << text; }}
    {
        chain.release_options.mini_block_interval = 50'000;
        store::LogOptions log_options;
        log_options.file_size = 48 << 10;
        log_options.secret = Hash{{0x5e}};
        log = store::WriteAheadLog::open(*machine.disk, "chain", identity, log_options).value();
        order_log.emplace(*log,
            store::OrderLogOptions{
                .chain_id = TestChain::chain_id, .waits_for_disk = waits_for_disk, .waits_for_system = true},
            [](const store::Error& error) { ADD_FAILURE() << error.text; });
        follower.emplace(chain.follower());
        auto reader = log->reader_from(1);
        while (const auto found = reader->next().value())
            apply(found->payload);
    }

    void apply(BytesView record)
    {
        hasher.step(end, record);
        auto frame = types::decode_log_frame(record, {TestChain::chain_id, chain.world.id_counts()});
        if (!frame || !follower->apply(std::move(*frame)))
            ADD_FAILURE() << machine.name << ": record " << end.sequence - 1 << " cannot be followed";
        chain.sealer->process_pending();
    }

    void take(const HandOut& handed_out)
    {
        EXPECT_EQ(handed_out.first, end.sequence);
        for (const auto& record : handed_out.records)
        {
            ASSERT_TRUE(log->append(record).has_value());
            apply(record);
        }
        EXPECT_EQ(end, handed_out.after);
        ASSERT_TRUE(log->flush().has_value());
    }

    Machine& machine;
    Member self;
    TrafficChain chain;
    store::ChainIdentity identity;
    std::unique_ptr<store::WriteAheadLog> log;
    std::optional<store::OrderLog> order_log;
    /// Of what was followed.
    feed::FeedPosition end;
    feed::ChainHasher hasher;
    std::optional<replica::Follower> follower;
    LeaderNotes notes;

    std::optional<StandbyCore> standby;
    StandbyCommands standby_commands;
    std::optional<Lead> lead;
    bool is_behind_window = false;

    std::optional<LeaderCore> leader;
    LeaderCommands leader_commands;
    std::optional<UnreleasedRecords> records;
    std::optional<feed::RecordWindow> window;
    std::uint64_t released_before = 1;
    std::optional<Configuration> new_terms;
    bool is_deposed = false;
    bool is_dead = false;
    replica::PromiseCollector collector;

    std::optional<WitnessRequest> request;
};

/// Two machines, a wire between them, and a witness that they can always reach.
class Pair
{
public:
    Pair(std::uint64_t seed, bool waits_for_disk)
      : random_{seed}
      , is_optimism_{seed % 4 == 0}
      , waits_for_disk_{waits_for_disk}
      , machines_{Machine{"a", std::make_unique<store::SimulatedDisk>(random_())},
            Machine{"b", std::make_unique<store::SimulatedDisk>(random_())}}
      , register_{WitnessRegister::open(witness_disk_,
            "witness",
            {TestChain::chain_id, TrafficChain{is_optimism_}.history.find(0)->hash()})
                .value()}
    {
    }

    /// Lets them work until so many crashes have come.
    void run(std::size_t crashes)
    {
        while (crashes_ < crashes && !testing::Test::HasFailure())
        {
            may_crash_ = true;
            for (std::size_t i = 0; i < 2; ++i)
                if (!processes_[i] && pick(2) == 0)
                    start(i);
            act();
        }
        // In the end all is well again.
        may_crash_ = false;
        while (!leading() && !testing::Test::HasFailure())
        {
            for (std::size_t i = 0; i < 2; ++i)
                if (!processes_[i])
                    start(i);
            act();
        }
        if (testing::Test::HasFailure())
            return;
        act();
        if (auto* process = leading())
            replica::require_valid(process->chain);
    }

    [[nodiscard]] std::uint64_t crashes() const noexcept { return crashes_; }
    [[nodiscard]] std::uint64_t takeovers() const noexcept { return takeovers_; }
    [[nodiscard]] std::size_t promises() const noexcept { return promises_.transactions.size(); }
    [[nodiscard]] std::size_t promised_by_standbys() const noexcept { return promised_by_standbys_; }

private:
    std::size_t pick(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

    [[nodiscard]] Process* leading()
    {
        for (const auto& process : processes_)
            if (process && process->leader && !process->is_dead)
                return process.get();
        return nullptr;
    }

    /// One thing after the other, at the top: nobody is in the middle of a release.
    void act()
    {
        auto* process = leading();
        if (process == nullptr)
            turn();
        else
        {
            auto& chain = process->chain;
            chain.clock.advance(std::max(time_, chain.clock.now()) - chain.clock.now());
            // What is released alone is tried elsewhere.
            if (!register_.current().standbys.empty() || pick(4) == 0)
                some_traffic(chain, 1, [this](std::size_t bound) { return pick(bound); });
            time_ = chain.clock.now();
            process->collector.collect(chain.history, promises_);
            for (auto turns = pick(24); turns != 0; --turns)
                turn();
        }
        for (std::size_t i = 0; i < 2; ++i)
            settle(i);
    }

    /// What cannot be done in the middle of something else.
    void settle(std::size_t i)
    {
        auto& process = processes_[i];
        if (!process)
            return;
        if (process->is_deposed || process->is_dead)
        {
            if (process->leader)
                process->collector.collect(process->chain.history, promises_);
            close_wire(i);
            process.reset();
            if (left_[i])
                machines_[i].disk = std::move(left_[i]);
            return;
        }
        if (process->is_behind_window)
            catch_up(*process);
        if (process->lead)
        {
            ++takeovers_;
            auto lead = *std::exchange(process->lead, std::nullopt);
            process->take(lead.rest);
            close_wire(i);
            if (process->notes.has_taken_over(lead.configuration))
                begin_to_lead(*process, lead.configuration, lead.former_leader);
        }
    }

    std::unique_ptr<Process> make_process(std::size_t i)
    {
        auto process = std::make_unique<Process>(machines_[i], random_(), is_optimism_, waits_for_disk_);
        process->chain.clock.advance(time_ - process->chain.clock.now());
        return process;
    }

    void start(std::size_t i)
    {
        processes_[i] = make_process(i);
        auto& process = *processes_[i];
        const auto decision = process.notes.decide(register_.current(), 0, false);
        ASSERT_TRUE(decision) << decision.error();
        switch (decision->role)
        {
            case Role::lead:
                ASSERT_TRUE(process.notes.begins(*decision->proposal));
                if (const auto now = register_.propose(*decision->proposal).value(); now == decision->proposal->next)
                    begin_to_lead(process, now, std::nullopt);
                return;
            case Role::stand_by:
                stand_by(process);
                return;
            case Role::wait:
                decide_for(i);
        }
    }

    /// Its log may lack what it released. As long as the other one may take over, it waits; else the operator takes
    /// what there is, and what was promised may be lost.
    void decide_for(std::size_t i)
    {
        const auto& other = processes_[1 - i];
        const bool may_be_taken_over = other && register_.current().has_standby(other->self);
        if (may_be_taken_over)
        {
            processes_[i].reset();
            return;
        }
        if (!processes_[1 - i])
            processes_[1 - i] = make_process(1 - i);
        // Somebody who had all has crashed, and the other one in the middle of taking over: the log that has more has
        // all that was on disk.
        const auto chosen = processes_[i]->end.sequence >= processes_[1 - i]->end.sequence ? i : 1 - i;
        auto& process = *processes_[chosen];
        if (chosen != i)
            processes_[i].reset();
        else
            processes_[1 - i].reset();
        const auto decision = process.notes.decide(register_.current(), 0, true);
        ASSERT_TRUE(decision && decision->role == Role::lead);
        ASSERT_TRUE(process.notes.begins(*decision->proposal));
        const auto now = register_.propose(*decision->proposal).value();
        ASSERT_EQ(now, decision->proposal->next);
        // Else nobody holds the operator to those; but nothing may contradict them.
        if (!waits_for_disk_)
        {
            kept_from_ = promises_.transactions.size();
            kept_mini_blocks_from_ = promises_.mini_blocks.size();
        }
        begin_to_lead(process, now, std::nullopt);
    }

    void begin_to_lead(Process& process, const Configuration& configuration, std::optional<Member> former)
    {
        process.standby.reset();
        process.records.emplace(TestChain::chain_id, process.end);
        process.window.emplace(process.end, std::size_t{1} << 18);
        process.released_before = process.end.sequence;
        process.leader.emplace(LeaderOptions{},
            LeaderStart{.chain = process.identity,
                .configuration = configuration,
                .released_before = process.end.sequence,
                .former_leader = std::move(former),
                .now = now_},
            [&process](std::uint64_t sequence)
            {
                const auto unreleased = process.records->position_at(sequence);
                return unreleased ? unreleased : process.window->position_at(sequence);
            });
        process.order_log->wait_for_disk(waits_for_disk_ || configuration.standbys.empty());
        auto& chain = process.chain;
        chain.clock.advance(std::max(time_, chain.clock.now()) - chain.clock.now());
        process.collector.begin_behind(chain.history);
        chain.release_options.terms = terms_of(chain, configuration);
        chain.resume_in_term(*std::exchange(process.follower, std::nullopt),
            {.write = [this, &process](std::span<const types::LogFrame> frames) { return write(process, frames); },
                .attend = {}});
        if (process.is_dead || process.is_deposed)
            return;
        SCOPED_TRACE(process.machine.name + " leads in epoch " + std::to_string(configuration.epoch) + ", has " +
                     std::to_string(process.end.sequence));
        replica::require_kept(process.chain.history, std::span{promises_.transactions}.subspan(kept_from_),
            std::span{promises_.mini_blocks}.subspan(kept_mini_blocks_from_));
        replica::require_no_evidence(process.chain.history, promises_);
        if (pick(8) == 0)
            replica::require_valid(process.chain);
    }

    static types::StatementTerms terms_of(const TrafficChain& chain, const Configuration& configuration)
    {
        auto terms = chain.release_options.terms;
        terms.epoch = configuration.epoch;
        terms.durability = configuration.standbys.empty() ? types::Durability::disk : types::Durability::standby;
        return terms;
    }

    sequencer::LogOutcome write(Process& process, std::span<const types::LogFrame> frames)
    {
        if (process.is_dead || process.is_deposed)
            return sequencer::NotLogged{};
        const auto before = process.window->end();
        if (!process.new_terms)
        {
            process.records->add(frames);
            process.leader->appended(process.records->end().sequence, now_, process.leader_commands);
            carry_out(process);
            while (process.released_before != process.records->end().sequence && !process.new_terms &&
                   !process.is_deposed && !process.is_dead && !testing::Test::HasFailure())
                turn();
            if (process.is_dead || process.is_deposed || testing::Test::HasFailure())
                return sequencer::NotLogged{};
            if (!process.new_terms)
            {
                for (std::size_t i = 0; const auto record : process.records->records())
                {
                    process.order_log->append(frames[i++], record);
                    process.window->append(record);
                }
                // Between the acknowledgement and the log.
                if (has_to_crash(process) || !process.order_log->make_durable())
                {
                    process.is_dead = true;
                    return sequencer::NotLogged{};
                }
                process.window->release();
                process.records->clear(process.window->end());
                if (process.chain.release_options.terms.durability == types::Durability::standby)
                    ++promised_by_standbys_;
                return sequencer::Logged{};
            }
        }
        process.records->clear(before);
        const auto terms = terms_of(process.chain, *std::exchange(process.new_terms, std::nullopt));
        process.chain.release_options.terms = terms;
        process.order_log->wait_for_disk(waits_for_disk_ || terms.durability == types::Durability::disk);
        return sequencer::SignAgain{terms};
    }

    void stand_by(Process& process)
    {
        process.standby.emplace(StandbyOptions{}, StandbyStart{.chain = process.identity,
                                                      .self = process.self,
                                                      .configuration = register_.current(),
                                                      .positions = {process.end},
                                                      .now = now_});
    }

    /// Takes what is released from the leader's log, as from a feed, and begins to stand by anew.
    void catch_up(Process& process)
    {
        const auto* source = leading();
        if (source == nullptr)
            return;
        process.is_behind_window = false;
        ASSERT_TRUE(source->log->flush().has_value());
        auto reader = source->log->reader_from(process.end.sequence);
        ASSERT_TRUE(reader.has_value()) << "released records are in the leader's log";
        while (process.end.sequence < source->window->released_before())
        {
            const auto record = reader->next().value();
            ASSERT_TRUE(record.has_value());
            ASSERT_TRUE(process.log->append(record->payload).has_value());
            process.apply(record->payload);
        }
        ASSERT_TRUE(process.log->flush().has_value());
        process.self.incarnation = random_();
        stand_by(process);
    }

    bool has_to_crash(const Process& process)
    {
        // Mostly while there is a standby, which takes its time to become one.
        if (!may_crash_ || pick(register_.current().standbys.empty() ? 1500 : 200) != 0)
            return false;
        ++crashes_;
        auto& machine = process.machine;
        const bool is_power = pick(3) == 0;
        machine.boot += is_power ? 1 : 0;
        // The old disk is its process's until that is gone.
        left_[&machine == &machines_[0] ? 0 : 1] =
            is_power ? machine.disk->crash(random_()) : machine.disk->restart(random_());
        return true;
    }

    /// Something happens: a message or an answer comes, time passes, or somebody dies.
    void turn()
    {
        for (std::size_t i = 0; i < 2; ++i)
            if (auto& process = processes_[i]; process && !process->is_dead && has_to_crash(*process))
            {
                process->is_dead = true;
                close_wire(i);
            }
        switch (pick(4))
        {
            case 0:
                now_ += 1000 * pick(60);
                break;
            case 1:
                answer();
                break;
            default:
                deliver(pick(2));
        }
        for (const auto& process : processes_)
        {
            if (!process || process->is_dead)
                continue;
            if (process->leader && !process->is_deposed)
                process->leader->tick(now_, process->leader_commands);
            else if (process->standby && !process->lead)
                process->standby->tick(now_, process->standby_commands);
            carry_out(*process);
        }
    }

    void answer()
    {
        auto& process = processes_[pick(2)];
        if (!process || process->is_dead || !process->request)
            return;
        const auto request = *std::exchange(process->request, std::nullopt);
        const auto* proposal = std::get_if<Propose>(&request);
        const auto current = proposal != nullptr ? register_.propose(*proposal).value() : register_.current();
        // The answer may be lost.
        if (pick(10) == 0)
            return;
        if (process->leader)
            process->leader->answered(current, now_, process->leader_commands);
        else if (process->standby && !process->lead)
            process->standby->answered(current, now_, process->standby_commands);
        carry_out(*process);
    }

    void deliver(std::size_t to)
    {
        auto& process = processes_[to];
        if (wire_[to].empty() || !process || process->is_dead)
            return;
        const auto encoded = std::move(wire_[to].front());
        wire_[to].pop_front();
        const auto message = decode(BytesView{encoded}.subspan(feed::length_prefix_size));
        ASSERT_TRUE(message.has_value());
        if (process->leader)
            process->leader->received(link_, *message, now_, process->leader_commands);
        else if (process->standby)
            process->standby->received(*message, now_, process->standby_commands);
        carry_out(*process);
    }

    [[nodiscard]] std::size_t place_of(const Process& process) const { return processes_[0].get() == &process ? 0 : 1; }

    void send(const Process& from, Bytes message)
    {
        if (is_connected_)
            wire_[1 - place_of(from)].push_back(std::move(message));
    }

    /// One end of it is gone; the other one gets to know.
    void close_wire(std::size_t by)
    {
        wire_[0].clear();
        wire_[1].clear();
        if (!std::exchange(is_connected_, false))
            return;
        auto& other = processes_[1 - by];
        if (!other || other->is_dead)
            return;
        if (other->leader)
            other->leader->closed(link_, now_, other->leader_commands);
        else if (other->standby && !other->lead)
            other->standby->disconnected(now_, other->standby_commands);
    }

    void carry_out(Process& process)
    {
        while (!process.leader_commands.empty())
            for (const auto commands = std::exchange(process.leader_commands, {}); const auto& command : commands)
                std::visit([&](const auto& kind) { carry_out(process, kind); }, command);
        while (!process.standby_commands.empty())
            for (const auto commands = std::exchange(process.standby_commands, {}); const auto& command : commands)
                if (!process.lead)
                    std::visit([&](const auto& kind) { carry_out(process, kind); }, command);
    }

    void carry_out(Process& process, const SendFrames& wanted)
    {
        auto first = wanted.first;
        const auto send_some = [&](const Hash& hash_after, BytesView body)
        {
            send(process, encode(Frames{.epoch = wanted.epoch,
                              .first = first,
                              .released_before = wanted.released_before,
                              .hash_after = hash_after,
                              .body = body}));
        };
        while (first < std::min(wanted.before, process.records->first()))
        {
            const auto batch = process.window->read(
                first, {.bytes = 4096, .records = static_cast<std::uint32_t>(process.records->first() - first)});
            if (!batch)
                return close_wire(place_of(process));
            send_some(batch->after.hash, batch->body);
            first += batch->count;
        }
        if (first < wanted.before)
            send_some(process.records->position_at(wanted.before)->hash, process.records->body(first, wanted.before));
    }

    void carry_out(Process& process, const SendMessage& wanted) { send(process, encode(wanted.message)); }
    void carry_out(Process& process, const CloseLink&) { close_wire(place_of(process)); }
    void carry_out(Process& process, const AskWitness& wanted)
    {
        const auto* proposal = std::get_if<Propose>(&wanted.request);
        if (proposal == nullptr || process.notes.changes(*proposal, process.leader->configuration()))
            process.request = wanted.request;
    }
    void carry_out(Process& process, const Release& wanted) { process.released_before = wanted.before; }
    void carry_out(Process& process, const NewTerms& wanted) { process.new_terms = wanted.configuration; }
    void carry_out(Process& process, const Deposed&) { process.is_deposed = true; }

    void carry_out(Process& process, const SendToLeader& wanted) { send(process, encode(wanted.message)); }
    void carry_out(Process& process, const ConnectTo&)
    {
        close_wire(place_of(process));
        const auto& other = processes_[1 - place_of(process)];
        if (!other || other->is_dead || !other->leader)
        {
            process.standby->connection_refused(now_, process.standby_commands);
            return;
        }
        is_connected_ = true;
        ++link_;
        process.standby->connected(now_, process.standby_commands);
    }
    void carry_out(Process& process, const Disconnect&) { close_wire(place_of(process)); }
    void carry_out(Process& process, const AskTheWitness& wanted)
    {
        const auto* proposal = std::get_if<Propose>(&wanted.request);
        if (proposal == nullptr || process.notes.takes_over(*proposal))
            process.request = wanted.request;
    }
    void carry_out(Process& process, const HandOut& wanted) { process.take(wanted); }
    void carry_out(Process& process, const Lead& wanted) { process.lead = wanted; }
    void carry_out(Process& process, const CutLog& wanted)
    {
        ADD_FAILURE() << process.machine.name << " has to cut its log back to " << wanted.position.sequence;
    }
    void carry_out(Process& process, const BeginAgain& wanted)
    {
        ADD_FAILURE() << process.machine.name << " has to begin again: " << wanted.reason;
    }
    void carry_out(Process& process, const RefusedByLeader& wanted)
    {
        if (wanted.refused.reason == RefusedReason::not_retained)
            process.is_behind_window = true;
        else
            ADD_FAILURE() << process.machine.name << " is refused: " << wanted.refused.text;
    }

    std::mt19937_64 random_;
    bool is_optimism_;
    bool waits_for_disk_;
    Machine machines_[2];
    std::unique_ptr<store::SimulatedDisk> left_[2];
    store::SimulatedDisk witness_disk_;
    WitnessRegister register_;
    std::unique_ptr<Process> processes_[2];
    bool is_connected_ = false;
    Link link_ = 0;
    /// On their way to each of them.
    std::deque<Bytes> wire_[2];
    bool may_crash_ = true;
    /// Microseconds: of the machines, and of the chain.
    Time now_ = 1'000'000;
    std::uint64_t time_ = TestChain::genesis_time * 1'000'000;
    replica::Promises promises_;
    std::size_t kept_from_ = 0;
    std::size_t kept_mini_blocks_from_ = 0;
    std::uint64_t crashes_ = 0;
    std::uint64_t takeovers_ = 0;
    std::size_t promised_by_standbys_ = 0;
};

void crash_as_often_as_wanted(bool waits_for_disk)
{
    std::uint64_t crashes = 0;
    std::uint64_t takeovers = 0;
    std::size_t promises = 0;
    std::size_t by_standbys = 0;
    for (std::uint64_t seed = 1; crashes < replica::wanted_crashes(); ++seed)
    {
        Pair pair{seed, waits_for_disk};
        pair.run(crashes_in_a_row);
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
        crashes += pair.crashes();
        takeovers += pair.takeovers();
        promises += pair.promises();
        by_standbys += pair.promised_by_standbys();
    }
    EXPECT_NE(takeovers, 0U);
    EXPECT_NE(by_standbys, 0U);
    std::printf("%llu crashes, %llu takeovers, %zu promises, %zu releases that a standby acknowledged\n",
        static_cast<unsigned long long>(crashes), static_cast<unsigned long long>(takeovers), promises, by_standbys);
}

TEST(ChainCrash, no_promise_is_lost_or_contradicted_that_a_standby_acknowledged)
{
    crash_as_often_as_wanted(false);
}

TEST(ChainCrash, no_promise_is_lost_or_contradicted_that_a_standby_and_the_disk_have)
{
    crash_as_often_as_wanted(true);
}
}  // namespace
}  // namespace jiffy::consensus
