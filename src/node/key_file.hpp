// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <expected>
#include <string>

namespace jiffy::node
{
/// Reads a secret key of secp256k1: 64 hex digits, with or without 0x, in a file that nobody but its owner may read or
/// write. The error is one line for people and never tells what stands in the file.
std::expected<Hash, std::string> read_key_file(const std::string& path);
}  // namespace jiffy::node
