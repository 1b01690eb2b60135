// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// Bytes of a message that one permutation takes in (FIPS 202, capacity 512).
inline constexpr std::size_t keccak256_rate = 136;

/// Keccak-256 with Ethereum's padding (not FIPS-202 SHA3-256).
Hash keccak256(BytesView data) noexcept;

/// The Keccak-f[1600] permutation, on the 25 lanes of one state.
void keccak_f1600(std::uint64_t state[25]) noexcept;

/// Keccak-256 of the empty string: the code hash of an account without code.
inline constexpr Hash empty_keccak{{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7,
    0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};
}  // namespace jiffy::crypto
