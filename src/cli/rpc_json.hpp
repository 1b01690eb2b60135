// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/fixture_json.hpp"
#include "types/receipt.hpp"

/// Reads what nodes answer with back into what it was made of. A value that is not what it must be is a `FixtureError`.
namespace jiffy::cli
{
/// A transaction as eth_getTransactionByHash gives it.
types::Transaction read_rpc_transaction(Json transaction);

/// What stands in the consensus form of a receipt as eth_getTransactionReceipt gives it.
types::Receipt read_rpc_receipt(Json receipt);
}  // namespace jiffy::cli
