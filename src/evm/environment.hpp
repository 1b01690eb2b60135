// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"
#include "evm/revision.hpp"
#include "state/source.hpp"

namespace jiffy::evm
{
/// Hashes of earlier blocks, for BLOCKHASH. The hash of the parent may still be being computed (a deferred value):
/// then the answer is `unavailable` and execution unwinds.
struct BlockHashes
{
    const void* context = nullptr;
    /// Hash of block `number`, which is one of the 256 before the current one; `absent` gives zero.
    state::Presence (*lookup)(const void* context, std::uint64_t number, Hash& result) noexcept = nullptr;
};

/// What the code sees of its block; fixed when the block opens.
struct BlockEnvironment
{
    Revision revision = latest_revision;
    PrecompileRules precompile_rules = PrecompileRules::ethereum;
    std::uint64_t chain_id = 1;
    std::uint64_t number = 0;
    /// Unix time in seconds.
    std::uint64_t timestamp = 0;
    std::uint64_t gas_limit = 0;
    Address coinbase{};
    /// PREVRANDAO since Paris, difficulty before.
    U256 prev_randao;
    /// Wei per gas.
    U256 base_fee;
    /// Wei per blob gas.
    U256 blob_base_fee;
    BlockHashes block_hashes;
};

/// What the code sees of its transaction.
struct TransactionEnvironment
{
    Address origin{};
    /// Effective gas price in wei.
    U256 gas_price;
    std::span<const Hash> blob_hashes;
};
}  // namespace jiffy::evm
