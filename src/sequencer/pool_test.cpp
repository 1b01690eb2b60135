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
    std::uint64_t time = 0)
{
    auto submission = make(sender, nonce, fee);
    return pool.add(submission, state, time);
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
    pool.update(make(1, 0, 0).sender, 0);
    ASSERT_TRUE(add(pool, 2, 0, 1));
    EXPECT_TRUE(add(pool, 2, 1, 1)->evicted);
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

RC_GTEST_PROP(PoolProperty, never_loses_count_and_never_gives_up_an_executable_one, ())
{
    Pool pool{{.transactions = 8, .per_sender = 4, .lifetime = 20}, 0};
    std::array<std::uint64_t, 4> nonces{};
    std::size_t count = 0;
    const auto steps = *rc::gen::inRange(1, 80);
    for (int step = 0; step < steps; ++step)
    {
        const auto sender = *rc::gen::inRange<std::uint64_t>(0, nonces.size());
        const SenderState state{.nonce = nonces[sender], .balance = rich.balance};
        const auto time = static_cast<std::uint64_t>(step);
        if (*rc::gen::inRange(0, 4) != 0)
        {
            const auto nonce = state.nonce + *rc::gen::inRange<std::uint64_t>(0, 5);
            const auto added = add(pool, sender, nonce, *rc::gen::inRange<std::uint64_t>(1, 100), state, time);
            count += added && !added->replaced && !added->evicted ? 1 : 0;
            if (added && added->evicted)
            {
                const auto& evicted = *added->evicted;
                const auto owner = evicted.sender[19];
                RC_ASSERT(pool.next_nonce(evicted.sender, nonces[owner]) <= evicted.transaction.nonce);
                RC_ASSERT(nonces[owner] < evicted.transaction.nonce);
            }
        }
        else
        {
            std::vector<Submission> stale;
            const auto address = make(sender, 0, 0).sender;
            if (pool.take(address, nonces[sender], stale))
            {
                ++nonces[sender];
                --count;
            }
            count -= stale.size();
            pool.update(address, nonces[sender]);
            count -= pool.expire(time).size();
        }
        RC_ASSERT(pool.size() == count);
    }
    RC_ASSERT(pool.clear().size() == count);
    RC_ASSERT(pool.empty());
}
}  // namespace
}  // namespace jiffy::sequencer
