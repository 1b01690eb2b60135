// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/bn254_curve.hpp"

#include <optional>
#include <span>

namespace jiffy::crypto::bn254
{
/// Two finite points, each on its curve.
struct Pair
{
    G1 p;
    G2 q;
};

/// The most pairs that one Miller loop takes.
inline constexpr std::size_t max_pairs = 16;

/// Product of the Miller functions of at most `max_pairs` pairs, to be raised to `final_exponentiation`. Empty if a G2
/// point is not of order r.
std::optional<Fp12> miller_loop(std::span<const Pair> pairs) noexcept;

/// Maps the product of Miller functions to the product of pairings (to a fixed power prime to r, which does not matter
/// for bilinearity nor for the question if it is one).
Fp12 final_exponentiation(const Fp12& product) noexcept;
}  // namespace jiffy::crypto::bn254
