// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

namespace jiffy::crypto
{
/// An odd modulus of at most 254 bits with what the inversion needs of it.
struct InverseModulus
{
    U256 value;
    /// 1 / value modulo 2^62.
    std::uint64_t inverse_62;

    explicit constexpr InverseModulus(const U256& modulus) noexcept
      : value{modulus}
      , inverse_62{1}
    {
        // Newton's iteration doubles the number of correct low bits: 1, 2, 4, ... 64.
        for (int i = 0; i < 6; ++i)
            inverse_62 *= 2 - modulus.limbs[0] * inverse_62;
        inverse_62 &= ~0ULL >> 2;
    }
};

/// 1 / a modulo a prime `modulus`, 0 for 0; `a` is below the modulus. The time depends on `a`: for public numbers only.
/// The method is the "divsteps" of Bernstein and Yang, "Fast constant-time gcd computation and modular inversion"
/// (2019).
U256 modular_inverse(const U256& a, const InverseModulus& modulus) noexcept;
}  // namespace jiffy::crypto
