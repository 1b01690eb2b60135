// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/configuration.hpp"
#include "feed/protocol.hpp"

/// The messages between a leader and its standbys. A standby connects and says `Join`; the leader answers `Welcome` or
/// `Refused`, then sends records before they are released, which the standby acknowledges.
///
/// They are framed and written as those of the feed (`feed/protocol.hpp`), and cut out of a stream with its
/// `MessageReader`: a length of 4 bytes, a byte for the kind, fields that have one encoding each.
namespace jiffy::consensus
{
inline constexpr std::uint64_t link_version = 1;
/// Of a `Join`: places that the leader may let a standby go on from.
inline constexpr std::size_t most_positions = 32;
/// Bytes of a message other than `Frames`, length and all.
inline constexpr std::size_t longest_small_message = 4096;
/// Bytes of any message, length and all.
inline constexpr std::size_t longest_link_message = feed::longest_message;

/// A standby begins, or comes back on another connection.
struct Join
{
    store::ChainIdentity chain;
    /// Secret that the members share; empty if there is none.
    std::string token;
    Member member;
    /// The newest that it knows of.
    std::uint64_t epoch = 0;
    /// Ends of what it has, the one that it would go on from at best first: behind its last record, and places before
    /// it that it can return to. At least one.
    std::vector<feed::FeedPosition> positions;

    friend bool operator==(const Join&, const Join&) = default;
};

/// The leader takes it in. It need not be a standby by that; `Configured` says when it is.
struct Welcome
{
    Configuration configuration;
    /// The first of its positions that the leader's log has passed. Records from there on come next.
    feed::FeedPosition position;
    std::uint64_t released_before = 1;

    friend bool operator==(const Welcome&, const Welcome&) = default;
};

enum class RefusedReason : std::uint8_t
{
    wrong_token = 1,
    other_chain = 2,
    other_version = 3,
    /// None of its positions is in what the leader has.
    other_history = 4,
    /// The records from its positions on are no longer in the leader's memory: to be taken from the feed first.
    not_retained = 5,
    /// There is no room for another standby.
    full = 6,
    /// It is the leader's name.
    name_taken = 7,
    /// Whoever was asked does not lead, or no longer.
    not_leading = 8,
    malformed = 9,
};

std::string_view to_string(RefusedReason reason) noexcept;

struct Refused
{
    RefusedReason reason = RefusedReason::not_leading;
    /// For people: why, and what to do.
    std::string text;

    friend bool operator==(const Refused&, const Refused&) = default;
};

/// Records that follow one another, released or not.
struct Frames
{
    /// In which their leader leads. What comes in a newer one replaces what came in an older one.
    std::uint64_t epoch = 0;
    std::uint64_t first = 1;
    /// One more than the newest record that is released.
    std::uint64_t released_before = 1;
    /// After the last one.
    Hash hash_after{};
    /// Each record behind its length, as `feed::pack` makes it and `feed::unpack` reads it. Owned by the message's
    /// bytes.
    BytesView body;
};

/// The standby has all records of this epoch's leader before this one, and lets nobody else lead before it has said so.
struct Acknowledge
{
    std::uint64_t epoch = 0;
    std::uint64_t before = 1;

    friend bool operator==(const Acknowledge&, const Acknowledge&) = default;
};

/// Records are released, and no more come right now.
struct Released
{
    std::uint64_t before = 1;

    friend bool operator==(const Released&, const Released&) = default;
};

/// A configuration that the witness has accepted. Records from `released_before` on come again, made anew.
struct Configured
{
    Configuration configuration;
    std::uint64_t released_before = 1;

    friend bool operator==(const Configured&, const Configured&) = default;
};

/// The leader asks a standby to lead.
struct PleaseLead
{
    friend bool operator==(const PleaseLead&, const PleaseLead&) = default;
};

/// Either side is there.
struct Heartbeat
{
    std::uint64_t released_before = 1;

    friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

using Message = std::variant<Join, Welcome, Refused, Frames, Acknowledge, Released, Configured, PleaseLead, Heartbeat>;

/// The whole message, with its length.
Bytes encode(const Message& message);

/// `encoded` is without the length. What `Frames` has is not looked at before `feed::unpack`.
Result<Message, feed::ProtocolError> decode(BytesView encoded);
}  // namespace jiffy::consensus
