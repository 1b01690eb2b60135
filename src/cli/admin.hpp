// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace jiffy::cli
{
/// Says a command to the sequencer that runs on this data directory, and prints its answer. Exit code: 0, 1 if it has
/// refused, or nobody is there.
int admin(const std::string& data_directory, const std::string& command);
}  // namespace jiffy::cli
