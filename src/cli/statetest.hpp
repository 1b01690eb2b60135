// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/fixture_runner.hpp"

namespace jiffy::cli
{
/// Runs state tests in the format of EEST or ethereum/tests. Exit code as of `run_fixtures`.
int statetest(const FixtureOptions& options);
}  // namespace jiffy::cli
