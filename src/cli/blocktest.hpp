// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/fixture_runner.hpp"

namespace jiffy::cli
{
/// Runs blockchain tests in the format of EEST or ethereum/tests. Exit code as of `run_fixtures`.
int blocktest(const FixtureOptions& options);
}  // namespace jiffy::cli
