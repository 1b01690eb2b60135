// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/exceptions.hpp"
#include "sequencer/records.hpp"

#include <functional>

namespace jiffy::sequencer
{
/// Why the sequencer does not take a transaction that could stand in a block.
enum class PoolRefusal : std::uint8_t
{
    already_known,
    replacement_underpriced,
    /// Another one with the same nonce pays more.
    replaced,
    /// The queue of requests or the pool has no room.
    full,
    account_limit_exceeded,
    /// The open block is full, and so is the place where others wait for the next one.
    block_full,
    /// The sender asked for a receipt at once, but an earlier nonce is missing.
    nonce_gap,
    /// The sender's pooled transactions together cost more than it has.
    insufficient_funds_for_all,
    /// It had to make room for one that pays more or could run.
    evicted,
    /// An earlier nonce or a lower base fee did not come in time.
    expired,
    stopping,
    /// The order log takes nothing more here: what is not released will not be by this node.
    log_failed,
};

/// A refused transaction, with what its sender wants to know.
struct Refusal
{
    std::variant<chain::InvalidTransaction, PoolRefusal> reason;
    std::uint64_t nonce = 0;
    std::uint64_t gas_limit = 0;
    /// Wei per gas.
    U256 max_fee_per_gas{};
    U256 max_priority_fee_per_gas{};
    /// Wei; the most that it can cost.
    U256 cost{};
    Address sender{};
    /// Of the sender, as of the refusal.
    std::uint64_t account_nonce = 0;
    /// The one after its pooled transactions that follow on each other.
    std::uint64_t next_nonce = 0;
    U256 balance{};
    /// Of the open block.
    U256 base_fee{};
    std::uint64_t block_gas_limit = 0;
    /// Microseconds until the next block opens.
    std::uint64_t next_block_wait = 0;
};

/// It waits for an earlier nonce, or for room in a block.
struct Pooled
{
};

using SubmissionResult = std::variant<TransactionPlace, Pooled, Refusal>;

/// Told what became of a transaction: once, or twice if the first time it was `Pooled`. Runs on the sequencing or the
/// releasing thread and must neither wait nor do much.
using Completion = std::move_only_function<void(const SubmissionResult&)>;
}  // namespace jiffy::sequencer
