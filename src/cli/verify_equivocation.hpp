// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace jiffy::cli
{
/// Judges two signed statements, as jiffy_getPreconfirmation and jiffy_getMiniBlockByNumber give them, by nothing but
/// their files. 0 if they are evidence that their signer contradicted itself, 1 if not, 2 if a file cannot be read.
int verify_equivocation(const std::string& first_file, const std::string& second_file);
}  // namespace jiffy::cli
