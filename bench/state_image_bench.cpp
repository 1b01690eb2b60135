// SPDX-License-Identifier: Apache-2.0
#include "world/state_restorer.hpp"
#include "world/state_trie_build.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <unistd.h>

/// How long a state takes to be written as an image and to come back, and the memory it then has.
///
///   state_image_bench [ACCOUNTS SLOTS]...
namespace jiffy::world
{
namespace
{
/// Slots of one contract.
constexpr std::uint64_t slots_of_contract = 10'000;

double seconds_since(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Bytes of the process that are in memory.
double resident_bytes()
{
    std::ifstream file{"/proc/self/statm"};
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

U256 random_word(std::mt19937_64& random)
{
    return {random(), random(), random(), random()};
}

/// Accounts as wallets are: some transactions, a balance of wei.
void add_accounts(World& world, std::uint64_t count)
{
    constexpr std::uint64_t batch = 1000;
    std::mt19937_64 random{count};
    types::StateDifference difference;
    for (std::uint64_t number = 0; number < count; ++number)
    {
        types::AccountChange change;
        change.address = to_address(random_word(random));
        change.account.nonce = random() % 1000;
        change.account.balance = U256{random()};
        difference.accounts.push_back(change);
        if (difference.accounts.size() < batch && number + 1 != count)
            continue;
        world.apply(difference);
        difference.clear();
    }
}

/// Slots as tokens have them: hashed keys, amounts; each contract's come a hundred at a time, in turn.
void add_slots(World& world, std::uint64_t count)
{
    constexpr std::uint64_t batch = 100;
    const auto contracts = (count + slots_of_contract - 1) / slots_of_contract;
    std::mt19937_64 random{count + 1};
    types::StateDifference difference;
    for (std::uint64_t number = 0; number < count; number += batch)
    {
        types::AccountChange change;
        change.address = to_address(U256{number / batch % contracts + 1});
        change.account.nonce = 1;
        change.slot_count = batch;
        for (std::uint64_t i = 0; i < batch; ++i)
            difference.slots.push_back({random_word(random), U256{random()}});
        difference.accounts.push_back(change);
        world.apply(difference);
        difference.clear();
    }
}

void measure(std::uint64_t accounts, std::uint64_t slots)
{
    const auto& kernels = crypto::native_kernels();
    const auto things = static_cast<double>(accounts + slots);
    std::printf("%lu accounts, %lu slots (%s kernels)\n", accounts, slots, kernels.name);

    Bytes image;
    Hash digest;
    {
        World world{1};
        add_accounts(world, accounts);
        add_slots(world, slots);
        std::size_t size = 0;
        const auto write = [&](const ImageSink& sink) { return write_state_image(world.pin(), {}, kernels, sink); };
        const auto begin = std::chrono::steady_clock::now();
        const auto written = write(
            [&size](BytesView piece)
            {
                size += piece.size();
                return true;
            });
        const auto seconds = seconds_since(begin);
        if (!written)
            std::exit(1);
        std::printf("  write    %8.1f ns each   %8.2f bytes each   %6.3f s\n", seconds * 1e9 / things,
            static_cast<double>(size) / things, seconds);
        digest = written->digest;
        image.reserve(size);
        static_cast<void>(write(
            [&image](BytesView piece)
            {
                append(image, piece);
                return true;
            }));
    }

    const auto before_world = resident_bytes();
    auto begin = std::chrono::steady_clock::now();
    World world{2};
    StateRestorer restorer{world, {}, kernels};
    const auto fed = restorer.feed(image);
    const auto summary = restorer.finish();
    const auto restore_seconds = seconds_since(begin);
    if (!fed || !summary || summary->digest != digest)
        std::exit(1);
    const auto after_world = resident_bytes();
    std::printf("  restore  %8.1f ns each   %8.2f bytes each   %6.3f s\n", restore_seconds * 1e9 / things,
        (after_world - before_world) / things, restore_seconds);

    begin = std::chrono::steady_clock::now();
    const auto trie = build_state_trie(world.pin(), kernels);
    const auto trie_seconds = seconds_since(begin);
    if (trie == nullptr)
        std::exit(1);
    std::printf("  trie     %8.1f ns each   %8.2f bytes each   %6.3f s\n", trie_seconds * 1e9 / things,
        (resident_bytes() - after_world) / things, trie_seconds);
}
}  // namespace
}  // namespace jiffy::world

int main(int argument_count, char** arguments)
{
    if (argument_count == 1)
    {
        jiffy::world::measure(1'000'000, 0);
        jiffy::world::measure(0, 1'000'000);
        jiffy::world::measure(5'000'000, 0);
        return 0;
    }
    for (int i = 1; i + 1 < argument_count; i += 2)
        jiffy::world::measure(std::strtoull(arguments[i], nullptr, 10), std::strtoull(arguments[i + 1], nullptr, 10));
    return 0;
}
