// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_rpc.hpp"
#include "cli/bench_load_tally.hpp"
#include "cli/bench_load_transactions.hpp"

namespace jiffy::cli::load
{
struct ChainCount
{
    std::uint64_t executed = 0;
    /// How long it was waited for.
    double seconds = 0;
};

/// Transactions of the senders that the chain has executed since the load was prepared, by its account nonces: a count
/// that depends on no answer to the load. Waits, some seconds at most, until there are `expected`.
ChainCount count_on_chain(RpcClient& rpc, std::span<const Sender> senders, std::uint64_t expected);

/// Looks up the receipt of every transaction that was accepted without one, and counts it as executed or reverted. What
/// has no receipt after some seconds stays missing.
void collect_receipts(const Url& url, const SignedTransactions& transactions, Tally& tally);
}  // namespace jiffy::cli::load
