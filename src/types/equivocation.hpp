// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/mini_block.hpp"

#include <variant>

namespace jiffy::types
{
using SignedStatement = std::variant<SignedPreconfirmation, SignedMiniBlock>;

/// How two statements of one sequencer contradict each other.
enum class Contradiction : std::uint8_t
{
    /// Two environments for one block.
    environment,
    /// Two transactions, results or histories at one place of one block.
    place,
    /// One transaction at two places.
    transaction,
    /// What comes later stands in an earlier mini-block, or has an earlier time: a transaction after its mini-block's
    /// end, for instance.
    order,
    /// A history that the one after it does not follow from.
    prefix,
    /// Two mini-blocks with one number.
    mini_block,
    /// A mini-block that does not follow from the one before it.
    parent,
    /// A mini-block in two blocks.
    block,
    /// Two timestamps for one block, or a later block with an earlier one.
    timestamp,
    /// Mini-blocks whose numbers do not go with their places: within a block the two grow together, and every block has
    /// at least one.
    index,
    /// A mini-block without a transaction that was said to stand in it.
    omission,
};

/// Why two statements prove nothing.
enum class NoEvidence : std::uint8_t
{
    /// The first or the second one is not signed.
    not_signed,
    different_signers,
    different_chains,
    /// Each term stands by what it said; what it took over from the one before is settled elsewhere.
    different_epochs,
    /// A development chain's, or at level `memory`: no promise was made that could be broken.
    no_promise,
    /// What is said to stand in a mini-block does not belong to its header.
    not_proven,
    /// Both can be true.
    consistent,
};

/// Judges two statements by nothing but themselves. A contradiction is what a sequencer that follows the rules of
/// `sequencer::Releaser` never signs in one epoch.
Result<Contradiction, NoEvidence> find_contradiction(const SignedStatement& a, const SignedStatement& b);
}  // namespace jiffy::types
