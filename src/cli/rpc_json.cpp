// SPDX-License-Identifier: Apache-2.0
#include "cli/rpc_json.hpp"

#include <algorithm>

namespace jiffy::cli
{
namespace
{
using types::TransactionType;

simdjson::dom::array read_array(Json value)
{
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS)
        throw FixtureError{"an array was expected"};
    return array;
}

std::optional<Address> find_address(Json object, std::string_view key)
{
    const auto value = find(object, key);
    return value ? std::optional{read_address(*value)} : std::nullopt;
}

std::optional<std::uint64_t> find_number_64(Json object, std::string_view key)
{
    const auto value = find(object, key);
    return value ? std::optional{read_number_64(*value)} : std::nullopt;
}

TransactionType read_type(Json object)
{
    const auto number = read_number_64(get(object, "type"));
    const auto type = static_cast<TransactionType>(number);
    if (number > 0xff || !types::is_known(type))
        throw FixtureError{"unknown type of transaction"};
    return type;
}

std::vector<Hash> read_hashes(Json list)
{
    std::vector<Hash> hashes;
    for (const auto item : read_array(list))
        hashes.push_back(read_hash(item));
    return hashes;
}

types::AccessList read_access_list(Json list)
{
    types::AccessList result;
    for (const auto item : read_array(list))
        result.push_back({read_address(get(item, "address")), read_hashes(get(item, "storageKeys"))});
    return result;
}

crypto::RecoverableSignature read_signature(Json object, std::uint64_t y_parity)
{
    if (y_parity > 0xff)
        throw FixtureError{"yParity is above 8 bits"};
    return {read_number(get(object, "r")), read_number(get(object, "s")), static_cast<std::uint8_t>(y_parity)};
}

std::vector<types::Authorization> read_authorizations(Json list)
{
    std::vector<types::Authorization> result;
    for (const auto item : read_array(list))
        result.push_back({read_number(get(item, "chainId")), read_address(get(item, "address")),
            read_number_64(get(item, "nonce")), read_signature(item, read_number_64(get(item, "yParity")))});
    return result;
}

void read_deposit(Json object, types::Transaction& transaction)
{
    auto& deposit = transaction.deposit;
    deposit.source_hash = read_hash(get(object, "sourceHash"));
    deposit.from = read_address(get(object, "from"));
    if (const auto mint = find(object, "mint"))
        deposit.mint = read_number(*mint);
    if (const auto system = find(object, "isSystemTx"); system && system->get(deposit.is_system_transaction))
        throw FixtureError{"isSystemTx: true or false was expected"};
}

void read_legacy_signature(Json object, types::Transaction& transaction)
{
    // EIP-155
    const auto v = read_number(get(object, "v"));
    const auto offset = transaction.chain_id ? (U256{*transaction.chain_id} << 1) + U256{35} : U256{27};
    if (v < offset || v - offset > U256{1})
        throw FixtureError{"v does not belong to chainId"};
    transaction.signature = read_signature(object, (v - offset).low());
}

types::Log read_log(Json object)
{
    types::Log log;
    log.address = read_address(get(object, "address"));
    const auto topics = read_hashes(get(object, "topics"));
    if (topics.size() > log.topics.values.size())
        throw FixtureError{"a log has at most four topics"};
    std::ranges::copy(topics, log.topics.values.begin());
    log.topics.count = static_cast<std::uint8_t>(topics.size());
    log.data = read_bytes(get(object, "data"));
    return log;
}
}  // namespace

types::Transaction read_rpc_transaction(Json object)
{
    types::Transaction transaction;
    transaction.type = read_type(object);
    transaction.gas_limit = read_number_64(get(object, "gas"));
    transaction.to = find_address(object, "to");
    transaction.value = read_number(get(object, "value"));
    transaction.data = read_bytes(get(object, "input"));
    if (transaction.type == TransactionType::deposit)
    {
        read_deposit(object, transaction);
        return transaction;
    }
    transaction.nonce = read_number_64(get(object, "nonce"));
    transaction.chain_id = find_number_64(object, "chainId");
    const bool has_gas_price =
        transaction.type == TransactionType::legacy || transaction.type == TransactionType::access_list;
    transaction.max_fee_per_gas = read_number(get(object, has_gas_price ? "gasPrice" : "maxFeePerGas"));
    transaction.max_priority_fee_per_gas =
        has_gas_price ? transaction.max_fee_per_gas : read_number(get(object, "maxPriorityFeePerGas"));
    if (transaction.type == TransactionType::legacy)
    {
        read_legacy_signature(object, transaction);
        return transaction;
    }
    transaction.access_list = read_access_list(get(object, "accessList"));
    if (transaction.type == TransactionType::blob)
    {
        transaction.max_fee_per_blob_gas = read_number(get(object, "maxFeePerBlobGas"));
        transaction.blob_versioned_hashes = read_hashes(get(object, "blobVersionedHashes"));
    }
    if (transaction.type == TransactionType::set_code)
        transaction.authorization_list = read_authorizations(get(object, "authorizationList"));
    transaction.signature = read_signature(object, read_number_64(get(object, "yParity")));
    if (const auto v = find(object, "v"); v && read_number(*v) != U256{transaction.signature.y_parity})
        throw FixtureError{"v is not yParity"};
    return transaction;
}

types::Receipt read_rpc_receipt(Json object)
{
    types::Receipt receipt;
    receipt.type = read_type(object);
    const auto status = read_number_64(get(object, "status"));
    if (status > 1)
        throw FixtureError{"status: neither 0 nor 1"};
    receipt.success = status == 1;
    receipt.cumulative_gas_used = read_number_64(get(object, "cumulativeGasUsed"));
    const auto bloom = fixed_from_hex<256>(read_text(get(object, "logsBloom")));
    if (!bloom)
        throw FixtureError{"logsBloom: 256 bytes were expected"};
    receipt.logs_bloom = *bloom;
    for (const auto log : read_array(get(object, "logs")))
        receipt.logs.push_back(read_log(log));
    receipt.deposit_nonce = find_number_64(object, "depositNonce");
    receipt.deposit_receipt_version = find_number_64(object, "depositReceiptVersion");
    return receipt;
}
}  // namespace jiffy::cli
