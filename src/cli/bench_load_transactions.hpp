// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_options.hpp"
#include "types/transaction.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace jiffy::cli::load
{
/// Who sends, with the number of the next transaction.
struct Sender
{
    Hash secret;
    Address address;
    std::uint64_t nonce = 0;
};

/// Transactions ready to be sent: the senders take turns, so that number i comes from sender i mod `senders`.
struct SignedTransactions
{
    Kind kind = Kind::transfer;
    std::uint64_t chain_id = 0;
    std::size_t senders = 0;
    /// Hex digits, without a prefix, of one after the other.
    std::string digits;
    /// Where each begins in `digits`, and where the last one ends.
    std::vector<std::uint64_t> begins{0};
    std::vector<Hash> hashes;

    [[nodiscard]] std::size_t size() const noexcept { return hashes.size(); }
    [[nodiscard]] std::string_view digits_of(std::size_t index) const noexcept
    {
        return std::string_view{digits}.substr(begins[index], begins[index + 1] - begins[index]);
    }
    void append(std::string_view hex_digits, const Hash& hash);
};

/// Sets `to`, `value` and `data` of the transaction with this number; called from several threads at a time.
using Fill = std::function<void(types::Transaction& transaction, std::size_t number)>;

/// Signs `count` copies of `pattern`, each filled, with the nonces of its sender, on all cores.
SignedTransactions sign_transactions(const types::Transaction& pattern,
    std::span<const Sender> senders,
    std::uint64_t count,
    const Fill& fill);

/// A file of prepared transactions: a line that says what they are, then each in hex with the prefix 0x on a line of
/// its own. Both throw std::runtime_error with one line for people.
void write_transactions(const std::string& file, const SignedTransactions& transactions);
SignedTransactions read_transactions(const std::string& file);
}  // namespace jiffy::cli::load
