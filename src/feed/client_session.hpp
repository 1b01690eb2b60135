// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/compression.hpp"

#include <functional>

namespace jiffy::feed
{
/// Why a subscriber gets no more records.
enum class FaultKind : std::uint8_t
{
    /// The connection ended, or could not be made, or the server had no room: to be tried again.
    disconnected,
    not_retained,
    other_chain,
    other_version,
    wrong_token,
    /// The server's records are others than those that the subscriber has.
    other_history,
    /// What came is not what a server sends.
    malformed,
    /// A record is missing, came twice or was altered.
    broken_chain,
    /// Whoever takes the records cannot go on.
    not_taken,
};

struct Fault
{
    FaultKind kind = FaultKind::disconnected;
    /// For people: what is wrong, and what to do.
    std::string text;
};

/// True if it may be otherwise next time.
constexpr bool is_passing(FaultKind kind) noexcept
{
    return kind == FaultKind::disconnected;
}

/// Where a subscriber begins.
struct ClientStart
{
    /// Of the record that it wants next.
    std::uint64_t sequence = 1;
    /// Of all records before; without it whatever the server says is believed.
    std::optional<Hash> hash;

    ClientStart() = default;
    ClientStart(const FeedPosition& position)
      : sequence{position.sequence}
      , hash{position.hash}
    {
    }
};

/// Takes the records of a message, all of them checked, and the position behind them; false if it cannot go on. The
/// records are there until it returns.
using RecordTaker = std::function<bool(std::span<const BytesView> records, const FeedPosition& after)>;

/// The subscriber's side of one connection, without the connection: bytes come in, records that follow one another come
/// out.
class ClientSession
{
public:
    /// `longest` bounds messages, and with them memory.
    ClientSession(const store::ChainIdentity& chain, const ClientStart& start, std::size_t longest = longest_message);

    /// What to begin with.
    [[nodiscard]] Bytes hello(const std::string& token, bool takes_compressed) const;
    /// What came next from the server. After a fault the session is over.
    Result<void, Fault> receive(BytesView bytes, const RecordTaker& take);

    /// What the server said of itself; nothing before it has.
    [[nodiscard]] const std::optional<Welcome>& welcome() const noexcept { return welcome_; }
    /// Behind what was taken; the place to begin the next session at.
    [[nodiscard]] const ClientStart& position() const noexcept { return position_; }
    /// One more than the newest record that the server is known to have.
    [[nodiscard]] std::uint64_t released_before() const noexcept { return released_before_; }

private:
    Result<void, Fault> take(const Welcome& welcome);
    Result<void, Fault> take(const Records& records, const RecordTaker& taker);
    Result<void, Fault> take_message(BytesView encoded, const RecordTaker& taker);

    store::ChainIdentity chain_;
    ClientStart position_;
    std::uint64_t released_before_ = 0;
    std::optional<Welcome> welcome_;
    MessageReader reader_;
    Decompressor decompressor_;
    ChainHasher hasher_;
};
}  // namespace jiffy::feed
