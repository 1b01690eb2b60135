// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"

#include "base/hex.hpp"
#include "crypto/keccak_round.hpp"
#include "crypto/test_bytes.hpp"

#include <gtest/gtest.h>
#include <string_view>

namespace jiffy::crypto
{
namespace
{
using namespace base::literals;

Hash keccak256_of_text(std::string_view text)
{
    return keccak256(Bytes(text.begin(), text.end()));
}

/// The sponge written the plain way: pad the whole message, then take in block after block.
Hash keccak256_by_definition(BytesView message)
{
    Bytes padded = to_bytes(message);
    padded.push_back(0x01);
    while (padded.size() % keccak256_rate != 0)
        padded.push_back(0);
    padded.back() |= 0x80;
    std::uint64_t state[25] = {};
    for (std::size_t i = 0; i < padded.size(); ++i)
    {
        const std::size_t place = i % keccak256_rate;
        state[place / 8] ^= static_cast<std::uint64_t>(padded[i]) << (8 * (place % 8));
        if (place == keccak256_rate - 1)
            keccak_f1600(state);
    }
    Hash digest;
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<Byte>(state[i / 8] >> (8 * (i % 8)));
    return digest;
}

TEST(Keccak, known_answers)
{
    EXPECT_EQ(keccak256({}), empty_keccak);
    EXPECT_EQ(keccak256_of_text("abc"), "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"_hash);
    EXPECT_EQ(keccak256_of_text("The quick brown fox jumps over the lazy dog"),
        "0x4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"_hash);
    // The root of an empty trie: the hash of the RLP of the empty string.
    EXPECT_EQ(keccak256(Bytes{0x80}), "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"_hash);
}

TEST(Keccak, permutation_of_zeros)
{
    std::uint64_t state[25] = {};
    keccak_f1600(state);
    EXPECT_EQ(state[0], 0xf1258f7940e1dde7);
    EXPECT_EQ(state[24], 0xeaf1ff7b5ceca249);
}

TEST(Keccak, every_length_follows_the_definition)
{
    for (std::size_t length = 0; length <= 600; ++length)
    {
        const Bytes message = test_bytes(length, length);
        EXPECT_EQ(keccak256(message), keccak256_by_definition(message)) << length;
    }
}
}  // namespace
}  // namespace jiffy::crypto
