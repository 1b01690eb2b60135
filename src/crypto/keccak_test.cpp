// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"

#include "base/hex.hpp"
#include "crypto/keccak_round.hpp"
#include "crypto/kernels.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
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

/// `length` bytes that differ from place to place and from seed to seed.
Bytes pattern(std::size_t length, std::size_t seed)
{
    Bytes result(length);
    std::uint64_t state = seed * 2 + 1;
    for (auto& byte : result)
    {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        byte = static_cast<Byte>(state >> 56);
    }
    return result;
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

void expect_batch_equals_scalar(const Kernels& kernels, const std::vector<Bytes>& messages)
{
    const std::vector<BytesView> views(messages.begin(), messages.end());
    std::vector<Hash> digests(messages.size());
    kernels.keccak256_batch(views.data(), digests.data(), views.size());
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(digests[i], keccak256(messages[i]))
            << kernels.name << ", message " << i << " of " << messages.size() << ", " << messages[i].size() << " bytes";
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
        const Bytes message = pattern(length, length);
        EXPECT_EQ(keccak256(message), keccak256_by_definition(message)) << length;
    }
}

TEST(KeccakBatch, every_length)
{
    std::vector<Bytes> messages;
    for (std::size_t length = 0; length <= 600; ++length)
        messages.push_back(pattern(length, length));
    expect_batch_equals_scalar(scalar_kernels(), messages);
    expect_batch_equals_scalar(native_kernels(), messages);
}

TEST(KeccakBatch, every_count_of_equal_lengths)
{
    for (const std::size_t length : {0UL, 32UL, 135UL, 136UL, 532UL})
        for (std::size_t count = 0; count <= 33; ++count)
        {
            std::vector<Bytes> messages;
            for (std::size_t i = 0; i < count; ++i)
                messages.push_back(pattern(length, i));
            expect_batch_equals_scalar(native_kernels(), messages);
        }
}

RC_GTEST_PROP(KeccakBatch, random_batches, ())
{
    const auto lengths = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::weightedOneOf<std::size_t>({{4, rc::gen::inRange<std::size_t>(0, 140)},
            {4, rc::gen::inRange<std::size_t>(500, 560)}, {1, rc::gen::inRange<std::size_t>(0, 6000)}}));
    std::vector<Bytes> messages;
    for (const std::size_t length : lengths)
        messages.push_back(pattern(length, messages.size()));
    expect_batch_equals_scalar(native_kernels(), messages);
}
}  // namespace
}  // namespace jiffy::crypto
