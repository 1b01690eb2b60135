// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/optimism.hpp"
#include "chain/specification.hpp"
#include "evm/environment.hpp"

namespace jiffy::chain
{
/// EIP-7825: largest gas limit of a transaction since Osaka.
inline constexpr std::uint64_t osaka_transaction_gas_cap = std::uint64_t{1} << 24;

/// The rules that hold for every transaction of one block; made once, when the block opens.
struct BlockContext
{
    evm::BlockEnvironment environment;
    /// Blob limits since Cancun.
    std::optional<BlobParameters> blob_parameters;
    /// Largest gas limit that a transaction may have: EIP-7825 and the specification's own.
    std::uint64_t transaction_gas_cap = ~std::uint64_t{0};
    /// The OP Stack's rules, if the chain has them.
    std::optional<OptimismRules> optimism;
};

/// The context of a block whose header fields are fixed: number, timestamp, beneficiary, gas limit, base fee, mix hash
/// or difficulty, excess blob gas.
BlockContext make_block_context(const ChainSpecification& specification,
    const types::Header& header,
    evm::BlockHashes block_hashes) noexcept;
}  // namespace jiffy::chain
