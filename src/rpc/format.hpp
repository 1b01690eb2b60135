// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/json_writer.hpp"
#include "rpc/log_matching.hpp"
#include "sequencer/records.hpp"

namespace jiffy::rpc
{
/// A block as eth_getBlockBy* gives it (execution-apis, with `miniBlockCount` and `miniBlockOffset`). A block that is
/// not sealed appears as the pending one: hash and nonce null, roots zero.
void write_block(JsonWriter& json, const sequencer::BlockRecord& block, bool full_transactions);

/// A sealed block's header, as newHeads gives it.
void write_header(JsonWriter& json, const sequencer::BlockRecord& block);

/// What clients want to know of a transaction apart from its place in a block.
struct TransactionFields
{
    const types::Transaction& transaction;
    Hash hash;
    Address sender;
    /// Wei.
    U256 gas_price;
    /// Null before execution.
    const types::Receipt* receipt = nullptr;
};

/// Members of an object.
void write_transaction_fields(JsonWriter& json, const TransactionFields& fields);

/// A transaction as eth_getTransactionBy* gives it.
void write_transaction(JsonWriter& json, const sequencer::BlockRecord& block, std::size_t index);

/// Its receipt, on a chain of the OP Stack with what the data costs on L1 (as op-geth gives it); before the seal the
/// block hash is the provisional one. The preconfirmation becomes a member of it if there is one.
void write_receipt(JsonWriter& json,
    const sequencer::BlockRecord& block,
    std::size_t index,
    const types::SignedPreconfirmation* preconfirmation = nullptr);

void write_log(JsonWriter& json, const LogPlace& place);
/// Its members.
void write_log_fields(JsonWriter& json, const LogPlace& place);

/// A sealed mini-block, its transactions as hashes or in full.
void write_mini_block(JsonWriter& json, const sequencer::MiniBlockPlace& place, bool full_transactions);
}  // namespace jiffy::rpc
