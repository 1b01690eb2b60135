// SPDX-License-Identifier: Apache-2.0
#include "rpc/transaction_filling.hpp"

#include "rpc/backend.hpp"
#include "rpc/format.hpp"
#include "rpc/gas_estimation.hpp"
#include "rpc/pending_nonce.hpp"
#include "rpc/state_view.hpp"

#include <future>

namespace jiffy::rpc
{
namespace
{
using types::TransactionType;

constexpr std::uint64_t suggested_tip = 1'000'000'000;

/// The sender's next nonce, pooled transactions counted. May wait for another thread.
Result<std::uint64_t, Error> next_nonce(const Backend& backend, const Address& sender)
{
    auto promise = std::make_shared<std::promise<Result<std::uint64_t, Error>>>();
    auto future = promise->get_future();
    find_pending_nonce(
        backend, sender, [promise](const Result<std::uint64_t, Error>& nonce) { promise->set_value(nonce); });
    if (future.wait_for(std::chrono::seconds{1}) != std::future_status::ready)
        return failure(Error{code::internal_error, "the next nonce is not known", {}});
    return future.get();
}

TransactionType type_of(const TransactionRequest& request)
{
    if (!request.authorization_list.empty())
        return TransactionType::set_code;
    if (!request.blob_versioned_hashes.empty())
        return TransactionType::blob;
    if (!request.gas_price)
        return TransactionType::dynamic_fee;
    return request.access_list ? TransactionType::access_list : TransactionType::legacy;
}
}  // namespace

Result<types::Transaction, Error> fill_transaction(const Backend& backend, const TransactionRequest& request)
{
    const auto sender = request.from.value_or(Address{});
    const U256 base_fee = backend.history.open_block()->opening.base_fee_per_gas.value_or(U256{});
    types::Transaction transaction;
    transaction.type = type_of(request);
    transaction.chain_id = request.chain_id.value_or(backend.specification.chain_id);
    if (*transaction.chain_id != backend.specification.chain_id)
        return failure(Error{code::server_error,
            "chainId does not match node's (have=" + std::to_string(*transaction.chain_id) +
                ", want=" + std::to_string(backend.specification.chain_id) + ")",
            {}});
    const auto nonce = request.nonce ? Result<std::uint64_t, Error>{*request.nonce} : next_nonce(backend, sender);
    if (!nonce)
        return failure(nonce.error());
    transaction.nonce = *nonce;
    transaction.to = request.to;
    transaction.value = request.value.value_or(U256{});
    transaction.data = request.data;
    transaction.access_list = request.access_list.value_or(types::AccessList{});
    transaction.blob_versioned_hashes = request.blob_versioned_hashes;
    transaction.max_fee_per_blob_gas = request.max_fee_per_blob_gas.value_or(U256{});
    transaction.authorization_list = request.authorization_list;
    if (!transaction.to && transaction.data.empty())
        return failure(Error{code::server_error, "contract creation without any data provided", {}});
    if (request.gas_price)
    {
        transaction.max_fee_per_gas = *request.gas_price;
        transaction.max_priority_fee_per_gas = *request.gas_price;
    }
    else
    {
        transaction.max_priority_fee_per_gas = request.max_priority_fee_per_gas.value_or(U256{suggested_tip});
        // Room for the base fee to double before the transaction runs, as geth leaves.
        transaction.max_fee_per_gas =
            request.max_fee_per_gas.value_or(transaction.max_priority_fee_per_gas + base_fee * U256{2});
        if (transaction.max_fee_per_gas < transaction.max_priority_fee_per_gas)
            return failure(Error{code::server_error, "maxFeePerGas is lower than maxPriorityFeePerGas", {}});
    }
    if (request.gas)
    {
        transaction.gas_limit = *request.gas;
        return transaction;
    }
    const auto gas = estimate_gas(backend, request, BlockTag::pending, {});
    if (!gas)
        return failure(gas.error());
    transaction.gas_limit = *gas;
    return transaction;
}

void write_filled_transaction(JsonWriter& json, const types::Transaction& transaction, const Address& sender)
{
    json.begin_object();
    json.key("raw").hex(types::encode(transaction));
    json.key("tx").begin_object();
    write_transaction_fields(
        json, {transaction, types::transaction_hash(transaction), sender, transaction.max_fee_per_gas});
    json.end_object();
    json.end_object();
}
}  // namespace jiffy::rpc
