// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// SHA-256 (FIPS 180-4).
Hash sha256(BytesView data) noexcept;

/// RIPEMD-160.
FixedBytes<20> ripemd160(BytesView data) noexcept;

/// The compression function F of BLAKE2b (RFC 7693 3.2): mixes `rounds` rounds of block `m` into `h`; `t` counts bytes.
void blake2b_compress(std::uint32_t rounds,
    std::uint64_t h[8],
    const std::uint64_t m[16],
    const std::uint64_t t[2],
    bool final_block) noexcept;
}  // namespace jiffy::crypto
