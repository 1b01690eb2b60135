// SPDX-License-Identifier: Apache-2.0
#include "crypto/native/keccak_batch.hpp"
#include "crypto/native/keccak_lanes.hpp"

#include <immintrin.h>

namespace jiffy::crypto
{
namespace
{
constexpr std::size_t width = 8;

/// Eight lanes, one of each state.
using Vector = std::uint64_t __attribute__((vector_size(64), may_alias));

/// Turns row i, eight words of message i, into vector i, word i of eight messages.
[[gnu::target("avx512f"), gnu::always_inline]] inline void transpose(__m512i (&rows)[8]) noexcept
{
    __m512i pairs[8];
    for (std::size_t i = 0; i < 8; i += 2)
    {
        pairs[i] = _mm512_unpacklo_epi64(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_epi64(rows[i], rows[i + 1]);
    }
    __m512i quads[8];
    for (std::size_t half = 0; half < 8; half += 4)
        for (std::size_t i = 0; i < 2; ++i)
        {
            quads[half + i] = _mm512_shuffle_i64x2(pairs[half + i], pairs[half + i + 2], 0x88);
            quads[half + i + 2] = _mm512_shuffle_i64x2(pairs[half + i], pairs[half + i + 2], 0xdd);
        }
    for (std::size_t i = 0; i < 4; ++i)
    {
        rows[i] = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0x88);
        rows[i + 4] = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0xdd);
    }
}

[[gnu::target("avx512f"), gnu::always_inline]] inline void absorb(Vector (&state)[25],
    const Byte* const* blocks) noexcept
{
    for (std::size_t first_word = 0; first_word < 16; first_word += 8)
    {
        __m512i rows[8];
        for (std::size_t lane = 0; lane < width; ++lane)
            rows[lane] = _mm512_loadu_si512(blocks[lane] + 8 * first_word);
        transpose(rows);
        for (std::size_t word = 0; word < 8; ++word)
            state[first_word + word] ^= reinterpret_cast<const Vector&>(rows[word]);
    }
    std::uint64_t last_words[width];
    for (std::size_t lane = 0; lane < width; ++lane)
        std::memcpy(&last_words[lane], blocks[lane] + 128, 8);
    Vector last;
    std::memcpy(&last, last_words, sizeof(last));
    state[16] ^= last;
}
}  // namespace

[[gnu::target("avx512f")]] void keccak256_batch_avx512(const BytesView* messages,
    Hash* digests,
    std::size_t count) noexcept
{
    KeccakLanes<width> lanes{messages, digests, count};
    Vector state[25] = {};
    while (lanes.any_running())
    {
        const auto kept = static_cast<__mmask8>(~lanes.starting());
        if (kept != 0xff)
            for (auto& vector : state)
                vector = reinterpret_cast<Vector>(_mm512_maskz_mov_epi64(kept, reinterpret_cast<__m512i>(vector)));
        absorb(state, lanes.next_blocks());
        keccak_permute(state);
        lanes.finish(state);
    }
}
}  // namespace jiffy::crypto
