// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace jiffy::crypto
{
/// Points and field elements as EIP-2537 encodes them: 64-byte big-endian field elements, infinity all zeros.
using BlsG1 = FixedBytes<128>;
using BlsG2 = FixedBytes<256>;

/// Sums of two points on the curve; no subgroup check (EIP-2537). Empty on malformed input.
std::optional<BlsG1> bls12_g1_add(BytesView input) noexcept;
std::optional<BlsG2> bls12_g2_add(BytesView input) noexcept;

/// Multi-scalar multiplications over items of 160 (G1) or 288 (G2) bytes, with subgroup check. Empty on malformed
/// input; the caller has checked that the length is a positive multiple.
std::optional<BlsG1> bls12_g1_msm(BytesView input) noexcept;
std::optional<BlsG2> bls12_g2_msm(BytesView input) noexcept;

/// Pairing check over pairs of 384 bytes, with subgroup checks: true if the product is one. Empty on malformed input.
std::optional<bool> bls12_pairing_check(BytesView input) noexcept;

/// Maps a field element to the curve's subgroup (EIP-2537, RFC 9380). Empty on malformed input.
std::optional<BlsG1> bls12_map_fp_to_g1(BytesView input) noexcept;
std::optional<BlsG2> bls12_map_fp2_to_g2(BytesView input) noexcept;
}  // namespace jiffy::crypto
