// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/message.hpp"
#include "rpc/error.hpp"
#include "sequencer/refusal.hpp"
#include "types/transaction.hpp"

namespace jiffy::rpc
{
/// geth's words for a transaction that is not taken.
Error error_of(const sequencer::Refusal& refusal);

/// geth's words for bytes that are no transaction.
Error error_of(types::TransactionError error);

/// geth's words for a call that failed: code 3 with the revert data, else code -32000.
Error error_of_outcome(evm::Status status, BytesView output);

/// Text of a Solidity revert: "execution reverted", with the reason of an Error(string) or Panic(uint256).
std::string revert_text(BytesView output);
}  // namespace jiffy::rpc
