// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "chain/exceptions.hpp"
#include "chain/specification.hpp"

namespace jiffy::chain
{
/// Header of a child of `parent` with what the rules make of it, as it is before any transaction; without withdrawals.
/// The sequencer sets its own besides: beneficiary, extra data (the OP Stack's is there), mix hash, parent beacon block
/// root. `gas_limit` is the wanted one, moved as far towards it as the rules allow in one block (no bound on a chain
/// with a `jiffy` section).
types::Header make_child_header(const ChainSpecification& specification,
    const types::Header& parent,
    const Hash& parent_hash,
    std::uint64_t timestamp,
    std::uint64_t gas_limit) noexcept;

/// Checks a header against its parent: everything that does not depend on the block's content. Proof-of-work seals are
/// not checked.
Result<void, InvalidBlock> validate_header(const ChainSpecification& specification,
    const types::Header& header,
    const types::Header& parent) noexcept;

/// Difficulty of a proof-of-work block (yellow paper 4.3.4; EIP-2, 100, 649 and the delays of the bomb).
U256 next_difficulty(const ChainSpecification& specification,
    const types::Header& parent,
    std::uint64_t timestamp) noexcept;

/// A block of the chain with what ommers are checked against.
struct Ancestor
{
    const types::Header* header = nullptr;
    std::span<const types::Header> ommers;
};

/// Ommers of a proof-of-work block (yellow paper 11.1): at most two, of the last six generations, none twice.
/// `ancestors` begins with the parent and goes back at most seven blocks.
Result<void, InvalidBlock> validate_ommers(const ChainSpecification& specification,
    const types::Header& header,
    std::span<const types::Header> ommers,
    std::span<const Ancestor> ancestors) noexcept;
}  // namespace jiffy::chain
