// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/block_execution.hpp"
#include "chain/header_validity.hpp"

namespace jiffy::chain
{
/// A block to be checked, and what it stands on.
struct ImportInput
{
    BytesView encoded;
    /// The parent first; at most seven are looked at, more than one only before the Merge.
    std::span<const Ancestor> ancestors;
    state::Source parent_state;
    evm::BlockHashes block_hashes;
    StateRoot state_root;
    evm::Tracer* tracer = nullptr;
};

/// A block that was found valid.
struct ImportedBlock
{
    types::Block block;
    Hash hash;
    std::vector<types::Receipt> receipts;
    types::StateDifference difference;
};

/// Checks and executes a block from outside: form, header against parent, every transaction, and every field of the
/// header against what execution gives.
Result<ImportedBlock, BlockFailure> import_block(const ChainSpecification& specification,
    const ImportInput& input,
    Executor& executor);
}  // namespace jiffy::chain
