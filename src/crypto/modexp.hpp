// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// base^exponent mod modulus of big-endian numbers (EIP-198), written to `result`, which is as long as `modulus`.
/// All zeros if the modulus is 0. Any length; the caller has limited them by gas.
void modular_power(BytesView base, BytesView exponent, BytesView modulus, std::span<Byte> result) noexcept;
}  // namespace jiffy::crypto
