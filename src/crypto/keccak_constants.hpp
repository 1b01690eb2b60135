// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace jiffy::crypto
{
inline constexpr std::size_t keccak_rounds = 24;

/// Bytes of a message that one permutation takes in (FIPS 202, capacity 512).
inline constexpr std::size_t keccak256_rate = 136;

/// Constants of the step iota (FIPS 202 3.2.5).
inline constexpr std::uint64_t keccak_round_constants[keccak_rounds] = {0x0000000000000001, 0x0000000000008082,
    0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001, 0x8000000080008081,
    0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002,
    0x8000000000000080, 0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080,
    0x0000000080000001, 0x8000000080008008};
}  // namespace jiffy::crypto
