// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/equivocation.hpp"

namespace jiffy::chain
{
/// A transaction and its receipt, proven to stand at a place of a mini-block (jiffy_getMiniBlockProof).
struct ProvenTransaction
{
    types::SignedMiniBlock mini_block;
    /// Place in the mini-block.
    std::uint64_t index = 0;
    /// In consensus form, with the nodes from the header's root to them.
    Bytes transaction;
    std::vector<Bytes> transaction_proof;
    Bytes receipt;
    std::vector<Bytes> receipt_proof;
};

/// A mini-block with all its transactions.
struct MiniBlockBody
{
    types::SignedMiniBlock mini_block;
    /// In consensus form.
    std::vector<Bytes> transactions;
};

/// Whatever a sequencer can be held to.
using Evidence = std::variant<types::SignedPreconfirmation, types::SignedMiniBlock, ProvenTransaction, MiniBlockBody>;

/// The statement that is signed in it.
types::SignedStatement statement_of(const Evidence& evidence);

/// Whether what it says to stand in a mini-block belongs to the roots in the header; true where it says nothing of it.
bool belongs_to_header(const Evidence& evidence);

/// Judges as `types::find_contradiction` does, and then by what stands in the mini-blocks: no transaction stands twice,
/// in one mini-block or in two, and a preconfirmed one is in its mini-block, at its place, with its receipt.
Result<types::Contradiction, types::NoEvidence> find_contradiction(const Evidence& a, const Evidence& b);
}  // namespace jiffy::chain
