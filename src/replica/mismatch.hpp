// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/equivocation.hpp"
#include "types/log_frame.hpp"
#include "world/world.hpp"

#include <string>

namespace jiffy::replica
{
/// What of a frame is not what it has to be.
enum class Check : std::uint8_t
{
    /// It does not come behind the one before: a fragment without a block, a block left out, a parent told twice.
    order,
    /// The term: its number, its chain, or who signs in it.
    epoch,
    /// The fields that a block begins with.
    opening,
    /// Who sent a transaction.
    sender,
    /// A transaction that only the protocol may put into a block, or one that it must.
    protocol,
    /// A transaction cannot be executed at its place.
    transaction,
    /// What came of a transaction.
    receipt,
    /// What was changed in the state.
    difference,
    /// The time of a fragment, or the signature of its statements.
    statement,
    /// The time of a mini-block, or its signature.
    mini_block,
    /// The header of the block before.
    parent,
    /// EIP-7685.
    requests,
};

std::string_view to_string(Check check) noexcept;

/// A value that is not what it has to be; numbers in decimal, the rest in hex.
struct Finding
{
    Check check = Check::order;
    /// Named as in JSON-RPC, with its place: "logs[2].data", "accounts[0x...].balance".
    std::string field;
    std::string said;
    std::string found;
};

/// What a full node can show to others when it has found a mismatch.
struct Evidence
{
    /// As it stands in the log (`types::encode`).
    Bytes frame;
    /// What is signed there about the place, as it was said and not as it was found; empty where nothing is.
    std::optional<types::SignedStatement> statement;
    /// Address of the key that signed it.
    std::optional<Address> signer;
    /// The sequencer has signed what is not so, on terms that promise something: whoever executes the chain up to there
    /// must come to the same judgement. False says nothing in favour of the sequencer: a lie that is told before it is
    /// signed, or one that is not covered by a signature, is one still.
    bool is_against_sequencer = false;

    /// What execution gives instead, as far as it came: the transaction's receipt in consensus form, the encoded
    /// difference frame, the header's RLP.
    std::optional<Bytes> receipt;
    std::optional<Bytes> difference;
    std::optional<Bytes> header;
};

/// The first thing in a log that is not as execution and the rules have it.
struct Mismatch
{
    Finding finding;
    std::uint64_t block = 0;
    /// Number of the open mini-block.
    std::uint64_t mini_block = 0;
    /// Index in the block, and hash.
    std::optional<std::uint64_t> transaction;
    std::optional<Hash> transaction_hash;
    Evidence evidence;
};

/// One line for people.
std::string to_string(const Mismatch& mismatch);

/// The first field that differs; empty if none does. `said` is the sequencer's.
std::optional<Finding> compare(Check check, const types::Header& said, const types::Header& found);
/// Cumulative gas and bloom follow from the rest. The gas is the transaction's own.
std::optional<Finding> compare(const types::LoggedTransaction& said, const types::Receipt& found, std::uint64_t gas);
/// Accounts are named by their address if the world, which `found` was applied to, knows it.
std::optional<Finding> compare(const types::DifferenceFrame& said,
    const types::DifferenceFrame& found,
    const world::World& world);
std::optional<Finding> compare(std::span<const Bytes> said, std::span<const Bytes> found);
}  // namespace jiffy::replica
