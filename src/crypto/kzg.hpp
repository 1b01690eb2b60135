// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// Compressed BLS12-381 G1 point: a KZG commitment or proof.
using KzgPoint = FixedBytes<48>;

/// True if `proof` shows that the polynomial behind `commitment` has the value `y` at `z` (EIP-4844). False on
/// malformed points and on numbers that are not canonical field elements.
bool kzg_verify_proof(const KzgPoint& commitment, const Hash& z, const Hash& y, const KzgPoint& proof) noexcept;
}  // namespace jiffy::crypto
