// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/mismatch.hpp"

#include <expected>
#include <string>

namespace jiffy::node
{
/// All that a full node can show of a mismatch, as JSON (docs/architecture.md has the members). If something was signed
/// there, `jiffy verify-statement` reads it.
std::string mismatch_json(const replica::Mismatch& mismatch);

/// Writes that to the file, which has its old content or all of the new one whatever happens to the process. The error
/// is one line for people.
std::expected<void, std::string> write_mismatch_file(const std::string& path, const replica::Mismatch& mismatch);
}  // namespace jiffy::node
