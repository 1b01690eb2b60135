// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/optimism.hpp"

namespace jiffy::chain
{
/// What the first transaction of each block of the OP Stack tells of L1 (OP Stack specification, "L1 attributes
/// deposited transaction", in the form of Isthmus).
struct L1Attributes
{
    /// The L1 block that the L2 block belongs to; Unix time in seconds.
    std::uint64_t number = 0;
    std::uint64_t timestamp = 0;
    Hash block_hash{};
    /// L2 blocks since the first one that belongs to it.
    std::uint64_t sequence_number = 0;
    /// Wei.
    U256 base_fee{};
    U256 blob_base_fee{};
    std::uint32_t base_fee_scalar = 0;
    std::uint32_t blob_base_fee_scalar = 0;
    std::uint32_t operator_fee_scalar = 0;
    std::uint64_t operator_fee_constant = 0;
    /// Who posts batches; opaque here.
    Hash batcher_hash{};

    friend bool operator==(const L1Attributes&, const L1Attributes&) = default;
};

/// Call data of `setL1BlockValuesIsthmus`.
Bytes encode(const L1Attributes& attributes);

/// Reads the call data back; empty if it is no such call.
std::optional<L1Attributes> decode_l1_attributes(BytesView call_data) noexcept;

/// The prices among them.
L1FeeParameters fee_parameters_of(const L1Attributes& attributes) noexcept;

/// The deposit that begins a block: from the depositor account to the L1Block predeploy.
types::Transaction make_l1_attributes_transaction(const L1Attributes& attributes);
}  // namespace jiffy::chain
