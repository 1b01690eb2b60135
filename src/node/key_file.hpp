// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <expected>
#include <string>
#include <sys/types.h>

namespace jiffy::node
{
/// What is wrong with a key file of this owner and mode if `user` reads it; empty if nothing is. Whoever owns the file
/// may change it, and so it must be the user, or root.
std::string fault_of_access(uid_t owner, mode_t mode, uid_t user);

/// Reads a secret key of secp256k1: 64 hex digits, with or without 0x, in a file that nobody but its owner may read or
/// write, who is the process's effective user or root. The error is one line for people and never tells what stands in
/// the file.
std::expected<Hash, std::string> read_key_file(const std::string& path);

/// Reads what subscribers of the feed share with it: one line of 16 to 256 printable characters without spaces, in a
/// file with the same restrictions. The error never tells what stands in it, either.
std::expected<std::string, std::string> read_token_file(const std::string& path);
}  // namespace jiffy::node
