// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/transaction_execution.hpp"
#include "cli/fixture_runner.hpp"

namespace jiffy::cli
{
/// What outlasts a test: the memory of the executor, its code cache, and the tracer if steps are to be written.
struct FixtureEngine
{
    evm::CodeCache codes;
    chain::Executor executor{codes};
    chain::TransactionOutcome outcome;
    std::optional<evm::Tracer> tracer;

    [[nodiscard]] evm::Tracer* tracer_if_any() noexcept { return tracer ? &*tracer : nullptr; }
};

/// Runs the cases of one test that the report wants; `name` is the test's name in its file.
using FixtureTestRunner = void (*)(FixtureEngine& engine, const std::string& name, Json test, FileReport& report);

/// As `run_fixtures`, for files each of which is an object of tests; each thread has an engine.
int run_fixture_tests(const FixtureOptions& options, FixtureTestRunner run_test);
}  // namespace jiffy::cli
