// SPDX-License-Identifier: Apache-2.0
#include "byte_source.hpp"
#include "consensus/leader_core.hpp"
#include "consensus/standby_core.hpp"
#include "require.hpp"

namespace
{
using namespace jiffy;
using namespace jiffy::consensus;

constexpr store::ChainIdentity chain{};
const Member self{"b", 2};
const Configuration led{3, {"a", 1}, {}};

/// Gives records the hash that no input hits upon, if they follow on what the standby has.
Message sealed(Message message, const StandbyCore& standby)
{
    auto* frames = std::get_if<Frames>(&message);
    const auto records = frames != nullptr ? feed::unpack(frames->body) : failure(feed::ProtocolError::malformed);
    if (!records)
        return message;
    feed::ChainHasher hasher;
    for (auto position : {standby.end(), standby.handed_out()})
        if (frames->first == position.sequence)
        {
            for (const auto record : *records)
                hasher.step(position, record);
            frames->hash_after = position.hash;
        }
    return message;
}

/// A core takes whatever can be said, and stays in order.
void tell_standby(std::span<const Message> messages)
{
    StandbyCore standby{
        {}, {.chain = chain, .self = self, .configuration = led, .positions = {feed::beginning_of(chain)}}};
    std::uint64_t next = 1;
    Time now = 0;
    StandbyCommands out;
    standby.connected(now, out);
    for (const auto& message : messages)
    {
        out.clear();
        standby.received(sealed(message, standby), ++now, out);
        standby.connected(++now, out);
        for (const auto& command : out)
            if (const auto* handed = std::get_if<HandOut>(&command))
            {
                fuzz::require(handed->first == next, "records are handed out in order");
                next += handed->records.size();
                fuzz::require(handed->after.sequence == next, "the position is behind them");
            }
        fuzz::require(standby.handed_out().sequence == next, "it is where it has handed out");
        fuzz::require(standby.end().sequence >= next, "its end is behind that");
    }
}

void tell_leader(std::span<const Message> messages)
{
    constexpr std::uint64_t end = 5;
    const auto positions = [](std::uint64_t sequence) -> std::optional<feed::FeedPosition>
    { return sequence >= 1 && sequence <= end ? std::optional{feed::FeedPosition{sequence, {}}} : std::nullopt; };
    LeaderCore leader{
        {}, {.chain = chain, .configuration = led, .released_before = 3, .former_leader = std::nullopt}, positions};
    LeaderCommands out;
    Time now = 0;
    leader.appended(end, now, out);
    for (const auto& message : messages)
    {
        out.clear();
        leader.received(now % 3, message, now, out);
        leader.tick(now += 10'000, out);
        fuzz::require(leader.released_before() <= end, "only what is there is released");
    }
}
}  // namespace

// The input is cut into messages, each behind its length as two bytes. A message that is taken has one encoding; what
// the state machines make of them breaks nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::ByteSource source{{data, size}};
    std::vector<Bytes> encoded;
    std::vector<Message> messages;
    encoded.reserve(64);
    while (!source.empty() && encoded.size() < 64)
    {
        encoded.push_back(source.bytes(std::min<std::size_t>(source.word(), 4096)));
        const auto message = decode(encoded.back());
        if (!message)
            continue;
        fuzz::require(equal(BytesView{encode(*message)}.subspan(feed::length_prefix_size), encoded.back()),
            "a message is encoded as it was decoded");
        messages.push_back(*message);
    }
    tell_standby(messages);
    tell_leader(messages);
    return 0;
}
