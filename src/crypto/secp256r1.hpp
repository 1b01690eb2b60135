// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// True if (r, s) is a valid ECDSA signature of `digest` over secp256r1 (P-256) by the public key (x, y): r and s in
/// [1, n-1], the point on the curve and not at infinity (EIP-7951). All big-endian; a high s is accepted.
bool secp256r1_verify(const Hash& digest, const Hash& r, const Hash& s, const Hash& x, const Hash& y) noexcept;
}  // namespace jiffy::crypto
