// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "rpc/error.hpp"
#include "rpc/json_writer.hpp"
#include "rpc/parameters.hpp"

namespace jiffy::rpc
{
struct Backend;

/// The transaction that the request describes, with what it leaves out: nonce, fees, gas limit, chain id. Unsigned.
Result<types::Transaction, Error> fill_transaction(const Backend& backend, const TransactionRequest& request);

/// As geth's eth_fillTransaction answers: its bytes and its fields.
void write_filled_transaction(JsonWriter& json, const types::Transaction& transaction, const Address& sender);
}  // namespace jiffy::rpc
