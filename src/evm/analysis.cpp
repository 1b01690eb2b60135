// SPDX-License-Identifier: Apache-2.0
#include "evm/analysis.hpp"

#include "evm/opcodes.hpp"

namespace jiffy::evm
{
AnalysedCode analyse(BytesView code)
{
    const std::size_t bitmap_size = code.size() / 8 + 1;
    AnalysedCode result{std::make_unique<Byte[]>(code.size() + AnalysedCode::padding + bitmap_size), code.size()};
    if (code.empty())
        return result;
    std::memcpy(result.memory.get(), code.data(), code.size());
    Byte* const bitmap = result.memory.get() + code.size() + AnalysedCode::padding;

    for (std::size_t i = 0; i < code.size();)
    {
        const Byte opcode = code[i];
        if (opcode >= op_push1 && opcode <= op_push32)
        {
            i += static_cast<std::size_t>(opcode - op_push1) + 2;
            continue;
        }
        if (opcode == op_jumpdest)
            bitmap[i / 8] = static_cast<Byte>(bitmap[i / 8] | (1U << (i % 8)));
        ++i;
    }
    return result;
}
}  // namespace jiffy::evm
