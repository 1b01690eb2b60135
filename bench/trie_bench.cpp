// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"
#include "trie/state_trie.hpp"
#include "world/large_pages.hpp"

#include <benchmark/benchmark.h>
#include <map>
#include <random>

namespace jiffy::trie
{
namespace
{
constexpr std::uint64_t account_count = 1'000'000;
constexpr VersionNumber retained_versions = 8;

types::AccountChange change_of(std::uint64_t number, std::uint64_t balance)
{
    types::AccountChange change;
    std::memcpy(change.address.data(), &number, sizeof(number));
    change.account = {1, U256{balance} * U256{1'000'000'007}, crypto::empty_keccak};
    return change;
}

/// A million accounts without storage, made once per kernel table.
StateTrie& large_trie(const crypto::Kernels& kernels)
{
    static std::map<const crypto::Kernels*, StateTrie> tries;
    const auto [place, is_new] = tries.try_emplace(&kernels, kernels, world::large_page_memory());
    auto& trie = place->second;
    if (is_new)
    {
        constexpr std::uint64_t batch = 10'000;
        types::StateDifference difference;
        for (std::uint64_t number = 0; number < account_count; ++number)
        {
            difference.accounts.push_back(change_of(number, number + 1'000'000'000));
            if (difference.accounts.size() < batch)
                continue;
            trie.apply(difference);
            trie.drop_before(trie.latest().number);
            difference.clear();
        }
    }
    return trie;
}

/// One version of `range(0)` changed balances per iteration.
void update_accounts(benchmark::State& state, const crypto::Kernels& kernels)
{
    auto& trie = large_trie(kernels);
    trie.drop_before(trie.latest().number);
    const auto bytes_per_account =
        static_cast<double>(trie.statistics().bytes_used) / static_cast<double>(account_count);
    std::mt19937_64 random{7};
    types::StateDifference difference;
    const auto draw = [&]
    {
        difference.clear();
        for (std::int64_t i = 0; i < state.range(0); ++i)
            difference.accounts.push_back(change_of(random() % account_count, random() >> 8));
    };
    const auto apply = [&]
    {
        benchmark::DoNotOptimize(trie.apply(difference));
        if (trie.latest().number > retained_versions)
            trie.drop_before(trie.latest().number - retained_versions);
    };
    // The memory of the retained versions is touched for the first time before the clock runs.
    for (VersionNumber i = 0; i < 2 * retained_versions; ++i)
    {
        draw();
        apply();
    }
    for (auto _ : state)
    {
        state.PauseTiming();
        draw();
        state.ResumeTiming();
        apply();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["bytes/account"] = bytes_per_account;
}

void update_with_scalar_kernels(benchmark::State& state)
{
    update_accounts(state, crypto::scalar_kernels());
}

void update_with_native_kernels(benchmark::State& state)
{
    update_accounts(state, crypto::native_kernels());
}

/// `range(0)` slots in each of 100 contracts per iteration.
void update_slots(benchmark::State& state)
{
    StateTrie trie{crypto::native_kernels(), world::large_page_memory()};
    std::mt19937_64 random{7};
    types::StateDifference difference;
    constexpr std::uint64_t contracts = 100;
    const auto fill = [&](std::uint64_t slots_per_contract, auto key_of)
    {
        difference.clear();
        for (std::uint64_t number = 0; number < contracts; ++number)
        {
            auto change = change_of(number, 1);
            change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
            change.slot_count = static_cast<std::uint32_t>(slots_per_contract);
            for (std::uint64_t i = 0; i < slots_per_contract; ++i)
                difference.slots.push_back({U256{key_of(i)}, U256{random() | 1}});
            difference.accounts.push_back(change);
        }
    };
    constexpr std::uint64_t slots = 10'000;
    fill(slots, [](std::uint64_t i) { return i; });
    trie.apply(difference);
    for (auto _ : state)
    {
        state.PauseTiming();
        fill(static_cast<std::uint64_t>(state.range(0)), [&](std::uint64_t) { return random() % slots; });
        state.ResumeTiming();
        benchmark::DoNotOptimize(trie.apply(difference));
        trie.drop_before(trie.latest().number);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0) * static_cast<std::int64_t>(contracts));
}

void ordered_root_of_transfers(benchmark::State& state)
{
    std::mt19937_64 random{7};
    std::vector<Bytes> items(static_cast<std::size_t>(state.range(0)), Bytes(110));
    for (auto& item : items)
        for (auto& byte : item)
            byte = static_cast<Byte>(random());
    for (auto _ : state)
        benchmark::DoNotOptimize(ordered_root(items, crypto::native_kernels()));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(update_with_scalar_kernels)->Arg(400)->Arg(4'000)->Arg(40'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(update_with_native_kernels)->Arg(400)->Arg(4'000)->Arg(40'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(update_slots)->Arg(4)->Arg(40)->Arg(400)->Unit(benchmark::kMicrosecond);
BENCHMARK(ordered_root_of_transfers)->Arg(200)->Arg(20'000)->Unit(benchmark::kMicrosecond);
}  // namespace
}  // namespace jiffy::trie
