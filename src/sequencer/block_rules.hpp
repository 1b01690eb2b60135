// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/specification.hpp"
#include "sequencer/records.hpp"

namespace jiffy::sequencer
{
/// What a chain's blocks have in common beside its specification.
struct BlockRules
{
    /// Seconds of Unix time.
    std::uint64_t genesis_time = 0;
    /// Microseconds.
    std::uint64_t block_interval = 1'000'000;
    /// Gets the priority fees.
    Address beneficiary{};

    /// Microseconds of Unix time: a block's times are after the end of the one before, and not after its own.
    [[nodiscard]] std::uint64_t end_of(std::uint64_t number) const noexcept
    {
        return genesis_time * 1'000'000 + number * block_interval;
    }
};

/// Blob gas of the block's transactions.
std::uint64_t blob_gas_used(const BlockRecord& block);

/// The fields of the block behind `parent` that are fixed when it opens: they follow from the parent, which has ended,
/// and from the rules. `parent_blob_gas_used` is `blob_gas_used(parent)`.
types::Header next_opening(const chain::ChainSpecification& specification,
    const BlockRules& rules,
    const BlockRecord& parent,
    std::uint64_t parent_blob_gas_used);

/// The transactions of the protocol that the block with this number begins with. No other is in it.
std::vector<types::Transaction> protocol_transactions(const chain::ChainSpecification& specification,
    const BlockRules& rules,
    std::uint64_t number);
}  // namespace jiffy::sequencer
