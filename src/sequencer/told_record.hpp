// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/records.hpp"

namespace jiffy::sequencer
{
/// What must be told of a transaction's outcome; the rest of its record follows from its place.
struct ToldOutcome
{
    bool success = false;
    std::uint64_t gas_used = 0;
    /// Before Byzantium, in place of `success`.
    std::optional<Hash> post_state;
    std::optional<std::uint64_t> deposit_nonce;
    std::optional<std::uint64_t> deposit_receipt_version;
    std::vector<types::Log> logs;
};

/// The record of a block's next transaction, behind `before`, which is null for the first, without executing it.
TransactionRecord told_record(const types::Header& opening,
    const TransactionRecord* before,
    types::Transaction transaction,
    const Address& sender,
    ToldOutcome outcome);
/// Likewise, behind those that the block has.
TransactionRecord told_record(const BlockRecord& block,
    types::Transaction transaction,
    const Address& sender,
    ToldOutcome outcome);
}  // namespace jiffy::sequencer
