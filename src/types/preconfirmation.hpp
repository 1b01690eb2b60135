// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/secp256k1.hpp"
#include "types/block.hpp"
#include "types/merkle_tree.hpp"
#include "types/receipt.hpp"

namespace jiffy::types
{
/// What a preconfirmation waited for before it was released.
enum class Durability : std::uint8_t
{
    /// Nothing: a crash may lose it.
    memory = 0,
    /// Written to disk and synced.
    disk = 1,
    /// Acknowledged by a standby.
    standby = 2,
    standby_and_disk = 3,
};

/// Which chains a statement is worth something on.
enum class StatementDomain : std::uint8_t
{
    production = 0,
    /// A chain whose operator may rewrite it at will: its statements are no evidence.
    development = 1,
};

/// Who signs, and how much the signatures promise; the same for every statement of a sequencer's term.
struct StatementTerms
{
    StatementDomain domain = StatementDomain::production;
    std::uint64_t chain_id = 0;
    /// Number of the sequencer's term: a hand-over or a rewinding of the chain begins another.
    std::uint64_t epoch = 0;
    Durability durability = Durability::memory;

    friend bool operator==(const StatementTerms&, const StatementTerms&) = default;
};

inline constexpr std::uint64_t statement_version = 1;

/// The sequencer's statement that a transaction has been executed at its place, with this result.
struct Preconfirmation
{
    StatementTerms terms;
    std::uint64_t block_number = 0;
    /// `environment_commitment` of its block.
    Hash environment;
    /// Number of the mini-block that it stands in.
    std::uint64_t mini_block = 0;
    /// Index in its block.
    std::uint64_t index = 0;
    Hash transaction;
    /// `receipt_commitment` of its receipt.
    Hash receipt;
    /// `extend_prefix` over all transactions of the block up to and with this one, from the environment on.
    Hash prefix;
    /// Microseconds of Unix time.
    std::uint64_t time = 0;

    friend bool operator==(const Preconfirmation&, const Preconfirmation&) = default;
};

/// A preconfirmation with the signature of the batch that it was signed in.
struct SignedPreconfirmation
{
    Preconfirmation statement;
    /// Its place among the leaves of the batch, and their number.
    std::uint32_t leaf_index = 0;
    std::uint32_t leaf_count = 1;
    std::vector<Hash> proof;
    crypto::RecoverableSignature signature;

    friend bool operator==(const SignedPreconfirmation&, const SignedPreconfirmation&) = default;
};

/// The most preconfirmations behind one signature.
inline constexpr std::uint32_t most_leaves = 256;

/// Commits to what a block's transactions can see of it and is fixed before any of them runs, and through
/// `parent_prefix`, the prefix after the last transaction of the block before, to all history: keccak-256 of 0x04 and
/// the RLP of [number, timestamp, beneficiary, gas limit, base fee, mix hash, parent prefix].
Hash environment_commitment(const Header& opening, const Hash& parent_prefix);

/// Keccak-256 of a receipt's consensus form, as it stands in the block's receipts trie.
Hash receipt_commitment(const Receipt& receipt);

/// Keccak-256 of 0x05, the prefix before, the transaction's hash and its receipt commitment.
Hash extend_prefix(const Hash& prefix, const Hash& transaction, const Hash& receipt) noexcept;

/// Keccak-256 of 0x00 and the RLP of the statement's fields: [version, domain, chain id, epoch, durability, block
/// number, environment, mini-block, index, transaction, receipt, prefix, time].
Hash leaf_hash(const Preconfirmation& statement);

/// Room for what is hashed of a statement.
using StatementBuffer = std::array<Byte, 512>;

/// Writes what `leaf_hash` is the hash of, for whoever hashes many at once; gives the number of bytes.
std::size_t put_leaf(const Preconfirmation& statement, StatementBuffer& buffer) noexcept;

/// What is signed for a batch: keccak-256 of 0x02 and the RLP of [version, domain, chain id, epoch, durability,
/// number of leaves, root].
Hash batch_digest(const StatementTerms& terms, std::uint32_t leaf_count, const Hash& root);

/// Address of the key that signed it; empty if the proof does not fit, or the signature is none or has a high s. Needs
/// nothing but its argument. A statement that was altered has some other signer: it proves nothing before its signer is
/// compared with the sequencer's address.
std::optional<Address> signer_of(const SignedPreconfirmation& preconfirmation);
}  // namespace jiffy::types
