// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace jiffy::evm
{
/// Ethereum's execution rules, oldest first; forks that changed nothing in execution are left out.
enum class Revision : std::uint8_t
{
    frontier,
    homestead,
    /// EIP-150
    tangerine_whistle,
    /// EIP-155, 158, 160, 161, 170
    spurious_dragon,
    byzantium,
    constantinople,
    /// Constantinople without EIP-1283; also called ConstantinopleFix.
    petersburg,
    istanbul,
    berlin,
    london,
    /// The Merge
    paris,
    shanghai,
    cancun,
    prague,
    osaka,
};

/// Where a chain's precompiled contracts differ from those of its revision: the OP Stack's rules, each with those
/// before it (OP Stack specification, "Precompiles" and the execution engine of each upgrade).
enum class PrecompileRules : std::uint8_t
{
    ethereum,
    /// P-256 at 0x100 for 3450 gas (RIP-7212).
    fjord,
    /// A bound on the input of the pairing check on BN254.
    granite,
    /// Bounds on the input of sums and of the pairing check on BLS12-381.
    isthmus,
};

inline constexpr std::size_t precompile_rules_count = 4;
inline constexpr std::size_t revision_count = 15;
inline constexpr Revision latest_revision = Revision::osaka;
}  // namespace jiffy::evm
