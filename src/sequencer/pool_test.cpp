// SPDX-License-Identifier: Apache-2.0
#include "sequencer/pool.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
constexpr std::uint64_t gas = 21'000;
constexpr SenderState rich{.nonce = 0, .balance = U256{1'000'000'000'000}};

Submission make(std::uint64_t sender, std::uint64_t nonce, std::uint64_t fee)
{
    Submission submission;
    submission.sender[19] = static_cast<Byte>(sender);
    submission.transaction.nonce = nonce;
    submission.transaction.gas_limit = gas;
    submission.transaction.max_fee_per_gas = U256{fee};
    submission.transaction.max_priority_fee_per_gas = U256{fee};
    submission.hash = to_hash(U256{sender, nonce, fee, 0});
    return submission;
}

Result<Pool::Added, PoolRefusal> add(Pool& pool,
    std::uint64_t sender,
    std::uint64_t nonce,
    std::uint64_t fee,
    const SenderState& state = rich,
    std::uint64_t time = 0,
    std::uint64_t base_fee = 0)
{
    auto submission = make(sender, nonce, fee);
    return pool.add(submission, state, U256{base_fee}, time);
}

TEST(Pool, gives_up_what_waits_for_a_nonce_and_pays_least_but_nothing_executable)
{
    Pool pool{{.transactions = 3}, 0};
    ASSERT_TRUE(add(pool, 1, 0, 10));
    ASSERT_TRUE(add(pool, 2, 5, 30));
    ASSERT_TRUE(add(pool, 3, 5, 20));
    EXPECT_EQ(add(pool, 4, 5, 20).error(), PoolRefusal::full) << "pays no more than the one that would go";
    const auto better = add(pool, 4, 5, 21);
    ASSERT_TRUE(better && better->evicted);
    EXPECT_EQ(better->evicted->sender[19], 3);
    // Executable ones come in whatever they pay, until there is nothing but executable ones.
    EXPECT_EQ(add(pool, 5, 0, 1)->evicted->sender[19], 4);
    EXPECT_EQ(add(pool, 6, 0, 1)->evicted->sender[19], 2);
    EXPECT_EQ(add(pool, 7, 0, 99).error(), PoolRefusal::full);
    EXPECT_EQ(add(pool, 7, 1, 99).error(), PoolRefusal::full);
    EXPECT_EQ(pool.size(), 3U);
}

TEST(Pool, what_fills_a_gap_makes_the_ones_behind_it_executable)
{
    Pool pool{{.transactions = 3}, 0};
    ASSERT_TRUE(add(pool, 1, 1, 10));
    ASSERT_TRUE(add(pool, 1, 2, 10));
    ASSERT_TRUE(add(pool, 1, 0, 10));
    EXPECT_EQ(add(pool, 2, 0, 99).error(), PoolRefusal::full);
    // The first one is gone without having run: the others have a gap again.
    std::vector<Submission> stale;
    ASSERT_TRUE(pool.take(make(1, 0, 0).sender, 0, stale));
    pool.update(make(1, 0, 0).sender, 0, U256{});
    ASSERT_TRUE(add(pool, 2, 0, 1));
    EXPECT_TRUE(add(pool, 2, 1, 1)->evicted);
}

