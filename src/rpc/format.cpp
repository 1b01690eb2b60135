// SPDX-License-Identifier: Apache-2.0
#include "rpc/format.hpp"

#include "chain/l1_attributes.hpp"
#include "rpc/statements.hpp"

namespace jiffy::rpc
{
using types::TransactionType;

namespace
{
void write_header_fields(JsonWriter& json, const types::Header& header)
{
    json.key("parentHash").hex(header.parent_hash);
    json.key("sha3Uncles").hex(header.ommers_hash);
    json.key("miner").hex(header.beneficiary);
    json.key("stateRoot").hex(header.state_root);
    json.key("transactionsRoot").hex(header.transactions_root);
    json.key("receiptsRoot").hex(header.receipts_root);
    json.key("logsBloom").hex(header.logs_bloom);
    json.key("difficulty").quantity(header.difficulty);
    json.key("number").quantity(header.number);
    json.key("gasLimit").quantity(header.gas_limit);
    json.key("gasUsed").quantity(header.gas_used);
    json.key("timestamp").quantity(header.timestamp);
    json.key("extraData").hex(header.extra_data);
    json.key("mixHash").hex(header.mix_hash);
    if (header.base_fee_per_gas)
        json.key("baseFeePerGas").quantity(*header.base_fee_per_gas);
    if (header.withdrawals_root)
        json.key("withdrawalsRoot").hex(*header.withdrawals_root);
    if (header.blob_gas_used)
        json.key("blobGasUsed").quantity(*header.blob_gas_used);
    if (header.excess_blob_gas)
        json.key("excessBlobGas").quantity(*header.excess_blob_gas);
    if (header.parent_beacon_block_root)
        json.key("parentBeaconBlockRoot").hex(*header.parent_beacon_block_root);
    if (header.requests_hash)
        json.key("requestsHash").hex(*header.requests_hash);
}

/// Mini-blocks of the block, and how many there were before it.
void write_mini_block_fields(JsonWriter& json, const sequencer::BlockRecord& block)
{
    json.key("miniBlockCount").quantity(block.mini_blocks.size());
    json.key("miniBlockOffset");
    if (const auto* start = block.release_start())
        json.quantity(start->first_mini_block);
    else
        json.null();
}

void write_place(JsonWriter& json, const sequencer::BlockRecord& block, std::size_t index)
{
    json.key("blockHash").hex(block.hash());
    json.key("blockNumber").quantity(block.number());
    json.key("transactionIndex").quantity(index);
}

void write_access_list(JsonWriter& json, const types::AccessList& list)
{
    json.begin_array();
    for (const auto& entry : list)
    {
        json.begin_object();
        json.key("address").hex(entry.address);
        json.key("storageKeys").begin_array();
        for (const auto& key : entry.storage_keys)
            json.hex(key);
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void write_authorizations(JsonWriter& json, const std::vector<types::Authorization>& list)
{
    json.begin_array();
    for (const auto& authorization : list)
    {
        json.begin_object();
        json.key("chainId").quantity(authorization.chain_id);
        json.key("address").hex(authorization.address);
        json.key("nonce").quantity(authorization.nonce);
        json.key("yParity").quantity(authorization.signature.y_parity);
        json.key("r").quantity(authorization.signature.r);
        json.key("s").quantity(authorization.signature.s);
        json.end_object();
    }
    json.end_array();
}

void write_signature(JsonWriter& json, const types::Transaction& transaction)
{
    const std::uint64_t parity = transaction.signature.y_parity;
    if (transaction.type == TransactionType::legacy)
    {
        // EIP-155
        json.key("v").quantity(
            transaction.chain_id ? U256{35 + parity} + U256{2} * U256{*transaction.chain_id} : U256{27 + parity});
    }
    else
    {
        json.key("v").quantity(parity);
        // Nobody signs a deposit.
        if (transaction.type != TransactionType::deposit)
            json.key("yParity").quantity(parity);
    }
    json.key("r").quantity(transaction.signature.r);
    json.key("s").quantity(transaction.signature.s);
}

/// A deposit does not name its nonce; its receipt tells which one it had.
std::uint64_t nonce_of(const TransactionFields& fields)
{
    const bool is_in_receipt = fields.receipt != nullptr && fields.receipt->deposit_nonce.has_value();
    return is_in_receipt ? *fields.receipt->deposit_nonce : fields.transaction.nonce;
}

void write_deposit(JsonWriter& json, const TransactionFields& fields)
{
    const auto& deposit = fields.transaction.deposit;
    json.key("sourceHash").hex(deposit.source_hash);
    if (!deposit.mint.is_zero())
        json.key("mint").quantity(deposit.mint);
    if (deposit.is_system_transaction)
        json.key("isSystemTx").boolean(true);
    if (fields.receipt != nullptr && fields.receipt->deposit_receipt_version)
        json.key("depositReceiptVersion").quantity(*fields.receipt->deposit_receipt_version);
}

/// What the first transaction of a block of the OP Stack says of L1; empty if the block begins with no such one.
std::optional<chain::L1Attributes> l1_attributes_of(const sequencer::BlockRecord& block)
{
    if (block.transactions.size() == 0)
        return std::nullopt;
    const auto& first = block.transactions[0].transaction;
    return first.type == TransactionType::deposit ? chain::decode_l1_attributes(first.data) : std::nullopt;
}

/// What a receipt of the OP Stack says besides.
void write_optimism_fields(JsonWriter& json,
    const sequencer::BlockRecord& block,
    const sequencer::TransactionRecord& record)
{
    if (record.transaction.type == TransactionType::deposit)
    {
        if (record.receipt.deposit_nonce)
            json.key("depositNonce").quantity(*record.receipt.deposit_nonce);
        if (record.receipt.deposit_receipt_version)
            json.key("depositReceiptVersion").quantity(*record.receipt.deposit_receipt_version);
        return;
    }
    const auto attributes = l1_attributes_of(block);
    if (!attributes)
        return;
    // Only Isthmus has attributes of this form.
    constexpr auto fork = chain::OptimismFork::isthmus;
    const auto prices = chain::fee_parameters_of(*attributes);
    const auto encoded = types::encode(record.transaction);
    json.key("l1GasPrice").quantity(prices.base_fee);
    json.key("l1GasUsed").quantity(chain::l1_gas_used(fork, prices, encoded));
    json.key("l1Fee").quantity(chain::l1_data_fee(fork, prices, encoded));
    json.key("l1BlobBaseFee").quantity(prices.blob_base_fee);
    json.key("l1BaseFeeScalar").quantity(std::uint64_t{prices.base_fee_scalar});
    json.key("l1BlobBaseFeeScalar").quantity(std::uint64_t{prices.blob_base_fee_scalar});
    if (prices.operator_fee_scalar == 0 && prices.operator_fee_constant == 0)
        return;
    json.key("operatorFeeScalar").quantity(std::uint64_t{prices.operator_fee_scalar});
    json.key("operatorFeeConstant").quantity(prices.operator_fee_constant);
}

bool has_dynamic_fee(TransactionType type)
{
    return type == TransactionType::dynamic_fee || type == TransactionType::blob || type == TransactionType::set_code;
}
}  // namespace

void write_transaction(JsonWriter& json, const sequencer::BlockRecord& block, std::size_t index)
{
    const auto& record = block.transactions[index];
    json.begin_object();
    write_place(json, block, index);
    write_transaction_fields(
        json, {record.transaction, record.hash, record.sender, record.effective_gas_price, &record.receipt});
    json.end_object();
}

void write_transaction_fields(JsonWriter& json, const TransactionFields& fields)
{
    const auto& transaction = fields.transaction;
    json.key("type").quantity(static_cast<std::uint64_t>(transaction.type));
    json.key("hash").hex(fields.hash);
    json.key("from").hex(fields.sender);
    json.key("nonce").quantity(nonce_of(fields));
    json.key("gas").quantity(transaction.gas_limit);
    if (transaction.to)
        json.key("to").hex(*transaction.to);
    else
        json.key("to").null();
    json.key("value").quantity(transaction.value);
    json.key("input").hex(transaction.data);
    json.key("gasPrice").quantity(fields.gas_price);
    if (has_dynamic_fee(transaction.type))
    {
        json.key("maxFeePerGas").quantity(transaction.max_fee_per_gas);
        json.key("maxPriorityFeePerGas").quantity(transaction.max_priority_fee_per_gas);
    }
    if (transaction.type == TransactionType::deposit)
        write_deposit(json, fields);
    else if (transaction.type != TransactionType::legacy)
    {
        json.key("accessList");
        write_access_list(json, transaction.access_list);
    }
    if (transaction.type == TransactionType::blob)
    {
        json.key("maxFeePerBlobGas").quantity(transaction.max_fee_per_blob_gas);
        json.key("blobVersionedHashes").begin_array();
        for (const auto& hash : transaction.blob_versioned_hashes)
            json.hex(hash);
        json.end_array();
    }
    if (transaction.type == TransactionType::set_code)
    {
        json.key("authorizationList");
        write_authorizations(json, transaction.authorization_list);
    }
    if (transaction.chain_id)
        json.key("chainId").quantity(*transaction.chain_id);
    write_signature(json, transaction);
}

void write_log(JsonWriter& json, const LogPlace& place)
{
    json.begin_object();
    write_log_fields(json, place);
    json.end_object();
}

void write_log_fields(JsonWriter& json, const LogPlace& place)
{
    const auto& record = place.block->transactions[place.transaction];
    const auto& log = record.receipt.logs[place.log];
    json.key("address").hex(log.address);
    json.key("topics").begin_array();
    for (const auto& topic : log.topics.view())
        json.hex(topic);
    json.end_array();
    json.key("data").hex(log.data);
    json.key("transactionHash").hex(record.hash);
    write_place(json, *place.block, place.transaction);
    json.key("blockTimestamp").quantity(place.block->opening.timestamp);
    json.key("logIndex").quantity(record.first_log + place.log);
    json.key("removed").boolean(false);
}

void write_receipt(JsonWriter& json,
    const sequencer::BlockRecord& block,
    std::size_t index,
    const types::SignedPreconfirmation* preconfirmation)
{
    const auto& record = block.transactions[index];
    json.begin_object();
    json.key("transactionHash").hex(record.hash);
    write_place(json, block, index);
    json.key("type").quantity(static_cast<std::uint64_t>(record.transaction.type));
    json.key("status").quantity(record.receipt.success ? 1U : 0U);
    json.key("from").hex(record.sender);
    if (record.transaction.to)
        json.key("to").hex(*record.transaction.to);
    else
        json.key("to").null();
    if (record.created)
        json.key("contractAddress").hex(*record.created);
    else
        json.key("contractAddress").null();
    json.key("cumulativeGasUsed").quantity(record.receipt.cumulative_gas_used);
    json.key("gasUsed").quantity(record.gas_used);
    json.key("effectiveGasPrice").quantity(record.effective_gas_price);
    if (record.transaction.type == TransactionType::blob)
        json.key("blobGasUsed").quantity(record.blob_gas_used);
    write_optimism_fields(json, block, record);
    json.key("logsBloom").hex(record.receipt.logs_bloom);
    json.key("logs").begin_array();
    for (std::uint32_t i = 0; i < record.receipt.logs.size(); ++i)
        write_log(json, {&block, static_cast<std::uint32_t>(index), i});
    json.end_array();
    if (preconfirmation != nullptr)
    {
        json.key("preconfirmation");
        write_preconfirmation(json, *preconfirmation);
    }
    json.end_object();
}

void write_header(JsonWriter& json, const sequencer::BlockRecord& block)
{
    const auto& sealed = *block.sealed();
    json.begin_object();
    json.key("hash").hex(sealed.hash);
    json.key("nonce").hex(sealed.header.nonce);
    write_header_fields(json, sealed.header);
    write_mini_block_fields(json, block);
    json.end_object();
}

void write_block(JsonWriter& json, const sequencer::BlockRecord& block, bool full_transactions)
{
    json.begin_object();
    const std::size_t count = block.transactions.size();
    if (const auto* sealed = block.sealed())
    {
        json.key("hash").hex(sealed->hash);
        json.key("nonce").hex(sealed->header.nonce);
        write_header_fields(json, sealed->header);
        json.key("size").quantity(sealed->size);
    }
    else
    {
        auto header = block.opening;
        if (count != 0)
            header.gas_used = block.transactions[count - 1].receipt.cumulative_gas_used;
        json.key("hash").null();
        json.key("nonce").null();
        write_header_fields(json, header);
        json.key("size").quantity(std::uint64_t{0});
    }
    write_mini_block_fields(json, block);
    json.key("transactions").begin_array();
    for (std::size_t i = 0; i < count; ++i)
    {
        if (full_transactions)
            write_transaction(json, block, i);
        else
            json.hex(block.transactions[i].hash);
    }
    json.end_array();
    json.key("uncles").begin_array();
    json.end_array();
    if (block.opening.withdrawals_root)
    {
        json.key("withdrawals").begin_array();
        json.end_array();
    }
    json.end_object();
}

void write_mini_block(JsonWriter& json, const sequencer::MiniBlockPlace& place, bool full_transactions)
{
    const auto& block = *place.block;
    const auto& record = place.record();
    json.begin_object();
    write_mini_block_fields(json, {record.terms, record.header, record.signature}, record.hash);
    json.key("transactions").begin_array();
    for (std::size_t i = record.first_transaction; i < record.first_transaction + record.transaction_count; ++i)
    {
        if (full_transactions)
            write_transaction(json, block, i);
        else
            json.hex(block.transactions[i].hash);
    }
    json.end_array();
    json.end_object();
}
}  // namespace jiffy::rpc
