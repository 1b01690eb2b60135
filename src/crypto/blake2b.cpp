// SPDX-License-Identifier: Apache-2.0
#include "crypto/hashes.hpp"

#include <bit>
#include <utility>

namespace jiffy::crypto
{
namespace
{
using Word = std::uint64_t;

/// RFC 7693 2.6.
constexpr Word initialisation_vector[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/// RFC 7693 2.7: the order of the message words, by round.
constexpr std::size_t schedule_length = 10;
constexpr std::uint8_t schedule[schedule_length][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}, {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8}, {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9}, {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10}, {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

[[gnu::always_inline]] inline void mix(Word& a, Word& b, Word& c, Word& d, Word x, Word y)
{
    a += b + x;
    d = std::rotr(d ^ a, 32);
    c += d;
    b = std::rotr(b ^ c, 24);
    a += b + y;
    d = std::rotr(d ^ a, 16);
    c += d;
    b = std::rotr(b ^ c, 63);
}

/// One round with its message order known at compile time, so that no index is looked up at run time.
template <std::size_t Round>
[[gnu::always_inline]] inline void blake2b_round(Word (&v)[16], const Word* m)
{
    constexpr auto& s = schedule[Round];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
}

/// The first `rounds` rounds of the schedule, at most one pass through it.
template <std::size_t... Rounds>
[[gnu::always_inline]] inline void blake2b_pass(std::uint32_t rounds,
    Word (&v)[16],
    const Word* m,
    std::index_sequence<Rounds...>)
{
    (void)((Rounds < rounds && (blake2b_round<Rounds>(v, m), true)) && ...);
}
}  // namespace

void blake2b_compress(std::uint32_t rounds,
    std::uint64_t h[8],
    const std::uint64_t m[16],
    const std::uint64_t t[2],
    bool final_block) noexcept
{
    Word v[16];
    for (std::size_t i = 0; i < 8; ++i)
    {
        v[i] = h[i];
        v[i + 8] = initialisation_vector[i];
    }
    v[12] ^= t[0];
    v[13] ^= t[1];
    if (final_block)
        v[14] = ~v[14];

    for (std::uint32_t left = rounds; left != 0;)
    {
        blake2b_pass(left, v, m, std::make_index_sequence<schedule_length>{});
        left -= left < schedule_length ? left : std::uint32_t{schedule_length};
    }

    for (std::size_t i = 0; i < 8; ++i)
        h[i] ^= v[i] ^ v[i + 8];
}
}  // namespace jiffy::crypto
