// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/workspace.hpp"

namespace jiffy::evm
{
/// Takes gas from a frame; false if there is not enough, and the frame has to halt. `cost` is at most 2^40.
inline bool charge(Frame& frame, std::uint64_t cost) noexcept
{
    return (frame.gas -= static_cast<std::int64_t>(cost)) >= 0;
}

constexpr std::uint64_t word_count(std::uint64_t size) noexcept
{
    return (size + 31) / 32;
}

/// Copying costs 3 gas for each word.
constexpr std::uint64_t copy_gas(std::uint64_t size) noexcept
{
    return 3 * word_count(size);
}

/// Total price of a memory of that many words (yellow paper, appendix H.1: C_mem).
constexpr std::uint64_t memory_gas(std::uint64_t words) noexcept
{
    return 3 * words + words * words / 512;
}

/// Pays for memory up to `end` bytes and grows it; false without enough gas.
[[gnu::noinline]] bool expand_memory(Frame& frame, std::uint64_t end) noexcept;

/// Makes sure that [offset, offset + size) is in memory; false without enough gas. After true, a size that is not 0
/// and its offset fit 64 bits.
inline bool reserve_memory(Frame& frame, const U256& offset, const U256& size) noexcept
{
    if (size.is_zero())
        return true;
    if (!size.fits_64() || !offset.fits_64() || size.low() > memory_limit || offset.low() > memory_limit)
        return false;
    const std::uint64_t end = offset.low() + size.low();
    return end <= frame.memory.size() || expand_memory(frame, end);
}
}  // namespace jiffy::evm
