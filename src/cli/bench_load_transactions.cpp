// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_transactions.hpp"

#include "base/hex.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace jiffy::cli::load
{
namespace
{
constexpr std::string_view file_magic = "# jiffy-transactions 1";

/// The transactions from `begin` to `end`.
SignedTransactions sign_range(const types::Transaction& pattern,
    std::span<const Sender> senders,
    std::size_t begin,
    std::size_t end,
    const Fill& fill)
{
    SignedTransactions part;
    types::Transaction transaction = pattern;
    for (std::size_t i = begin; i < end; ++i)
    {
        const auto& sender = senders[i % senders.size()];
        transaction.nonce = sender.nonce + i / senders.size();
        fill(transaction, i);
        if (!types::sign(transaction, sender.secret))
            throw std::logic_error{"a derived key is no key"};
        const auto encoded = types::encode(transaction);
        part.append(to_hex_digits(encoded), crypto::keccak256(encoded));
    }
    return part;
}
}  // namespace

void SignedTransactions::append(std::string_view hex_digits, const Hash& hash)
{
    digits.append(hex_digits);
    begins.push_back(digits.size());
    hashes.push_back(hash);
}

SignedTransactions sign_transactions(const types::Transaction& pattern,
    std::span<const Sender> senders,
    std::uint64_t count,
    const Fill& fill)
{
    const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
    std::vector<SignedTransactions> parts(threads);
    {
        std::vector<std::jthread> workers;
        workers.reserve(threads);
        for (std::size_t thread = 0; thread < threads; ++thread)
            workers.emplace_back(
                [&, thread]
                {
                    parts[thread] =
                        sign_range(pattern, senders, count * thread / threads, count * (thread + 1) / threads, fill);
                });
    }
    SignedTransactions all;
    all.chain_id = pattern.chain_id.value_or(0);
    all.senders = senders.size();
    for (const auto& part : parts)
    {
        for (std::size_t i = 1; i < part.begins.size(); ++i)
            all.begins.push_back(all.digits.size() + part.begins[i]);
        all.digits.append(part.digits);
        all.hashes.insert(all.hashes.end(), part.hashes.begin(), part.hashes.end());
    }
    return all;
}

void write_transactions(const std::string& file, const SignedTransactions& transactions)
{
    std::ofstream stream{file, std::ios::binary};
    stream << file_magic << ' ' << name_of(transactions.kind) << ' ' << transactions.chain_id << ' '
           << transactions.senders << '\n';
    for (std::size_t i = 0; i < transactions.size(); ++i)
        stream << "0x" << transactions.digits_of(i) << '\n';
    stream.close();
    if (!stream)
        throw std::runtime_error{"cannot write " + file};
}

SignedTransactions read_transactions(const std::string& file)
{
    std::ifstream stream{file, std::ios::binary};
    std::string line;
    if (!stream || !std::getline(stream, line))
        throw std::runtime_error{"cannot read " + file};
    SignedTransactions transactions;
    std::string kind;
    std::istringstream head{line.starts_with(file_magic) ? line.substr(file_magic.size()) : std::string{}};
    head >> kind >> transactions.chain_id >> transactions.senders;
    const auto known_kind = kind_of(kind);
    if (!head || !known_kind || transactions.senders == 0)
        throw std::runtime_error{file + " is no file of prepared transactions"};
    transactions.kind = *known_kind;
    while (std::getline(stream, line))
    {
        const auto encoded = line.starts_with("0x") ? from_hex(line) : std::nullopt;
        if (!encoded)
            throw std::runtime_error{
                file + ": line " + std::to_string(transactions.size() + 2) + " is no transaction in hex"};
        transactions.append(std::string_view{line}.substr(2), crypto::keccak256(*encoded));
    }
    return transactions;
}
}  // namespace jiffy::cli::load