TEST(Pool, what_waits_for_a_lower_base_fee_makes_room_and_expires_like_what_waits_for_a_nonce)
{
    constexpr std::uint64_t base_fee = 100;
    Pool pool{{.transactions = 3, .lifetime = 1000}, 0};
    ASSERT_TRUE(add(pool, 1, 0, 60, rich, 0, base_fee));
    ASSERT_TRUE(add(pool, 1, 1, 300, rich, 0, base_fee)) << "behind the other one it waits as well";
    ASSERT_TRUE(add(pool, 2, 0, 70, rich, 0, base_fee));
    EXPECT_EQ(add(pool, 3, 0, 60, rich, 0, base_fee).error(), PoolRefusal::full);
    EXPECT_EQ(add(pool, 3, 0, 100, rich, 0, base_fee)->evicted->sender[19], 1);
    EXPECT_EQ(add(pool, 4, 0, 100, rich, 0, base_fee)->evicted->sender[19], 2);
    pool.update(make(1, 0, 0).sender, 1, U256{base_fee});
    EXPECT_EQ(add(pool, 5, 0, 400, rich, 0, base_fee).error(), PoolRefusal::full) << "all are executable now";

    std::vector<Submission> stale;
    ASSERT_TRUE(pool.take(make(3, 0, 0).sender, 0, stale));
    ASSERT_TRUE(add(pool, 3, 0, 99, rich, 2000, base_fee));
    EXPECT_TRUE(pool.expire(3000).empty());
    EXPECT_EQ(pool.expire(3001).size(), 1U);
}

TEST(Pool, an_executable_transaction_finds_room_although_its_sender_has_what_pays_least)
{
    Pool pool{{.transactions = 3}, 0};
    ASSERT_TRUE(add(pool, 1, 1, 5));
    ASSERT_TRUE(add(pool, 1, 2, 4));
    ASSERT_TRUE(add(pool, 2, 7, 80));
    EXPECT_EQ(add(pool, 1, 0, 3)->evicted->sender[19], 2);
    // Of its own, one that cannot run yet has to go.
    Pool own{{.transactions = 2}, 0};
    ASSERT_TRUE(add(own, 1, 2, 5));
    ASSERT_TRUE(add(own, 1, 3, 4));
    EXPECT_EQ(add(own, 1, 0, 3)->evicted->transaction.nonce, 3U);
    EXPECT_EQ(add(own, 1, 4, 99).error(), PoolRefusal::full);
}

TEST(Pool, all_pooled_transactions_of_a_sender_must_be_within_its_balance)
{
    Pool pool{{}, 0};
    const SenderState state{.nonce = 0, .balance = U256{gas * 25}};
    ASSERT_TRUE(add(pool, 1, 1, 10, state));
    ASSERT_TRUE(add(pool, 1, 2, 10, state));
    EXPECT_EQ(add(pool, 1, 3, 10, state).error(), PoolRefusal::insufficient_funds_for_all);
    EXPECT_TRUE(add(pool, 1, 3, 5, state));
    EXPECT_EQ(add(pool, 1, 3, 6, state).error(), PoolRefusal::insufficient_funds_for_all);
    EXPECT_EQ(add(pool, 1, 4, 1, {.nonce = 0, .balance = U256{}}).error(), PoolRefusal::insufficient_funds_for_all);
}

TEST(Pool, expires_what_has_waited_for_a_nonce_for_too_long)
{
    Pool pool{{.lifetime = 100}, 0};
    ASSERT_TRUE(add(pool, 1, 1, 10, rich, 1000));
    ASSERT_TRUE(add(pool, 2, 0, 10, rich, 1000));
    ASSERT_TRUE(add(pool, 3, 1, 10, rich, 1050));
    EXPECT_TRUE(pool.expire(1100).empty());
    const auto expired = pool.expire(1101);
    ASSERT_EQ(expired.size(), 1U);
    EXPECT_EQ(expired[0].sender[19], 1);
    EXPECT_EQ(pool.expire(5000).size(), 1U);
    EXPECT_EQ(pool.size(), 1U) << "one that only waits for room stays";
}

/// What the pool holds, found the slow way.
struct Model
{
    struct Entry
    {
        std::uint64_t fee;
        std::uint64_t arrival;
    };

    std::map<std::pair<std::uint64_t, std::uint64_t>, Entry> entries;
    std::array<std::uint64_t, 4> nonces{};
    std::uint64_t base_fee = 0;

