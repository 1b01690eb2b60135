// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace jiffy::cli
{
struct BenchEvmOptions
{
    /// JSON file of cases: messages with code, call data, expected output and gas.
    std::string cases_file;
    /// Regular expression on names; empty for all.
    std::string filter;
    bool json = false;
    /// Time spent on each case, in milliseconds.
    unsigned budget_ms = 300;
};

/// Runs every case on the interpreter, checks output and gas, and prints the time of its fastest batch. Exit code: 0,
/// 1 if a case gave another result, 2 if the file cannot be read.
int bench_evm(const BenchEvmOptions& options);
}  // namespace jiffy::cli
