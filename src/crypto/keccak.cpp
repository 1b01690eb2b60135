// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"

#include "crypto/keccak_constants.hpp"

#include <bit>

namespace jiffy::crypto
{
namespace
{
static_assert(std::endian::native == std::endian::little, "lanes are copied as bytes");

using Lane = std::uint64_t;

/// Lanes named by their place: the compiler keeps as many in registers as there are.
struct Lanes
{
    Lane a00, a01, a02, a03, a04;
    Lane a10, a11, a12, a13, a14;
    Lane a20, a21, a22, a23, a24;
    Lane a30, a31, a32, a33, a34;
    Lane a40, a41, a42, a43, a44;
};

/// One round, from `a` to `e`; the first digit is the row (y), the second the column (x).
[[gnu::always_inline]] inline void keccak_round(const Lanes& a, Lanes& e, Lane round_constant)
{
    const Lane c0 = a.a00 ^ a.a10 ^ a.a20 ^ a.a30 ^ a.a40;
    const Lane c1 = a.a01 ^ a.a11 ^ a.a21 ^ a.a31 ^ a.a41;
    const Lane c2 = a.a02 ^ a.a12 ^ a.a22 ^ a.a32 ^ a.a42;
    const Lane c3 = a.a03 ^ a.a13 ^ a.a23 ^ a.a33 ^ a.a43;
    const Lane c4 = a.a04 ^ a.a14 ^ a.a24 ^ a.a34 ^ a.a44;
    const Lane d0 = c4 ^ std::rotl(c1, 1);
    const Lane d1 = c0 ^ std::rotl(c2, 1);
    const Lane d2 = c1 ^ std::rotl(c3, 1);
    const Lane d3 = c2 ^ std::rotl(c4, 1);
    const Lane d4 = c3 ^ std::rotl(c0, 1);

    Lane b0 = a.a00 ^ d0;
    Lane b1 = std::rotl(a.a11 ^ d1, 44);
    Lane b2 = std::rotl(a.a22 ^ d2, 43);
    Lane b3 = std::rotl(a.a33 ^ d3, 21);
    Lane b4 = std::rotl(a.a44 ^ d4, 14);
    e.a00 = b0 ^ (~b1 & b2) ^ round_constant;
    e.a01 = b1 ^ (~b2 & b3);
    e.a02 = b2 ^ (~b3 & b4);
    e.a03 = b3 ^ (~b4 & b0);
    e.a04 = b4 ^ (~b0 & b1);

    b0 = std::rotl(a.a03 ^ d3, 28);
    b1 = std::rotl(a.a14 ^ d4, 20);
    b2 = std::rotl(a.a20 ^ d0, 3);
    b3 = std::rotl(a.a31 ^ d1, 45);
    b4 = std::rotl(a.a42 ^ d2, 61);
    e.a10 = b0 ^ (~b1 & b2);
    e.a11 = b1 ^ (~b2 & b3);
    e.a12 = b2 ^ (~b3 & b4);
    e.a13 = b3 ^ (~b4 & b0);
    e.a14 = b4 ^ (~b0 & b1);

    b0 = std::rotl(a.a01 ^ d1, 1);
    b1 = std::rotl(a.a12 ^ d2, 6);
    b2 = std::rotl(a.a23 ^ d3, 25);
    b3 = std::rotl(a.a34 ^ d4, 8);
    b4 = std::rotl(a.a40 ^ d0, 18);
    e.a20 = b0 ^ (~b1 & b2);
    e.a21 = b1 ^ (~b2 & b3);
    e.a22 = b2 ^ (~b3 & b4);
    e.a23 = b3 ^ (~b4 & b0);
    e.a24 = b4 ^ (~b0 & b1);

    b0 = std::rotl(a.a04 ^ d4, 27);
    b1 = std::rotl(a.a10 ^ d0, 36);
    b2 = std::rotl(a.a21 ^ d1, 10);
    b3 = std::rotl(a.a32 ^ d2, 15);
    b4 = std::rotl(a.a43 ^ d3, 56);
    e.a30 = b0 ^ (~b1 & b2);
    e.a31 = b1 ^ (~b2 & b3);
    e.a32 = b2 ^ (~b3 & b4);
    e.a33 = b3 ^ (~b4 & b0);
    e.a34 = b4 ^ (~b0 & b1);

    b0 = std::rotl(a.a02 ^ d2, 62);
    b1 = std::rotl(a.a13 ^ d3, 55);
    b2 = std::rotl(a.a24 ^ d4, 39);
    b3 = std::rotl(a.a30 ^ d0, 41);
    b4 = std::rotl(a.a41 ^ d1, 2);
    e.a40 = b0 ^ (~b1 & b2);
    e.a41 = b1 ^ (~b2 & b3);
    e.a42 = b2 ^ (~b3 & b4);
    e.a43 = b3 ^ (~b4 & b0);
    e.a44 = b4 ^ (~b0 & b1);
}
}  // namespace

void keccak_f1600(std::uint64_t state[25]) noexcept
{
    Lanes a;
    static_assert(sizeof(a) == 25 * sizeof(Lane));
    std::memcpy(&a, state, sizeof(a));
    for (std::size_t round = 0; round < keccak_rounds; round += 2)
    {
        Lanes e;
        keccak_round(a, e, keccak_round_constants[round]);
        keccak_round(e, a, keccak_round_constants[round + 1]);
    }
    std::memcpy(state, &a, sizeof(a));
}

Hash keccak256(BytesView data) noexcept
{
    std::uint64_t state[25] = {};
    const Byte* position = data.data();
    std::size_t left = data.size();
    while (left >= keccak256_rate)
    {
        for (std::size_t i = 0; i < keccak256_rate / 8; ++i)
        {
            Lane lane;
            std::memcpy(&lane, position + 8 * i, 8);
            state[i] ^= lane;
        }
        keccak_f1600(state);
        position += keccak256_rate;
        left -= keccak256_rate;
    }

    Lane last[keccak256_rate / 8] = {};
    if (left != 0)
        std::memcpy(last, position, left);
    last[left / 8] ^= Lane{1} << (8 * (left % 8));
    last[keccak256_rate / 8 - 1] ^= Lane{1} << 63;
    for (std::size_t i = 0; i < keccak256_rate / 8; ++i)
        state[i] ^= last[i];
    keccak_f1600(state);

    Hash digest;
    std::memcpy(digest.data(), state, digest.size());
    return digest;
}
}  // namespace jiffy::crypto
