// SPDX-License-Identifier: Apache-2.0
#include "feed/client.hpp"
#include "feed/publisher.hpp"
#include "replica/follower.hpp"
#include "sequencer/test_chain.hpp"
#include "types/transfer_frames_test.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <ctime>
#include <thread>

// Figures of the feed over loopback. On the wire: bytes of the stream, without those of TCP.
namespace
{
using namespace jiffy;
using sequencer::TestChain;
using std::chrono::steady_clock;

const store::ChainIdentity busy_chain{types::test::busy_chain_id, Hash{{0x77}}};

double thread_seconds(pthread_t thread)
{
    clockid_t clock{};
    timespec time{};
    pthread_getcpuclockid(thread, &clock);
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double own_seconds()
{
    return thread_seconds(pthread_self());
}

double process_seconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// Time of the releasing thread for a record.
void append(benchmark::State& state)
{
    types::test::BusyChain chain;
    const auto record =
        types::encode(chain.transfers(static_cast<std::size_t>(state.range(0))), types::test::busy_chain_id);
    feed::RecordWindow window{feed::beginning_of(busy_chain), std::size_t{64} << 20};
    for (auto iteration : state)
    {
        window.append(record);
        window.release();
    }
    state.counters["record bytes"] = static_cast<double>(record.size());
}
BENCHMARK(append)->Name("append and release a record, by transfers in it")->Arg(1)->Arg(16)->Arg(256);

/// A whole backlog to one subscriber: bytes of a transfer, and processor time of a record for both sides.
void backlog(benchmark::State& state)
{
    const auto transfers = static_cast<std::size_t>(state.range(0));
    const std::size_t count = 20'000 / transfers;
    types::test::BusyChain chain;
    auto publisher = feed::Publisher::listen({}).value();
    static_cast<void>(publisher->begin(busy_chain, feed::beginning_of(busy_chain), nullptr));
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto record = types::encode(chain.transfers(transfers), types::test::busy_chain_id);
        bytes += record.size();
        publisher->append(record);
    }
    publisher->release();
    publisher->start({.chain_id = busy_chain.chain_id}, {});
    double client_seconds = 0;
    double all_seconds = 0;
    double sent = 0;
    for (auto iteration : state)
    {
        const auto before = process_seconds();
        std::atomic<double> last = 0;
        feed::ClientOptions options;
        options.port = publisher->port();
        options.chain = busy_chain;
        options.takes_compressed = state.range(1) != 0;
        feed::Client client{options, feed::beginning_of(busy_chain),
            {.on_records = [&](std::span<const BytesView>, const feed::FeedPosition&)
                {
                    last = own_seconds();
                    return true;
                }}};
        client.start();
        while (client.metrics().taken_before <= count)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        client_seconds += last;
        client.stop();
        all_seconds += process_seconds() - before;
        sent += static_cast<double>(client.metrics().bytes);
    }
    const auto records = static_cast<double>(state.iterations()) * static_cast<double>(count);
    state.counters["record bytes per transfer"] = static_cast<double>(bytes) / 20'000;
    state.counters["wire bytes per transfer"] = sent / records / static_cast<double>(transfers);
    state.counters["client us per record"] = client_seconds / records * 1e6;
    state.counters["server us per record"] = (all_seconds - client_seconds) / records * 1e6;
}
BENCHMARK(backlog)
    ->Name("backlog, by transfers in a record and compression")
    ->ArgsProduct({{1, 16, 256}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// A sequencer that releases transfers one at a time, at an even rate, and a follower behind the feed.
void lag(benchmark::State& state)
{
    constexpr std::size_t most = 200'000;
    const auto rate = static_cast<std::uint64_t>(state.range(0));
    const std::size_t count = std::min<std::size_t>(rate * 5, most);
    for (auto iteration : state)
    {
        TestChain leader;
        TestChain copy;
        const store::ChainIdentity identity{TestChain::chain_id, leader.history.find(0)->hash()};
        auto publisher = feed::Publisher::listen({}).value();
        static_cast<void>(publisher->begin(identity, feed::beginning_of(identity), nullptr));
        std::vector<std::atomic<std::int64_t>> released(most * 2);
        const auto now = [] { return steady_clock::now().time_since_epoch().count(); };
        std::uint64_t next = 1;
        std::uint64_t told = 1;
        leader.releaser.emplace(leader.history, *leader.sealer, leader.clock, leader.behind_genesis(),
            leader.release_options,
            sequencer::frame_by_frame(
                [&](const types::LogFrame& frame)
                {
                    publisher->append(types::encode(frame, TestChain::chain_id));
                    ++next;
                },
                [&]
                {
                    for (const auto time = now(); told < next; ++told)
                        released[told] = time;
                    publisher->release();
                    return true;
                }),
            [&] { publisher->notify(); });
        publisher->start(leader.release_options.terms, {});
        replica::Follower follower{
            copy.specification, copy.world, copy.history, *copy.sealer, copy.behind_genesis().assembler};
        std::vector<double> lags;
        std::atomic<double> client_seconds = 0;
        feed::ClientOptions options;
        options.port = publisher->port();
        options.chain = identity;
        feed::Client client{options, feed::beginning_of(identity),
            {.on_records = [&](std::span<const BytesView> records, const feed::FeedPosition& after)
                {
                    auto sequence = after.sequence - records.size();
                    for (const auto record : records)
                    {
                        auto frame = types::decode_log_frame(record, {TestChain::chain_id, copy.world.id_counts()});
                        const bool is_fragment = frame && std::holds_alternative<types::FragmentFrame>(*frame);
                        if (!frame || !follower.apply(std::move(*frame)))
                            return false;
                        if (is_fragment)
                            lags.push_back(static_cast<double>(now() - released[sequence]) / 1e3);
                        ++sequence;
                    }
                    client_seconds = own_seconds();
                    return true;
                }}};
        client.start();
        leader.start_sequencer();
        std::vector<sequencer::Submission> submissions;
        const auto ignored = std::make_shared<std::optional<sequencer::SubmissionResult>>();
        std::array<std::uint64_t, 10> nonces{};
        for (std::size_t i = 0; i < count; ++i)
            submissions.push_back(leader.make(i % 10, TestChain::transfer(nonces[i % 10]++), false, ignored));
        const auto process_before = process_seconds();
        const auto own_before = own_seconds();
        auto due = steady_clock::now();
        for (auto& submission : submissions)
        {
            due += std::chrono::nanoseconds{1'000'000'000 / rate};
            std::this_thread::sleep_until(due);
            leader.clock.advance(1'000'000 / rate);
            leader.sequencer->submit(submission);
            leader.step();
            leader.sealer->process_pending();
        }
        while (client.metrics().taken_before < told)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        const auto records = static_cast<double>(told - 1);
        const auto others = process_seconds() - process_before - (own_seconds() - own_before);
        client.stop();
        std::ranges::sort(lags);
        const auto part = [&](double share)
        { return lags[static_cast<std::size_t>(share * static_cast<double>(lags.size() - 1))]; };
        state.counters["p50 us"] = part(0.5);
        state.counters["p99 us"] = part(0.99);
        state.counters["most us"] = lags.back();
        state.counters["client us per record"] = client_seconds / records * 1e6;
        state.counters["server us per record"] = (others - client_seconds) / records * 1e6;
        state.counters["wire bytes per record"] = static_cast<double>(client.metrics().bytes) / records;
    }
}
BENCHMARK(lag)
    ->Name("lag from release to applied, by transfers a second")
    ->Arg(1000)
    ->Arg(5000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
}  // namespace
