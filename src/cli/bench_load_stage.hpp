// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_rpc.hpp"
#include "cli/bench_load_transactions.hpp"

namespace jiffy::cli::load
{
/// Brings the chain to where the load can begin, with senders that have the funds and tokens they need, and signs the
/// load. Tells people on standard error what takes long. Throws std::runtime_error with one line for people.
SignedTransactions prepare_transactions(RpcClient& rpc, const Options& options);

/// Who sends the transactions, by their signatures, each with the nonce of its first one. Throws std::runtime_error if
/// the nonces are not those of senders that take turns.
std::vector<Sender> senders_of(const SignedTransactions& transactions);

/// Nonces of the senders on chain, of executed transactions only.
std::vector<std::uint64_t> executed_nonces(RpcClient& rpc, std::span<const Sender> senders);
}  // namespace jiffy::cli::load
