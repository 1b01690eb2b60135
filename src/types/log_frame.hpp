// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/block.hpp"
#include "types/difference_frame.hpp"
#include "types/preconfirmation.hpp"

#include <variant>

namespace jiffy::types
{
/// The order log with its results, as disk, standbys and replicas get it: frames that a node can follow without
/// executing anything. What follows from the frames before is not in them.

/// A sequencer's term begins: what is signed from here on is signed on these terms, by this key.
struct EpochFrame
{
    StatementTerms terms;
    Address signer{};
    /// Microseconds of Unix time.
    std::uint64_t time = 0;

    friend bool operator==(const EpochFrame&, const EpochFrame&) = default;
};

/// A block begins.
struct OpenBlockFrame
{
    /// The fields that are fixed beforehand; the parent hash is not among them.
    Header opening;
    /// What the opening changed. The slot that the parent's hash goes to has its id from here on.
    DifferenceFrame difference;

    friend bool operator==(const OpenBlockFrame&, const OpenBlockFrame&) = default;
};

/// The parent of the open block is sealed.
struct ParentSealedFrame
{
    Header header;
    /// Its hash in its slot (EIP-2935).
    DifferenceFrame difference;

    friend bool operator==(const ParentSealedFrame&, const ParentSealedFrame&) = default;
};

/// An executed transaction with what came of it. The receipt's type, cumulative gas and bloom follow from the rest.
struct LoggedTransaction
{
    /// Without `to` if `recipient` has it.
    Transaction transaction;
    /// Id of the sender's account after the fragment.
    std::uint32_t sender = 0;
    /// Id of the account `to`, if it has one after the fragment.
    std::optional<std::uint32_t> recipient;
    bool success = false;
    std::uint64_t gas_used = 0;
    std::vector<Log> logs;
    /// Before Byzantium.
    std::optional<Hash> post_state;
    /// Of a deposit's receipt.
    std::optional<std::uint64_t> deposit_nonce;
    std::optional<std::uint64_t> deposit_receipt_version;

    friend bool operator==(const LoggedTransaction&, const LoggedTransaction&) = default;
};

/// The open block's next transactions, released together.
struct FragmentFrame
{
    /// Microseconds of Unix time.
    std::uint64_t time = 0;
    std::vector<LoggedTransaction> transactions;
    /// What they changed together.
    DifferenceFrame difference;
    crypto::RecoverableSignature signature;

    friend bool operator==(const FragmentFrame&, const FragmentFrame&) = default;
};

/// A mini-block ends within its block.
struct SealMiniFrame
{
    /// Microseconds of Unix time.
    std::uint64_t time = 0;
    crypto::RecoverableSignature signature;

    friend bool operator==(const SealMiniFrame&, const SealMiniFrame&) = default;
};

/// A block ends, and with it its last mini-block.
struct SealBlockFrame
{
    /// Of the mini-block.
    std::uint64_t time = 0;
    crypto::RecoverableSignature signature;
    /// EIP-7685, each with its type byte.
    std::vector<Bytes> requests;
    /// What the end of the block changed.
    DifferenceFrame difference;

    friend bool operator==(const SealBlockFrame&, const SealBlockFrame&) = default;
};

using LogFrame =
    std::variant<EpochFrame, OpenBlockFrame, ParentSealedFrame, FragmentFrame, SealMiniFrame, SealBlockFrame>;

/// Why bytes are no frame of the log.
using LogFrameError = FrameError;

/// What a reader knows of the place that a frame stands at in the log.
struct LogPosition
{
    /// Of the chain; transactions do not repeat it.
    std::uint64_t chain_id = 0;
    /// The ids that were given out by the frames before.
    IdCounts before;
};

/// The one encoding of a frame at its place in the log: a byte for its kind, then numbers as in the encoding of a
/// `DifferenceFrame`. A fragment's transactions come after their difference and mention accounts by their places in it;
/// a sender's nonce follows from its nonce after the fragment; words of calldata and logs and fee caps that the
/// fragment has had are a byte each. A transaction with blobs, authorizations or an access list, and a deposit, stands
/// in its canonical form. A frame that no sequencer makes, such as one with a recipient in two places, need not come
/// back as it was.
Bytes encode(const LogFrame& frame, std::uint64_t chain_id);
/// Likewise, behind what is in `output`.
void encode(const LogFrame& frame, std::uint64_t chain_id, Bytes& output);

/// Refuses whatever `encode` would not have written. Its memory is bounded by the input's size before it is taken: at
/// most about a hundred times as much, for logs without data.
Result<LogFrame, LogFrameError> decode_log_frame(BytesView encoded, const LogPosition& position);

/// What the frame changes in the state; null for a kind that changes nothing.
const DifferenceFrame* difference_of(const LogFrame& frame) noexcept;
}  // namespace jiffy::types
