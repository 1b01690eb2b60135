// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "chain/block_context.hpp"
#include "chain/exceptions.hpp"
#include "types/state_difference.hpp"

namespace jiffy::chain
{
/// The verdict on bytes that are no transaction.
InvalidTransaction reason_of(types::TransactionError error, BytesView encoded) noexcept;

/// Gas that a transaction costs before any code runs.
struct IntrinsicGas
{
    /// Taken first (yellow paper 6; EIP-2028, 2930, 3860, 7702).
    std::uint64_t gas = 0;
    /// The least that the transaction is charged in the end (EIP-7623); 0 before Prague.
    std::uint64_t floor = 0;
};

IntrinsicGas intrinsic_gas(evm::Revision revision, const types::Transaction& transaction) noexcept;

/// Gas that the block still has room for.
struct BlockCapacity
{
    std::uint64_t gas = 0;
    std::uint64_t blob_gas = 0;
};

/// What the transaction says of itself against the rules of the block: type, chain id, gas limit, fee caps in order,
/// blob hashes, authorizations. Looks neither at the state nor at the block's fill or prices, so a pool can ask it
/// once. Deposits are valid by nature. Without `check_gas_cap` any gas limit passes that covers the intrinsic gas.
Result<IntrinsicGas, InvalidTransaction> validate_static(const BlockContext& context,
    const types::Transaction& transaction,
    bool check_gas_cap = true) noexcept;

/// The room left in the block.
Result<void, InvalidTransaction> validate_against_block(const types::Transaction& transaction,
    const BlockCapacity& capacity) noexcept;

/// The fee caps against the block's prices.
Result<void, InvalidTransaction> validate_fees(const BlockContext& context,
    const types::Transaction& transaction) noexcept;

Result<void, InvalidTransaction> validate_nonce(const types::Transaction& transaction,
    const types::Account& sender) noexcept;

/// EIP-3607: an account with code other than a delegation (EIP-7702) sends nothing.
Result<void, InvalidTransaction> validate_sender_code(BytesView sender_code) noexcept;

/// Funds for the largest possible cost; `additional_cost` are the OP Stack's L1 and operator fees in wei.
Result<void, InvalidTransaction> validate_funds(const types::Transaction& transaction,
    const types::Account& sender,
    const U256& additional_cost = {}) noexcept;

/// Largest wei amount that the transaction can take from its sender: gas limit at the fee cap, blob gas at its cap,
/// value. Empty if it exceeds 256 bits.
std::optional<U256> maximum_cost(const types::Transaction& transaction) noexcept;
}  // namespace jiffy::chain
