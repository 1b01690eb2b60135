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

inline constexpr std::size_t revision_count = 15;
inline constexpr Revision latest_revision = Revision::osaka;
}  // namespace jiffy::evm
