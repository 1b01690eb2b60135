// SPDX-License-Identifier: Apache-2.0
#include "evm/gas.hpp"

namespace jiffy::evm
{
bool expand_memory(Frame& frame, std::uint64_t end) noexcept
{
    if (end > memory_limit)
        return false;
    const std::uint64_t words = word_count(end);
    if (!charge(frame, memory_gas(words) - memory_gas(frame.memory.size() / 32)))
        return false;
    frame.memory.grow(32 * words);
    return true;
}
}  // namespace jiffy::evm
