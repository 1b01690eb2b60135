// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"

#include "crypto/keccak_round.hpp"

#include <bit>

namespace jiffy::crypto
{
namespace
{
static_assert(std::endian::native == std::endian::little, "lanes are copied as bytes");

using Lane = std::uint64_t;
}  // namespace

void keccak_f1600(std::uint64_t state[25]) noexcept
{
    Lane a[25];
    std::memcpy(a, state, sizeof(a));
    keccak_permute(a);
    std::memcpy(state, a, sizeof(a));
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
