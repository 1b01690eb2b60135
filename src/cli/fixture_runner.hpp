// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/fixture_report.hpp"

#include <functional>
#include <memory>

namespace jiffy::cli
{
/// What `jiffy statetest` and `jiffy blocktest` are asked for.
struct FixtureOptions
{
    std::vector<std::filesystem::path> paths;
    CaseSelection selection;
    /// 0 for as many as there are cores.
    unsigned threads = 0;
    /// Write EIP-3155 lines to standard error, in one thread.
    bool trace = false;
    /// One JSON object for each case on standard output.
    bool json = false;
};

/// Runs all cases of one parsed file that the report wants.
using FixtureFileRunner = std::function<void(Json file, FileReport& report)>;

/// Finds the files, runs them in parallel, prints failures and the sum. `make_runner` is called once for each thread.
/// Exit code: 0, 1 if a case failed, 2 on wrong use.
int run_fixtures(const FixtureOptions& options, const std::function<FixtureFileRunner()>& make_runner);
}  // namespace jiffy::cli
