// SPDX-License-Identifier: Apache-2.0
#include "crypto/portable/block_hash.hpp"
#include "crypto/portable/portable.hpp"

#include <bit>

namespace jiffy::crypto::portable
{
namespace
{
using Word = std::uint32_t;

// Tables of the authors' paper, appendix A: five rounds of sixteen steps in two lines.
constexpr std::uint8_t message_order[2][80] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8, 3, 10,
        14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2, 4, 0, 5, 9,
        7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13},
    {5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2, 15, 5,
        1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14, 12, 15, 10,
        4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11}};
constexpr std::uint8_t rotations[2][80] = {
    {11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12, 11,
        13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12, 9,
        15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6},
    {8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11, 9,
        7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8, 8,
        5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11}};
constexpr Word constants[2][5] = {{0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e},
    {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000}};

Word load_word(const Byte* source) noexcept
{
    return Word{source[0]} | Word{source[1]} << 8 | Word{source[2]} << 16 | Word{source[3]} << 24;
}

void store_word(Byte* target, Word word) noexcept
{
    for (int i = 0; i < 4; ++i)
        target[i] = static_cast<Byte>(word >> (8 * i));
}

Word mix(std::size_t function, Word x, Word y, Word z) noexcept
{
    switch (function)
    {
        case 0:
            return x ^ y ^ z;
        case 1:
            return (x & y) | (~x & z);
        case 2:
            return (x | ~y) ^ z;
        case 3:
            return (x & z) | (y & ~z);
        default:
            return x ^ (y | ~z);
    }
}

struct Line
{
    Word a, b, c, d, e;

    explicit Line(const Word (&state)[5]) noexcept
      : a{state[0]}
      , b{state[1]}
      , c{state[2]}
      , d{state[3]}
      , e{state[4]}
    {
    }
};

Line run_line(std::size_t line, const Word (&state)[5], const Word (&message)[16]) noexcept
{
    Line v{state};
    for (std::size_t step = 0; step < 80; ++step)
    {
        const std::size_t round = step / 16;
        const std::size_t function = line == 0 ? round : 4 - round;
        const Word sum =
            v.a + mix(function, v.b, v.c, v.d) + message[message_order[line][step]] + constants[line][round];
        const Word next = std::rotl(sum, rotations[line][step]) + v.e;
        v.a = v.e;
        v.e = v.d;
        v.d = std::rotl(v.c, 10);
        v.c = v.b;
        v.b = next;
    }
    return v;
}

void compress(Word (&state)[5], const Byte* block) noexcept
{
    Word message[16];
    for (std::size_t i = 0; i < 16; ++i)
        message[i] = load_word(block + 4 * i);
    const Line left = run_line(0, state, message);
    const Line right = run_line(1, state, message);
    const Word next[5] = {state[1] + left.c + right.d, state[2] + left.d + right.e, state[3] + left.e + right.a,
        state[4] + left.a + right.b, state[0] + left.b + right.c};
    std::memcpy(state, next, sizeof(next));
}
}  // namespace

FixedBytes<20> ripemd160(BytesView data) noexcept
{
    Word state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    for_each_padded_block(
        data, [&state](const Byte* block) { compress(state, block); },
        [](Byte* target, std::uint64_t bits)
        {
            store_word(target, static_cast<Word>(bits));
            store_word(target + 4, static_cast<Word>(bits >> 32));
        });
    FixedBytes<20> digest;
    for (std::size_t i = 0; i < 5; ++i)
        store_word(digest.data() + 4 * i, state[i]);
    return digest;
}
}  // namespace jiffy::crypto::portable
