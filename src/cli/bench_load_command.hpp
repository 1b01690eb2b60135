// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_options.hpp"

#include <CLI/CLI.hpp>

namespace jiffy::cli::load
{
/// Adds the options to the command; those that cannot be read are refused when it is parsed.
void declare_options(CLI::App& command, Options& options);
}  // namespace jiffy::cli::load
