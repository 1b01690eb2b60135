// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_options.hpp"

namespace jiffy::cli
{
/// Puts an endpoint under load and prints what came of it. Exit code: 0, 1 if what was accepted is not what was
/// executed, 2 if the options or the endpoint do not allow to begin.
int bench_load(const load::Options& options);
}  // namespace jiffy::cli
