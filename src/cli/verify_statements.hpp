// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace jiffy::cli
{
/// Verifies a signed statement, as jiffy_getPreconfirmation and jiffy_getMiniBlockByNumber give it, by nothing but its
/// file: says who signed what. With a `signer`, a hex address, it must be that one. 0 if it holds, 1 if not, 2 if the
/// file cannot be read.
int verify_statement(const std::string& file, const std::string& signer);

/// Judges two signed statements. 0 if they are evidence that their signer contradicted itself, 1 if not, 2 if a file
/// cannot be read.
int verify_equivocation(const std::string& first_file, const std::string& second_file);
}  // namespace jiffy::cli
