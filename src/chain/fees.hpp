// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/specification.hpp"

namespace jiffy::chain
{
/// EIP-4844: blob gas of one blob.
inline constexpr std::uint64_t gas_per_blob = 131'072;

/// Base fee in wei of the child of `parent` with this timestamp (EIP-1559; the OP Stack's parameters if the chain has
/// them). Zero before London.
U256 next_base_fee(const ChainSpecification& specification,
    const types::Header& parent,
    std::uint64_t timestamp) noexcept;

/// Extra data of a block with this timestamp, in which its child finds the parameters of its base fee: the
/// specification's own. Empty before Holocene.
Bytes base_fee_extra_data(const ChainSpecification& specification, std::uint64_t timestamp);

/// True if the extra data names parameters of a base fee as Holocene wants it: nine bytes, version 0, neither zero.
bool is_base_fee_extra_data(BytesView extra_data) noexcept;

/// Wei per blob gas (EIP-4844).
U256 blob_base_fee(const BlobParameters& parameters, std::uint64_t excess_blob_gas) noexcept;

/// Excess blob gas of the child of `parent` under the child's parameters (EIP-4844, EIP-7691; EIP-7918 with
/// `reserve_price`, since Osaka).
std::uint64_t next_excess_blob_gas(const BlobParameters& parameters,
    const types::Header& parent,
    bool reserve_price) noexcept;

/// Wei per gas that the transaction pays (EIP-1559); the caller has checked that the fee cap covers the base fee.
U256 effective_gas_price(const types::Transaction& transaction, const U256& base_fee) noexcept;

inline std::uint64_t blob_gas_of(const types::Transaction& transaction) noexcept
{
    return gas_per_blob * transaction.blob_versioned_hashes.size();
}
}  // namespace jiffy::chain
