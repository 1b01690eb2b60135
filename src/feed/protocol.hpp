// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/position.hpp"
#include "store/little_endian.hpp"
#include "types/preconfirmation.hpp"

#include <optional>
#include <span>
#include <string>
#include <variant>

/// The messages of the feed: a stream of frames of the order log over TCP.
///
/// Each message is its length (4 bytes, little-endian), which counts what follows, a byte for its kind, and its fields:
/// numbers as LEB128 in as few bytes as possible, hashes as they are, texts and tokens behind their length. A
/// subscriber says `Hello`; the server answers with `Welcome` or `Goodbye`, then sends `Records` and `Heartbeat` until
/// one of them ends it. Any message that is not exactly what `encode` would have written is refused.
namespace jiffy::feed
{
inline constexpr std::uint64_t protocol_version = 1;

inline constexpr std::size_t length_prefix_size = 4;
/// Bytes of a `Hello`, length and all.
inline constexpr std::size_t longest_hello = 512;
/// Bytes of a token.
inline constexpr std::size_t longest_token = 256;
/// Bytes of a text for people.
inline constexpr std::size_t longest_text = 1024;
/// Bytes of a record, as in the write-ahead log.
inline constexpr std::size_t longest_record = std::size_t{64} << 20;
/// Bytes of the records of a message, not compressed.
inline constexpr std::size_t longest_body = longest_record + 8;
/// Bytes of any message, length and all.
inline constexpr std::size_t longest_message = longest_body + 128;
/// In one message.
inline constexpr std::uint32_t most_records = 4096;

/// A subscriber begins.
struct Hello
{
    store::ChainIdentity chain;
    /// Of the record that it wants next.
    std::uint64_t wanted = 1;
    /// Of all records before that one, if it has them.
    std::optional<Hash> hash_before;
    bool takes_compressed = false;
    /// Secret that subscribers share with the server; empty if there is none.
    std::string token;

    friend bool operator==(const Hello&, const Hello&) = default;
};

/// The server has what was asked for.
struct Welcome
{
    /// The oldest record that can be asked for.
    std::uint64_t oldest = 1;
    /// One more than the newest that is released.
    std::uint64_t released_before = 1;
    /// What is signed now, and by whom.
    types::StatementTerms terms;
    Address signer{};
    /// Before the first record that will come.
    Hash hash_before{};

    friend bool operator==(const Welcome&, const Welcome&) = default;
};

/// Records that follow one another.
struct Records
{
    std::uint64_t first = 1;
    /// One more than the newest record that is released.
    std::uint64_t released_before = 1;
    /// After the last one.
    Hash hash_after{};
    /// Size of the body before it was compressed with zstd; nothing if it is not.
    std::optional<std::uint64_t> plain_size;
    /// Each record behind its length. Owned by the message's bytes.
    BytesView body;
};

/// Nothing has come for some time, but the server is there.
struct Heartbeat
{
    std::uint64_t released_before = 1;
    /// Microseconds of Unix time.
    std::uint64_t time = 0;

    friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

enum class GoodbyeCode : std::uint8_t
{
    /// What is wanted is no longer kept, or was never there.
    not_retained = 1,
    other_chain = 2,
    other_version = 3,
    wrong_token = 4,
    /// The subscriber does not read as fast as is written.
    too_slow = 5,
    /// The records before the wanted one are others than the subscriber has.
    other_history = 6,
    /// There is no room for another subscriber.
    full = 7,
    /// The server stops.
    closing = 8,
    /// What the subscriber has sent is no `Hello`.
    malformed = 9,
};

std::string_view to_string(GoodbyeCode code) noexcept;

/// The server cuts the connection.
struct Goodbye
{
    GoodbyeCode code = GoodbyeCode::closing;
    /// For people: why, and what to do.
    std::string text;

    friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

using Message = std::variant<Hello, Welcome, Records, Heartbeat, Goodbye>;

enum class ProtocolError : std::uint8_t
{
    /// Not what a message looks like.
    malformed,
    /// Longer than allowed.
    too_long,
    /// A `Hello` or `Welcome` of another version.
    other_version,
};

std::string_view to_string(ProtocolError error) noexcept;

/// The whole message of one of several kinds, with its length: `put(kind, output)` adds its fields. `body_size` bytes
/// of them, about, need room at once.
template <class AnyMessage, class Put>
Bytes encode_message(const AnyMessage& message, std::size_t body_size, Put put)
{
    Bytes output(length_prefix_size);
    output.reserve(body_size + 128);
    output.push_back(static_cast<Byte>(message.index() + 1));
    std::visit([&](const auto& kind) { put(kind, output); }, message);
    store::put(output.data(), static_cast<std::uint32_t>(output.size() - length_prefix_size));
    return output;
}

/// The whole message, with its length.
Bytes encode(const Message& message);

/// `encoded` is without the length. What `Records` has is not looked at before `unpack`.
Result<Message, ProtocolError> decode(BytesView encoded);

/// Adds a record to a body.
void pack(BytesView record, Bytes& body);

/// The records of a body that is not compressed, at least one and at most `most_records`, none of them empty.
Result<std::vector<BytesView>, ProtocolError> unpack(BytesView body);

/// Cuts a stream of bytes into messages. Its memory follows what has come, never what a length claims.
class MessageReader
{
public:
    /// Messages may have this many bytes, length and all.
    explicit MessageReader(std::size_t longest)
      : longest_{longest}
    {
    }

    void add(BytesView bytes);
    /// The next message without its length, until the next call of anything; nothing if it is not whole yet. After an
    /// error there is no next one.
    Result<std::optional<BytesView>, ProtocolError> next();

private:
    std::size_t longest_;
    Bytes buffer_;
    /// What was taken.
    std::size_t begin_ = 0;
};
}  // namespace jiffy::feed
