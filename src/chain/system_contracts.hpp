// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "base/result.hpp"
#include "chain/exceptions.hpp"
#include "chain/transaction_execution.hpp"

namespace jiffy::chain
{
/// Contracts that the protocol itself calls.
namespace system_contracts
{
using namespace literals;
/// EIP-4788
inline constexpr Address beacon_roots = fixed_hex<20>("0x000f3df6d732807ef1319fb7b8bb8522d0beac02");
/// EIP-2935
inline constexpr Address history_storage = fixed_hex<20>("0x0000f90827f1c53a10cb7a02335b175320002935");
/// EIP-7002
inline constexpr Address withdrawal_requests = fixed_hex<20>("0x00000961ef480eb55e80d19ad83579a64c007002");
/// EIP-7251
inline constexpr Address consolidation_requests = fixed_hex<20>("0x0000bbddc7ce488642fb579f8b00f3a590007251");
/// Sender of the calls.
inline constexpr Address caller = fixed_hex<20>("0xfffffffffffffffffffffffffffffffffffffffe");
}  // namespace system_contracts

/// Gas of each call; it counts towards nothing.
inline constexpr std::int64_t system_call_gas = 30'000'000;

/// Calls a contract as the protocol: without nonce, fee or receipt. Return data and difference go to `outcome`, whose
/// status tells of a failure. False if the account has no code, in which case nothing happens.
Result<bool, StateUnavailable> call_system_contract(const BlockContext& context,
    const Address& contract,
    BytesView input,
    state::Source source,
    Executor& executor,
    TransactionOutcome& outcome);
}  // namespace jiffy::chain
