// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/filters.hpp"
#include "rpc/node_status.hpp"
#include "rpc/seal_waiters.hpp"
#include "rpc/signing.hpp"
#include "rpc/subscriptions.hpp"
#include "rpc/transaction_route.hpp"
#include "rpc/transaction_waiters.hpp"
#include "rpc/workers.hpp"
#include "sequencer/chain_reader.hpp"
#include "sequencer/sealer.hpp"

namespace jiffy::rpc
{
struct MethodLimits
{
    /// Gas of an eth_call or eth_estimateGas.
    std::uint64_t call_gas = 50'000'000;
    /// Blocks that eth_getLogs looks through, and logs that it gives.
    std::uint64_t log_blocks = 100'000;
    std::size_t logs = 20'000;
    /// Milliseconds that eth_sendRawTransactionSync waits, unless told otherwise, and at most.
    std::uint64_t sync_timeout = 2'000;
    std::uint64_t longest_sync_timeout = 60'000;
    /// Milliseconds that eth_callAfter waits, unless told otherwise, and at most.
    std::uint64_t call_after_timeout = 3'000;
    std::uint64_t longest_call_after_timeout = 60'000;
    /// Mini-blocks that jiffy_getMiniBlockRange gives.
    std::uint64_t mini_blocks = 1'000;
};

/// Outcome of recomputing state roots from scratch.
struct RootCheckMetrics
{
    std::atomic<std::uint64_t> verified = 0;
    std::atomic<std::uint64_t> wrong = 0;
    /// Blocks that the check was too slow for.
    std::atomic<std::uint64_t> unchecked = 0;
};

/// What the methods work on.
struct Backend
{
    const chain::ChainSpecification& specification;
    const world::World& world;
    /// What is in memory: for threads that must not wait for a disk.
    const sequencer::History& history;
    const sequencer::Sealer& sealer;
    const CurrentSigning& signing;
    TransactionRoute& route;
    Workers& workers;
    SealWaiters& waiters;
    TransactionWaiters& transaction_waiters;
    Subscriptions& subscriptions;
    Filters& filters;
    std::string client_version;
    /// For eth_accounts.
    std::vector<Address> accounts;
    /// Callable by any thread.
    std::function<NodeStatus()> status;
    MethodLimits limits;
    /// Null unless roots are being checked.
    const RootCheckMetrics* root_check = nullptr;
    /// Null if blocks are kept in memory only.
    const sequencer::Archive* archive = nullptr;

    /// All blocks; may wait for a disk.
    [[nodiscard]] sequencer::ChainReader chain() const noexcept { return {history, archive}; }
};
}  // namespace jiffy::rpc
