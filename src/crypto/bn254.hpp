// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"
#include "base/uint256.hpp"

#include <optional>

namespace jiffy::crypto
{
/// Affine point of alt_bn128 G1 as EIP-196 encodes it: x then y, big-endian, (0, 0) for infinity.
using Bn254Point = FixedBytes<64>;

/// Sum of two points (EIP-196); empty if a coordinate is not below the field prime or a point is not on the curve.
std::optional<Bn254Point> bn254_add(const Bn254Point& a, const Bn254Point& b) noexcept;

/// Point times scalar (EIP-196); empty as for `bn254_add`. The scalar is any 256-bit number.
std::optional<Bn254Point> bn254_multiply(const Bn254Point& point, const U256& scalar) noexcept;

/// Pairing check of EIP-197 over pairs of 192 bytes; the caller has checked that the length is a multiple. True if the
/// product is one; empty if a point is malformed, not on its curve or a G2 point not in the subgroup.
std::optional<bool> bn254_pairing_check(BytesView pairs) noexcept;
}  // namespace jiffy::crypto
