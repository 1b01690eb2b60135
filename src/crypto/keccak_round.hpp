// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace jiffy::crypto
{
inline constexpr std::size_t keccak_rounds = 24;

/// Constants of the step iota (FIPS 202 3.2.5).
inline constexpr std::uint64_t keccak_round_constants[keccak_rounds] = {0x0000000000000001, 0x0000000000008082,
    0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001, 0x8000000080008081,
    0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002,
    0x8000000000000080, 0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080,
    0x0000000080000001, 0x8000000080008008};

/// lane = rotation of `a ^ b` to the left. Vectors go by reference: this code is inlined into functions that are
/// compiled for processors with wider registers, and has no calling convention for them itself.
template <int Count, typename Lane>
[[gnu::always_inline]] inline void keccak_rotated_sum(Lane& lane, const Lane& a, const Lane& b) noexcept
{
    const Lane sum = a ^ b;
    lane = (sum << Count) | (sum >> (64 - Count));
}

/// One row of the step chi.
template <typename Lane>
[[gnu::always_inline]] inline void keccak_chi(Lane* row,
    const Lane& b0,
    const Lane& b1,
    const Lane& b2,
    const Lane& b3,
    const Lane& b4) noexcept
{
    row[0] = b0 ^ (~b1 & b2);
    row[1] = b1 ^ (~b2 & b3);
    row[2] = b2 ^ (~b3 & b4);
    row[3] = b3 ^ (~b4 & b0);
    row[4] = b4 ^ (~b0 & b1);
}

/// One round from `a` to `e`, lane (x, y) at 5 y + x. A lane is 64 bits of one state, or a vector of those of many.
template <typename Lane>
[[gnu::always_inline]] inline void keccak_round(const Lane* a, Lane* e, std::uint64_t round_constant) noexcept
{
    const Lane c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
    const Lane c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
    const Lane c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
    const Lane c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
    const Lane c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
    Lane d0, d1, d2, d3, d4;
    const Lane zero{};
    keccak_rotated_sum<1>(d0, c1, zero);
    d0 ^= c4;
    keccak_rotated_sum<1>(d1, c2, zero);
    d1 ^= c0;
    keccak_rotated_sum<1>(d2, c3, zero);
    d2 ^= c1;
    keccak_rotated_sum<1>(d3, c4, zero);
    d3 ^= c2;
    keccak_rotated_sum<1>(d4, c0, zero);
    d4 ^= c3;
    Lane b0, b1, b2, b3, b4;

    b0 = a[0] ^ d0;
    keccak_rotated_sum<44>(b1, a[6], d1);
    keccak_rotated_sum<43>(b2, a[12], d2);
    keccak_rotated_sum<21>(b3, a[18], d3);
    keccak_rotated_sum<14>(b4, a[24], d4);
    keccak_chi(e + 0, b0, b1, b2, b3, b4);
    e[0] ^= round_constant;

    keccak_rotated_sum<28>(b0, a[3], d3);
    keccak_rotated_sum<20>(b1, a[9], d4);
    keccak_rotated_sum<3>(b2, a[10], d0);
    keccak_rotated_sum<45>(b3, a[16], d1);
    keccak_rotated_sum<61>(b4, a[22], d2);
    keccak_chi(e + 5, b0, b1, b2, b3, b4);

    keccak_rotated_sum<1>(b0, a[1], d1);
    keccak_rotated_sum<6>(b1, a[7], d2);
    keccak_rotated_sum<25>(b2, a[13], d3);
    keccak_rotated_sum<8>(b3, a[19], d4);
    keccak_rotated_sum<18>(b4, a[20], d0);
    keccak_chi(e + 10, b0, b1, b2, b3, b4);

    keccak_rotated_sum<27>(b0, a[4], d4);
    keccak_rotated_sum<36>(b1, a[5], d0);
    keccak_rotated_sum<10>(b2, a[11], d1);
    keccak_rotated_sum<15>(b3, a[17], d2);
    keccak_rotated_sum<56>(b4, a[23], d3);
    keccak_chi(e + 15, b0, b1, b2, b3, b4);

    keccak_rotated_sum<62>(b0, a[2], d2);
    keccak_rotated_sum<55>(b1, a[8], d3);
    keccak_rotated_sum<39>(b2, a[14], d4);
    keccak_rotated_sum<41>(b3, a[15], d0);
    keccak_rotated_sum<2>(b4, a[21], d1);
    keccak_chi(e + 20, b0, b1, b2, b3, b4);
}

/// The permutation, on lanes that the caller holds in registers as far as there are any.
template <typename Lane>
[[gnu::always_inline]] inline void keccak_permute(Lane (&a)[25]) noexcept
{
    for (std::size_t round = 0; round < keccak_rounds; round += 2)
    {
        Lane e[25];
        keccak_round(a, e, keccak_round_constants[round]);
        keccak_round(e, a, keccak_round_constants[round + 1]);
    }
}
}  // namespace jiffy::crypto
