// SPDX-License-Identifier: Apache-2.0
#include "conformance/vectors.hpp"
#include "evm/opcodes.hpp"
#include "evm_comparison.hpp"

namespace jiffy::evm
{
namespace
{
struct Vectors
{
    const char* name;
    Opcode opcode;
};

constexpr Vectors files[] = {{"add", op_add}, {"and", op_and}, {"byte", op_byte}, {"div", op_div}, {"eq", op_eq},
    {"exp", op_exp}, {"gt", op_gt}, {"lt", op_lt}, {"mod", op_mod}, {"mul", op_mul}, {"or", op_or}, {"sar", op_sar},
    {"sdiv", op_sdiv}, {"sgt", op_sgt}, {"shl", op_shl}, {"shr", op_shr}, {"signext", op_signextend}, {"slt", op_slt},
    {"smod", op_smod}, {"sub", op_sub}, {"xor", op_xor}};

/// A contract that returns what the opcode makes of two operands, the second on top.
Bytes program(Opcode opcode, BytesView x, BytesView y)
{
    Bytes code{op_push32};
    append(code, x);
    code.push_back(op_push32);
    append(code, y);
    append(code, Bytes{opcode, op_push1, 0, op_mstore, op_push1, 32, op_push1, 0, op_return});
    return code;
}

void run_vectors(bool plain)
{
    JIFFY_VECTORS_OR_SKIP(folder, "geth_vectors");
    fuzz::Runner runner{plain};
    std::size_t cases = 0;
    for (const auto& [name, opcode] : files)
        for (const auto& test : vectors::read_json(folder / "opcodes" / (std::string{"testcases_"} + name + ".json")))
        {
            fuzz::Scenario scenario;
            scenario.gas = 100'000;
            scenario.recipient[0] = 0xc0;
            fuzz::add_account(scenario.state, scenario.recipient, 1, 0,
                program(opcode, vectors::hex_bytes(test.at("X")), vectors::hex_bytes(test.at("Y"))));
            const auto& result = runner.run(scenario);
            EXPECT_EQ(result.status, Status::success);
            EXPECT_EQ(result.output, vectors::hex_bytes(test.at("Expected"))) << name << ": " << test;
            ++cases;
        }
    EXPECT_GT(cases, 1000U);
    testing::Test::RecordProperty("cases", static_cast<int>(cases));
}

TEST(OpcodeVectors, every_file_is_listed)
{
    JIFFY_VECTORS_OR_SKIP(folder, "geth_vectors");
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder / "opcodes"))
        ++count;
    EXPECT_EQ(count, std::size(files));
}

TEST(OpcodeVectors, fast_interpreter)
{
    run_vectors(false);
}

TEST(OpcodeVectors, plain_interpreter)
{
    run_vectors(true);
}
}  // namespace
}  // namespace jiffy::evm
