// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace jiffy::cli
{
/// Prints what the archive in a data directory has. Exit code: 0, 1 if it is damaged, 2 if there is none or a node uses
/// it.
int db_stats(const std::string& data_directory);

/// Checks the archive: every checksum, that each block follows on the one before, has the roots of its header, and is
/// found in the index by all its names. Likewise; 1 for anything that is wrong.
int db_verify(const std::string& data_directory);
}  // namespace jiffy::cli
