// SPDX-License-Identifier: Apache-2.0
#include "sequencer/told_record.hpp"

#include "chain/fees.hpp"
#include "evm/addresses.hpp"

namespace jiffy::sequencer
{
TransactionRecord told_record(const BlockRecord& block,
    types::Transaction transaction,
    const Address& sender,
    ToldOutcome outcome)
{
    const auto index = block.transactions.size();
    const auto* before = index != 0 ? &block.transactions[index - 1] : nullptr;
    return told_record(block.opening, before, std::move(transaction), sender, std::move(outcome));
}

TransactionRecord told_record(const types::Header& opening,
    const TransactionRecord* before,
    types::Transaction transaction,
    const Address& sender,
    ToldOutcome outcome)
{
    TransactionRecord record;
    record.hash = types::transaction_hash(transaction);
    record.sender = sender;
    record.receipt = {.type = transaction.type,
        .success = outcome.success,
        .post_state = outcome.post_state,
        .cumulative_gas_used = outcome.gas_used + (before != nullptr ? before->receipt.cumulative_gas_used : 0),
        .logs_bloom = types::bloom_of(outcome.logs),
        .logs = std::move(outcome.logs),
        .deposit_nonce = outcome.deposit_nonce,
        .deposit_receipt_version = outcome.deposit_receipt_version};
    record.gas_used = outcome.gas_used;
    record.effective_gas_price = chain::effective_gas_price(transaction, opening.base_fee_per_gas.value_or(U256{}));
    record.blob_gas_used = chain::blob_gas_of(transaction);
    if (!transaction.to)
        record.created = evm::create_address(sender, outcome.deposit_nonce.value_or(transaction.nonce));
    record.first_log = before != nullptr ? before->first_log + before->receipt.logs.size() : 0;
    record.transaction = std::move(transaction);
    return record;
}
}  // namespace jiffy::sequencer
