// SPDX-License-Identifier: Apache-2.0
#include "crypto/portable/block_hash.hpp"
#include "crypto/portable/portable.hpp"

#include <bit>

namespace jiffy::crypto::portable
{
namespace
{
using Word = std::uint32_t;

/// FIPS 180-4 4.2.2.
constexpr Word round_constants[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
    0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
    0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

Word load_word(const Byte* source) noexcept
{
    return Word{source[0]} << 24 | Word{source[1]} << 16 | Word{source[2]} << 8 | Word{source[3]};
}

void store_word(Byte* target, Word word) noexcept
{
    for (int i = 0; i < 4; ++i)
        target[i] = static_cast<Byte>(word >> (24 - 8 * i));
}

/// FIPS 180-4 6.2.2.
void compress(Word (&state)[8], const Byte* block) noexcept
{
    Word schedule[64];
    for (std::size_t t = 0; t < 16; ++t)
        schedule[t] = load_word(block + 4 * t);
    for (std::size_t t = 16; t < 64; ++t)
    {
        const Word w2 = schedule[t - 2];
        const Word w15 = schedule[t - 15];
        schedule[t] = (std::rotr(w2, 17) ^ std::rotr(w2, 19) ^ (w2 >> 10)) + schedule[t - 7] +
                      (std::rotr(w15, 7) ^ std::rotr(w15, 18) ^ (w15 >> 3)) + schedule[t - 16];
    }

    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t t = 0; t < 64; ++t)
    {
        const Word t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) +
                        round_constants[t] + schedule[t];
        const Word t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const Word ends[8] = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i)
        state[i] += ends[i];
}
}  // namespace

Hash sha256(BytesView data) noexcept
{
    Word state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for_each_padded_block(
        data, [&state](const Byte* block) { compress(state, block); },
        [](Byte* target, std::uint64_t bits)
        {
            store_word(target, static_cast<Word>(bits >> 32));
            store_word(target + 4, static_cast<Word>(bits));
        });
    Hash digest;
    for (std::size_t i = 0; i < 8; ++i)
        store_word(digest.data() + 4 * i, state[i]);
    return digest;
}
}  // namespace jiffy::crypto::portable
