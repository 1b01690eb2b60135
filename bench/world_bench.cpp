// SPDX-License-Identifier: Apache-2.0
#include "world/world.hpp"

#include <benchmark/benchmark.h>
#include <map>
#include <random>

namespace jiffy::world
{
namespace
{
Address address_number(std::uint64_t number)
{
    Address address;
    std::memcpy(address.data(), &number, sizeof(number));
    return address;
}

types::AccountChange change_of(std::uint64_t number, std::uint64_t balance)
{
    types::AccountChange change;
    change.address = address_number(number);
    change.account = {1, U256{balance}, crypto::empty_keccak};
    return change;
}

World& world_of(std::uint64_t accounts)
{
    static std::map<std::uint64_t, World> worlds;
    const auto [place, is_new] = worlds.try_emplace(accounts, accounts);
    types::StateDifference difference;
    for (std::uint64_t number = 0; is_new && number < accounts; ++number)
    {
        difference.accounts.push_back(change_of(number, number + 1));
        if (difference.accounts.size() < 1000 && number + 1 != accounts)
            continue;
        place->second.apply(difference);
        difference.clear();
    }
    return place->second;
}

/// One commit per iteration that changes 2 * `range(1)` of `range(0)` accounts; one item is a transfer.
void apply_transfers(benchmark::State& state)
{
    auto& world = world_of(static_cast<std::uint64_t>(state.range(0)));
    const auto accounts = static_cast<std::uint64_t>(state.range(0));
    std::mt19937_64 random{7};
    std::vector<std::uint32_t> numbers(1 << 20);
    for (auto& number : numbers)
        number = static_cast<std::uint32_t>(random() % accounts);
    // As a committer's, the difference is in the cache: only its keys and values are new each time.
    types::StateDifference difference;
    for (std::int64_t i = 0; i < 2 * state.range(1); ++i)
        difference.accounts.push_back(change_of(0, 0));
    std::size_t next = 0;
    for (auto _ : state)
    {
        for (auto& change : difference.accounts)
        {
            const std::uint64_t number = numbers[next++ % numbers.size()];
            std::memcpy(change.address.data(), &number, sizeof(number));
            change.account.balance = U256{next};
        }
        benchmark::DoNotOptimize(world.apply(difference));
    }
    state.SetItemsProcessed(state.iterations() * state.range(1));
}

/// One account of a pinned snapshot per iteration; `range(1)` commits were made after it.
void read_account(benchmark::State& state)
{
    auto& world = world_of(static_cast<std::uint64_t>(state.range(0)));
    const auto accounts = static_cast<std::uint64_t>(state.range(0));
    const auto snapshot = world.pin();
    std::mt19937_64 random{7};
    types::StateDifference difference;
    for (std::int64_t i = 0; i < state.range(1); ++i)
    {
        difference.clear();
        difference.accounts.push_back(change_of(random() % accounts, random()));
        world.apply(difference);
    }
    std::vector<Address> addresses(1 << 16);
    for (auto& address : addresses)
        address = address_number(random() % accounts);
    std::size_t i = 0;
    types::Account account;
    for (auto _ : state)
    {
        if (snapshot.account(addresses[i++ % addresses.size()], account) != state::Presence::present)
            state.SkipWithError("an account cannot be read");
        benchmark::DoNotOptimize(account);
    }
    state.SetItemsProcessed(state.iterations());
}

void pin_latest(benchmark::State& state)
{
    auto& world = world_of(1000);
    for (auto _ : state)
        benchmark::DoNotOptimize(world.pin().is_pinned());
}

BENCHMARK(apply_transfers)
    ->Args({1'000, 1})
    ->Args({100'000, 1})
    ->Args({1'000'000, 1})
    ->Args({10'000'000, 1})
    ->Args({1'000'000, 200});
BENCHMARK(read_account)->Args({1'000'000, 0})->Args({1'000'000, 500'000})->Args({10'000'000, 0});
BENCHMARK(pin_latest);
}  // namespace
}  // namespace jiffy::world
