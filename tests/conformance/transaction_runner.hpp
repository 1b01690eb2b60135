// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/transaction.hpp"

#include <filesystem>
#include <functional>

namespace jiffy::vectors
{
/// What a fork thinks of a decoded transaction: its intrinsic gas, or nothing if its rules refuse it. `fork` is named
/// as in the tests ("EIP158", "Berlin").
using ForkCheck = std::function<std::optional<std::uint64_t>(const types::Transaction&, const std::string& fork)>;

struct TransactionTestCounts
{
    std::size_t cases = 0;
    /// Cases that only the rules of a fork can decide, none of which were given.
    std::size_t undecided = 0;
};

/// Runs TransactionTests: each file's transaction in each fork is one case, and every deviation a failure of the
/// calling test. Without `fork_check` only shape, signature, hash and sender are looked at.
TransactionTestCounts run_transaction_tests(const std::filesystem::path& folder, const ForkCheck& fork_check = {});
}  // namespace jiffy::vectors
