// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace jiffy::evm
{
/// Bytecode made ready for the interpreter: one allocation with the code, padding and a bit for each JUMPDEST.
struct AnalysedCode
{
    /// Zeros after the code: it ends in STOP, and a truncated PUSH32 reads its zeros without a check.
    static constexpr std::size_t padding = 33 + 31;

    std::unique_ptr<Byte[]> memory;
    std::size_t size = 0;

    [[nodiscard]] const Byte* code() const noexcept { return memory.get(); }
    [[nodiscard]] BytesView view() const noexcept { return {memory.get(), size}; }
    [[nodiscard]] const Byte* jump_destinations() const noexcept { return memory.get() + size + padding; }
    /// True if the position is a JUMPDEST that is not push data (yellow paper 9.4.3).
    [[nodiscard]] bool is_jump_destination(std::uint64_t position) const noexcept
    {
        return position < size && ((jump_destinations()[position / 8] >> (position % 8)) & 1) != 0;
    }
};

/// Copies the code and finds its jump destinations, in one pass.
AnalysedCode analyse(BytesView code);
}  // namespace jiffy::evm
