// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/witness_register.hpp"
#include "feed/protocol.hpp"

/// The messages between a witness and those who ask it, framed and written as those of the feed (`feed/protocol.hpp`).
/// A client says `WitnessHello`, then asks; each question has one answer, in order. `WitnessRefusal` ends a connection.
namespace jiffy::consensus
{
inline constexpr std::uint64_t witness_version = 1;
/// Bytes of any message, length and all.
inline constexpr std::size_t longest_witness_message = 1280;

/// A client begins.
struct WitnessHello
{
    store::ChainIdentity chain;
    /// Secret that the members share with the witness; empty if there is none.
    std::string token;

    friend bool operator==(const WitnessHello&, const WitnessHello&) = default;
};

struct WitnessQuestion
{
    /// Chosen by the client.
    std::uint64_t number = 0;
    WitnessRequest request;

    friend bool operator==(const WitnessQuestion&, const WitnessQuestion&) = default;
};

/// The current configuration, durable, after the question.
struct WitnessReply
{
    /// Of the question.
    std::uint64_t number = 0;
    Configuration current;

    friend bool operator==(const WitnessReply&, const WitnessReply&) = default;
};

/// The witness closes the connection.
struct WitnessRefusal
{
    /// For people: why, and what to do.
    std::string text;

    friend bool operator==(const WitnessRefusal&, const WitnessRefusal&) = default;
};

using WitnessMessage = std::variant<WitnessHello, WitnessQuestion, WitnessReply, WitnessRefusal>;

/// The whole message, with its length.
Bytes encode(const WitnessMessage& message);

/// `encoded` is without the length.
Result<WitnessMessage, feed::ProtocolError> decode_witness(BytesView encoded);
}  // namespace jiffy::consensus