    [[nodiscard]] bool is_executable(std::uint64_t sender, std::uint64_t nonce, std::uint64_t fee) const
    {
        for (auto earlier = nonces[sender]; earlier < nonce; ++earlier)
        {
            const auto entry = entries.find({sender, earlier});
            if (entry == entries.end() || entry->second.fee < base_fee)
                return false;
        }
        return fee >= base_fee;
    }
    /// A transaction that waits, of another sender than `spared`, and pays less than `fee`.
    [[nodiscard]] bool has_waiting(std::uint64_t spared, std::uint64_t fee) const
    {
        return std::ranges::any_of(entries,
            [&](const auto& entry)
            {
                const auto& [place, held] = entry;
                return place.first != spared && held.fee < fee && !is_executable(place.first, place.second, held.fee);
            });
    }
    void remove(const Submission& submission)
    {
        RC_ASSERT(entries.erase({submission.sender[19], submission.transaction.nonce}) == 1);
    }
};

RC_GTEST_PROP(PoolProperty, gives_up_only_what_waits_and_refuses_only_for_want_of_room, ())
{
    constexpr std::uint64_t lifetime = 20;
    constexpr auto nobody = ~std::uint64_t{0};
    constexpr auto any_fee = ~std::uint64_t{0};
    Pool pool{{.transactions = 8, .per_sender = 4, .lifetime = lifetime}, 0};
    Model model;
    const auto update_all = [&]
    {
        for (std::uint64_t sender = 0; sender < model.nonces.size(); ++sender)
            pool.update(make(sender, 0, 0).sender, model.nonces[sender], U256{model.base_fee});
    };
    const auto steps = *rc::gen::inRange(1, 80);
    for (int step = 0; step < steps; ++step)
    {
        const auto sender = *rc::gen::inRange<std::uint64_t>(0, model.nonces.size());
        const auto time = static_cast<std::uint64_t>(step);
        const auto kind = *rc::gen::inRange(0, 12);
        if (kind < 9)
        {
            const SenderState state{.nonce = model.nonces[sender], .balance = rich.balance};
            const auto nonce = state.nonce + *rc::gen::inRange<std::uint64_t>(0, 5);
            const auto fee = *rc::gen::inRange<std::uint64_t>(1, 100);
            const bool is_executable = model.is_executable(sender, nonce, fee);
            const auto added = add(pool, sender, nonce, fee, state, time, model.base_fee);
            if (added)
            {
                if (added->evicted)
                {
                    const auto& evicted = *added->evicted;
                    const auto owner = evicted.sender[19];
                    const auto paid = model.entries.at({owner, evicted.transaction.nonce}).fee;
                    RC_ASSERT(!model.is_executable(owner, evicted.transaction.nonce, paid));
                    model.remove(evicted);
                }
                model.entries[{sender, nonce}] = {fee, time};
            }
            else if (added.error() == PoolRefusal::full)
            {
                RC_ASSERT(model.entries.size() == 8U);
                RC_ASSERT(!model.has_waiting(is_executable ? nobody : sender, is_executable ? any_fee : fee));
            }
        }
        else if (kind < 10)
        {
            std::vector<Submission> stale;
            const auto address = make(sender, 0, 0).sender;
            if (const auto taken = pool.take(address, model.nonces[sender], stale))
            {
                model.remove(*taken);
                ++model.nonces[sender];
            }
            RC_ASSERT(stale.empty());
            pool.update(address, model.nonces[sender], U256{model.base_fee});
        }
        else if (kind < 11)
        {
            model.base_fee = *rc::gen::inRange<std::uint64_t>(0, 100);
            update_all();
        }
        else
        {
            std::size_t expected = 0;
            for (const auto& [place, entry] : model.entries)
                expected +=
                    entry.arrival + lifetime < time && !model.is_executable(place.first, place.second, entry.fee) ? 1
                                                                                                                  : 0;
            const auto expired = pool.expire(time);
            RC_ASSERT(expired.size() == expected);
            for (const auto& submission : expired)
                model.remove(submission);
        }
        RC_ASSERT(pool.size() == model.entries.size());
    }
    RC_ASSERT(pool.clear().size() == model.entries.size());
    RC_ASSERT(pool.empty());
}
}  // namespace
}  // namespace jiffy::sequencer
