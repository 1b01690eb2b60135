// SPDX-License-Identifier: Apache-2.0
#include "world/state_restorer.hpp"

#include <gtest/gtest.h>
#include <random>
#include <thread>

namespace jiffy::world
{
namespace
{
using state::Presence;

constexpr std::uint64_t holders = 64;
constexpr std::uint64_t initial_balance = 1'000'000;

Address holder(std::uint64_t number)
{
    return to_address(U256{number + 1});
}

types::AccountChange balance_change(std::uint64_t number, std::uint64_t balance)
{
    types::AccountChange change;
    change.address = holder(number);
    // Both halves of the balance say the same: a torn read of a wide one would show.
    change.account.balance = {balance, 0, 0, number % 4 == 0 ? balance : 0};
    return change;
}

/// What a reader found in one snapshot.
enum class Finding
{
    consistent,
    unavailable,
    wrong,
};

Finding look_at(const Snapshot& snapshot)
{
    U256 sum;
    for (std::uint64_t number = 0; number < holders; ++number)
    {
        types::Account account;
        U256 copy;
        const auto presence = snapshot.account(holder(number), account);
        const auto slot_presence = snapshot.storage(holder(number), U256{7}, copy);
        if (presence == Presence::unavailable || slot_presence == Presence::unavailable)
            return Finding::unavailable;
        const auto& limbs = account.balance.limbs;
        // The slot holds a copy of the balance, written by the same commit.
        if (presence != Presence::present || copy != account.balance || limbs[3] != (number % 4 == 0 ? limbs[0] : 0))
            return Finding::wrong;
        sum += U256{limbs[0]};
    }
    return sum == U256{holders * initial_balance} ? Finding::consistent : Finding::wrong;
}

TEST(WorldStress, readers_find_the_same_sum_of_balances_in_every_snapshot)
{
    World world{5, {.log_records = 4096, .pins = 8}};
    std::vector<std::uint64_t> balances(holders, initial_balance);
    const auto add = [&](types::StateDifference& difference, std::uint64_t number)
    {
        auto change = balance_change(number, balances[number]);
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        change.slot_count = 1;
        difference.slots.push_back({U256{7}, change.account.balance});
        difference.accounts.push_back(change);
    };
    types::StateDifference genesis;
    for (std::uint64_t number = 0; number < holders; ++number)
        add(genesis, number);
    world.apply(genesis);

    std::atomic<bool> is_done{false};
    std::atomic<std::uint64_t> consistent{0};
    std::atomic<std::uint64_t> unavailable{0};
    std::atomic<std::uint64_t> wrong{0};
    std::vector<std::thread> readers;
    for (unsigned i = 0; i < 3; ++i)
        readers.emplace_back(
            [&, i]
            {
                std::mt19937_64 random{i};
                while (!is_done.load(std::memory_order_relaxed))
                {
                    auto snapshot = world.pin();
                    if (random() % 4 == 0)
                        if (auto earlier =
                                world.pin_at(snapshot.commit() - std::min(snapshot.commit() - 1, random() % 50)))
                            snapshot = *std::move(earlier);
                    for (const auto* name : {"first look", "second look"})
                    {
                        switch (look_at(snapshot))
                        {
                            case Finding::consistent:
                                ++consistent;
                                break;
                            case Finding::unavailable:
                                ++unavailable;
                                break;
                            case Finding::wrong:
                                ++wrong;
                                ADD_FAILURE() << name << " at commit " << snapshot.commit();
                                break;
                        }
                    }
                }
            });

    std::mt19937_64 random{99};
    types::StateDifference difference;
    const auto transfer = [&]
    {
        const auto from = random() % holders;
        const auto to = (from + 1 + random() % (holders - 1)) % holders;
        const auto amount = random() % (balances[from] + 1);
        balances[from] -= amount;
        balances[to] += amount;
        difference.clear();
        add(difference, from);
        add(difference, to);
    };
    for (std::uint64_t commit = 0; commit < 20'000; ++commit)
    {
        transfer();
        // Newcomers make the tables grow under the readers.
        difference.accounts.push_back(balance_change(holders + commit, 0));
        world.apply(difference);
        if (commit % 1000 != 999)
            continue;
        const auto target = world.commit_number();
        const auto balances_then = balances;
        transfer();
        world.apply(difference);
        EXPECT_TRUE(world.rewind(target));
        balances = balances_then;
    }
    is_done = true;
    for (auto& reader : readers)
        reader.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_GT(consistent, 100U);
}

TEST(WorldStress, images_written_while_the_writer_goes_on_have_the_sum_of_balances_and_the_ids)
{
    constexpr unsigned wanted_images = 50;
    constexpr std::uint64_t newcomers = 3000;
    World world{5, {.log_records = 1 << 16, .pins = 8}};
    const auto put = [](types::StateDifference& difference, std::uint64_t number, std::uint64_t balance)
    {
        auto change = balance_change(number, balance);
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        change.slot_count = 1;
        difference.slots.push_back({U256{7}, change.account.balance});
        difference.accounts.push_back(change);
    };
    std::vector<std::uint64_t> balances(holders, initial_balance);
    types::StateDifference difference;
    for (std::uint64_t number = 0; number < holders; ++number)
        put(difference, number, balances[number]);
    world.apply(difference);

    std::atomic<unsigned> images{0};
    std::thread reader{[&]
        {
            while (images < wanted_images)
            {
                const auto snapshot = world.pin();
                World restored;
                StateRestorer restorer{restored, {}, crypto::native_kernels()};
                const auto written = write_state_image(snapshot, {}, crypto::native_kernels(),
                    [&restorer](BytesView piece) { return restorer.feed(piece).has_value(); });
                if (!written)
                {
                    EXPECT_EQ(written.error(), ImageWriteError::unavailable);
                    continue;
                }
                const auto summary = restorer.finish();
                EXPECT_TRUE(summary && summary->ids == written->ids && summary->digest == written->digest);
                EXPECT_EQ(written->ids.accounts, holders + std::min(written->commit - 1, newcomers));
                EXPECT_EQ(written->ids.slots, written->ids.accounts);
                EXPECT_EQ(look_at(restored.pin()), Finding::consistent);
                ++images;
            }
        }};
    std::mt19937_64 random{99};
    for (std::uint64_t commit = 1; images < wanted_images; ++commit)
    {
        const auto from = random() % holders;
        const auto to = (from + 1 + random() % (holders - 1)) % holders;
        const auto amount = random() % (balances[from] + 1);
        balances[from] -= amount;
        balances[to] += amount;
        difference.clear();
        put(difference, from, balances[from]);
        put(difference, to, balances[to]);
        if (commit <= newcomers)
            put(difference, holders + commit - 1, 1);
        world.apply(difference);
    }
    reader.join();
}
}  // namespace
}  // namespace jiffy::world
