// SPDX-License-Identifier: Apache-2.0
#include "base/allocation_counter_test.hpp"
#include "sequencer/frame_builder.hpp"
#include "types/transfer_frames_test.hpp"

#include <benchmark/benchmark.h>

namespace jiffy::types
{
namespace
{
/// Times `action` per transaction and counts what it allocates per frame.
template <class Action>
void measure(benchmark::State& bench, const Action& action)
{
    const std::size_t before = base::test::allocation_count.load();
    for (auto _ : bench)
        benchmark::DoNotOptimize(action());
    bench.counters["allocations"] = benchmark::Counter(
        static_cast<double>(base::test::allocation_count.load() - before), benchmark::Counter::kAvgIterations);
    bench.SetItemsProcessed(bench.iterations() * bench.range(0));
}

LogFrame transfers(std::int64_t count)
{
    return test::BusyChain{}.transfers(static_cast<std::size_t>(count));
}

LogFrame token_transfers(std::int64_t count)
{
    return test::BusyChain{}.token_transfers(static_cast<std::size_t>(count));
}

/// Counts the bytes of a frame for each of its transactions, 64 of which are its signature.
void encode_fragment(benchmark::State& bench, LogFrame (*make)(std::int64_t))
{
    const auto frame = make(bench.range(0));
    Bytes output;
    measure(bench,
        [&]
        {
            output.clear();
            encode(frame, test::busy_chain_id, output);
            return output.data();
        });
    bench.counters["bytes_each"] = static_cast<double>(output.size()) / static_cast<double>(bench.range(0));
}
BENCHMARK_CAPTURE(encode_fragment, transfers, transfers)->Arg(1)->Arg(6)->Arg(64)->Arg(200);
BENCHMARK_CAPTURE(encode_fragment, token_transfers, token_transfers)->Arg(1)->Arg(6)->Arg(64)->Arg(200);

void decode_fragment(benchmark::State& bench, LogFrame (*make)(std::int64_t))
{
    const auto encoded = encode(make(bench.range(0)), test::busy_chain_id);
    measure(bench, [&] { return decode_log_frame(encoded, {test::busy_chain_id, test::busy_counts}); });
}
BENCHMARK_CAPTURE(decode_fragment, transfers, transfers)->Arg(1)->Arg(6)->Arg(64)->Arg(200);
BENCHMARK_CAPTURE(decode_fragment, token_transfers, token_transfers)->Arg(1)->Arg(6)->Arg(64)->Arg(200);

/// A world with the ids that the fragments were made for, all slots in the storage of the token.
world::World& busy_world()
{
    static auto& world = []() -> world::World&
    {
        static world::World made{1};
        StateDifference difference;
        for (std::uint32_t i = 1; i < test::busy_counts.codes; ++i)
        {
            const Bytes code{static_cast<Byte>(i)};
            difference.codes.push_back({crypto::keccak256(code), code});
        }
        for (std::uint32_t id = 0; id < test::busy_counts.accounts; ++id)
        {
            AccountChange change;
            change.address = to_address(U256{id});
            change.account.nonce = 1;
            if (id == 77)
            {
                change.slot_count = test::busy_counts.slots;
                for (std::uint32_t key = 0; key < test::busy_counts.slots; ++key)
                    difference.slots.push_back({U256{key}, U256{1}});
            }
            difference.accounts.push_back(change);
        }
        made.apply(difference);
        return made;
    }();
    return world;
}

void apply_fragment(benchmark::State& bench, FragmentFrame (test::BusyChain::*make)(std::size_t))
{
    auto& world = busy_world();
    test::BusyChain chain;
    std::vector<DifferenceFrame> frames(256);
    for (auto& frame : frames)
        frame = (chain.*make)(static_cast<std::size_t>(bench.range(0))).difference;
    std::size_t next = 0;
    measure(bench,
        [&]
        {
            const auto applied = world.apply(frames[next++ % frames.size()]);
            if (!applied)
                bench.SkipWithError("a frame does not fit");
            return *applied;
        });
}
BENCHMARK_CAPTURE(apply_fragment, transfers, &test::BusyChain::transfers)->Arg(1)->Arg(6)->Arg(64)->Arg(200);
BENCHMARK_CAPTURE(apply_fragment, token_transfers, &test::BusyChain::token_transfers)
    ->Arg(1)
    ->Arg(6)
    ->Arg(64)
    ->Arg(200);

/// Merges the differences of transfers between 100,000 accounts, each with what two vaults get.
void build_frame(benchmark::State& bench)
{
    const auto count = static_cast<std::size_t>(bench.range(0));
    std::mt19937_64 random{7};
    std::vector<StateDifference> differences(4096);
    std::vector<world::DifferenceIds> ids(differences.size());
    for (std::size_t i = 0; i < differences.size(); ++i)
        for (const auto id :
            {20U, 21U, static_cast<unsigned>(random() % 100'000), static_cast<unsigned>(random() % 100'000)})
        {
            AccountChange change;
            change.account.balance = U256{random()};
            differences[i].accounts.push_back(change);
            ids[i].accounts.push_back(id);
            ids[i].account_codes.push_back(0);
        }
    sequencer::FrameBuilder builder;
    builder.begin(test::busy_counts);
    std::size_t next = 0;
    measure(bench,
        [&]
        {
            for (std::size_t i = 0; i < count; ++i, ++next)
                builder.add(differences[next % differences.size()], ids[next % differences.size()]);
            return builder.finish(test::busy_counts);
        });
}
BENCHMARK(build_frame)->Arg(1)->Arg(6)->Arg(64)->Arg(200);
}  // namespace
}  // namespace jiffy::types
