// SPDX-License-Identifier: Apache-2.0
#include "base/key_hasher.hpp"

#include <gtest/gtest.h>
#include <set>

namespace jiffy::base
{
namespace
{
/// The constants that the hash function could mix into a word without a secret; a key that cancels one must not help.
constexpr std::uint64_t published[] = {0, ~0ULL, 0x9e3779b97f4a7c15, 0xa0761d6478bd642f, 0xe7037ed1a0b428db,
    0x8ebc6af09c88c6e3, 0x589965cc75374cc3, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb};

/// Hashes of the keys that have `fixed` in one word and count up in another.
std::set<std::uint64_t> hashes_with_fixed_word(const KeyHasher& hasher, std::size_t place, std::uint64_t fixed)
{
    std::set<std::uint64_t> hashes;
    for (std::size_t other = 0; other < 4; ++other)
        for (std::uint64_t i = 1; i <= 100 && other != place; ++i)
        {
            std::uint64_t words[4] = {};
            words[place] = fixed;
            words[other] = i;
            hashes.insert(hasher.words_hash(words));
        }
    return hashes;
}

TEST(KeyHasher, no_published_word_hides_the_others)
{
    const KeyHasher hasher{12345};
    for (std::size_t place = 0; place < 4; ++place)
        for (const auto fixed : published)
            EXPECT_EQ(hashes_with_fixed_word(hasher, place, fixed).size(), 300U) << place << ' ' << fixed;
}

TEST(KeyHasher, no_published_word_of_an_address_hides_the_others)
{
    const KeyHasher hasher{12345};
    for (std::size_t place = 0; place < 16; place += 8)
        for (const auto fixed : published)
        {
            std::set<std::uint64_t> hashes;
            for (std::uint64_t i = 0; i < 100; ++i)
            {
                Address address;
                std::memcpy(address.data() + place, &fixed, 8);
                std::memcpy(address.data() + 8 - place, &i, 8);
                hashes.insert(hasher(address));
            }
            EXPECT_EQ(hashes.size(), 100U) << place << ' ' << fixed;
        }
}

TEST(KeyHasher, swapped_words_are_other_keys)
{
    const KeyHasher hasher{7};
    for (const auto difference : published)
    {
        const std::uint64_t words[4] = {1, 2, 3, 4};
        const std::uint64_t swapped[4] = {2 ^ difference, 1 ^ difference, 3, 4};
        EXPECT_NE(hasher.words_hash(words), hasher.words_hash(swapped)) << difference;
    }
}

TEST(KeyHasher, the_seed_and_the_owner_count)
{
    const Hash key{{1, 2, 3}};
    EXPECT_EQ(KeyHasher{1}(key), KeyHasher{1}(key));
    EXPECT_NE(KeyHasher{1}(key), KeyHasher{2}(key));
    EXPECT_NE(KeyHasher{1}(Address{}), KeyHasher{2}(Address{}));
    const std::uint64_t words[4] = {1, 2, 3, 4};
    EXPECT_NE(KeyHasher{1}.words_hash(words, 0), KeyHasher{1}.words_hash(words, 1));
}
}  // namespace
}  // namespace jiffy::base
