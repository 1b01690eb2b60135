// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/preconfirmation.hpp"

namespace jiffy::types
{
/// Header of a mini-block: a run of its block's transactions, sealed every few milliseconds.
struct MiniBlock
{
    std::uint64_t number = 0;
    /// Hash of the mini-block before; zero for the chain's first.
    Hash parent;
    std::uint64_t block_number = 0;
    /// Unix time in seconds: the end of the block's interval.
    std::uint64_t block_timestamp = 0;
    /// Index in its block.
    std::uint64_t index = 0;
    /// Microseconds of Unix time.
    std::uint64_t time = 0;
    /// Of its transactions together.
    std::uint64_t gas_used = 0;
    /// Roots of the tries of rlp(index in the mini-block) -> transaction, and -> receipt, both in consensus form.
    Hash transactions_root;
    Hash receipts_root;
    /// Keccak-256 of the encoded `DifferenceFrame` of what its transactions changed.
    Hash difference;

    friend bool operator==(const MiniBlock&, const MiniBlock&) = default;
};

/// Keccak-256 of 0x03 and the RLP of [version, domain, chain id, epoch, durability, number, parent, block number, block
/// timestamp, index, time, gas used, transactions root, receipts root, difference]. The sequencer signs it.
Hash mini_block_hash(const StatementTerms& terms, const MiniBlock& mini_block);

struct SignedMiniBlock
{
    StatementTerms terms;
    MiniBlock mini_block;
    crypto::RecoverableSignature signature;

    friend bool operator==(const SignedMiniBlock&, const SignedMiniBlock&) = default;
};

/// Address of the key that signed it, if the signature is one with a low s.
std::optional<Address> signer_of(const SignedMiniBlock& signed_mini_block);
}  // namespace jiffy::types
