// SPDX-License-Identifier: Apache-2.0
#include "rpc/random_id.hpp"

#include <gtest/gtest.h>
#include <unordered_set>

namespace jiffy::rpc
{
namespace
{
TEST(RandomId, no_id_comes_twice_nor_tells_the_next)
{
    constexpr int count = 10'000;
    std::unordered_set<RandomId, RandomIdHasher> ids;
    std::unordered_set<RandomId, RandomIdHasher> steps;
    RandomId previous = draw_random_id();
    for (int i = 0; i < count; ++i)
    {
        const auto id = draw_random_id();
        ids.insert(id);
        steps.insert(id - previous);
        previous = id;
    }
    EXPECT_EQ(ids.size(), count);
    EXPECT_EQ(steps.size(), count);
}

TEST(RandomId, every_one_of_its_128_bits_varies)
{
    constexpr int count = 10'000;
    int ones[256] = {};
    for (int i = 0; i < count; ++i)
    {
        const auto id = draw_random_id();
        for (unsigned bit = 0; bit < 256; ++bit)
            ones[bit] += static_cast<int>(id.limbs[bit / 64] >> (bit % 64) & 1);
    }
    for (unsigned bit = 0; bit < 128; ++bit)
        // Ten standard deviations.
        EXPECT_NEAR(ones[bit], count / 2, 500) << bit;
    for (unsigned bit = 128; bit < 256; ++bit)
        EXPECT_EQ(ones[bit], 0) << bit;
}
}  // namespace
}  // namespace jiffy::rpc
