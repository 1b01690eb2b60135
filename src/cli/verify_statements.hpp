// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace jiffy::cli
{
/// Exit codes of both commands.
enum class Verdict : std::uint8_t
{
    /// The statement is the signer's; or the two contradict each other.
    holds = 0,
    does_not_hold = 1,
    /// A file or an option cannot be read.
    unreadable = 2,
    /// Nobody has said who should have signed: an altered statement looks the same.
    unproven = 3,
};

/// Verifies what a node has answered (`read_statement_file` says what) by nothing but its file, with the receipt or the
/// transactions that it brings, and prints one line, which also tells how much the signature promises. `signer` is the
/// sequencer's address in hex; without it the line only tells which address the signature leads to, and the statement
/// is unproven at best.
Verdict verify_statement(const std::string& file, const std::optional<std::string>& signer);

/// Judges two such files and prints one line; it holds if their signer has contradicted itself.
Verdict verify_equivocation(const std::string& first_file, const std::string& second_file);
}  // namespace jiffy::cli
