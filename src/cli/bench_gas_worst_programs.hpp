// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_gas_worst_code.hpp"
#include "cli/bench_gas_worst_state.hpp"

#include <string>
#include <vector>

namespace jiffy::cli::gas_worst
{
/// A contract that spends nearly all of its gas on one opcode or precompiled contract.
struct Program
{
    /// What makes it expensive: "divisor of 192 bits".
    std::string variant;
    Bytes code;
    /// Call data after the first word, which differs from run to run.
    Bytes input{};
    /// Gas after which it would repeat what is not cold any more; 0 for none.
    std::int64_t gas_limit = 0;
};

/// An opcode or a precompiled contract, and the candidates for its worst case.
struct Subject
{
    std::string name;
    std::vector<Program> programs;
};

/// Every opcode that the revision has, in order.
std::vector<Subject> opcode_subjects(evm::Revision revision, const StateSize& size);

/// Every precompiled contract that the revision has, in order. Throws std::logic_error if one refuses its input.
std::vector<Subject> precompile_subjects(evm::Revision revision);
}  // namespace jiffy::cli::gas_worst
