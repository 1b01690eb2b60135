// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_writer.hpp"

#include "base/hex.hpp"
#include "evm/opcodes.hpp"

#include <string>

namespace jiffy::cli
{
namespace
{
void write_step(void* context, const evm::TraceStep& step)
{
    const std::string name{evm::opcode_table[step.opcode].name};
    std::string stack;
    for (const auto& item : step.stack)
        stack += (stack.empty() ? "\"" : ",\"") + to_quantity(item) + "\"";
    std::fprintf(static_cast<std::FILE*>(context),
        R"({"pc":%u,"op":%u,"gas":"0x%llx","gasCost":"0x%llx","memSize":%zu,"stack":[%s],"depth":%d,"refund":%lld,)"
        R"("opName":"%s"})"
        "\n",
        step.pc, unsigned{step.opcode}, static_cast<unsigned long long>(step.gas),
        static_cast<unsigned long long>(step.gas_cost), step.memory.size(), stack.c_str(), step.depth + 1,
        static_cast<long long>(step.refund), name.c_str());
}

void write_end(void* context, const evm::Outcome& outcome, std::int64_t gas_used)
{
    std::fprintf(static_cast<std::FILE*>(context),
        R"({"output":"%s","gasUsed":"0x%llx","status":%u})"
        "\n",
        to_hex_digits(outcome.output).c_str(), static_cast<unsigned long long>(gas_used),
        static_cast<unsigned>(outcome.status));
}
}  // namespace

evm::Tracer trace_writer(std::FILE* stream) noexcept
{
    return {.context = stream, .step = write_step, .enter = nullptr, .leave = write_end};
}
}  // namespace jiffy::cli
