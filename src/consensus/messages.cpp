// SPDX-License-Identifier: Apache-2.0
#include "consensus/messages.hpp"

#include "store/little_endian.hpp"

namespace jiffy::consensus
{
using feed::Fields;
using feed::ProtocolError;

namespace
{
constexpr FixedBytes<8> magic{{'J', 'I', 'F', 'F', 'Y', 'S', 'B', 'Y'}};

enum class Kind : std::uint8_t
{
    join = 1,
    welcome = 2,
    refused = 3,
    frames = 4,
    acknowledge = 5,
    released = 6,
    configured = 7,
    please_lead = 8,
    heartbeat = 9,
};

void put_preamble(Bytes& output)
{
    append(output, magic.view());
    feed::put_number(output, link_version);
}

void put_position(Bytes& output, const feed::FeedPosition& position)
{
    feed::put_number(output, position.sequence);
    append(output, position.hash.view());
}

feed::FeedPosition read_position(Fields& fields)
{
    feed::FeedPosition position;
    position.sequence = fields.number();
    position.hash = fields.fixed<Hash::size()>();
    fields.require(position.sequence != 0);
    return position;
}

void put_body(const Join& join, Bytes& output)
{
    put_preamble(output);
    feed::put_number(output, join.chain.chain_id);
    append(output, join.chain.genesis.view());
    feed::put_text(output, join.token, feed::longest_token);
    put(output, join.member);
    feed::put_number(output, join.epoch);
    feed::put_number(output, join.positions.size());
    for (const auto& position : join.positions)
        put_position(output, position);
}

void put_body(const Welcome& welcome, Bytes& output)
{
    put_preamble(output);
    put(output, welcome.configuration);
    put_position(output, welcome.position);
    feed::put_number(output, welcome.released_before);
}

void put_body(const Refused& refused, Bytes& output)
{
    feed::put_number(output, static_cast<std::uint64_t>(refused.reason));
    feed::put_text(output, refused.text, feed::longest_text);
}

void put_body(const Frames& frames, Bytes& output)
{
    feed::put_number(output, frames.epoch);
    feed::put_number(output, frames.first);
    feed::put_number(output, frames.released_before);
    append(output, frames.hash_after.view());
    append(output, frames.body);
}

void put_body(const Acknowledge& acknowledge, Bytes& output)
{
    feed::put_number(output, acknowledge.epoch);
    feed::put_number(output, acknowledge.before);
}

void put_body(const Released& released, Bytes& output)
{
    feed::put_number(output, released.before);
}

void put_body(const Configured& configured, Bytes& output)
{
    put(output, configured.configuration);
    feed::put_number(output, configured.released_before);
}

void put_body(const PleaseLead&, Bytes&) {}

void put_body(const Heartbeat& heartbeat, Bytes& output)
{
    feed::put_number(output, heartbeat.released_before);
}

/// True if the version is this one.
bool read_preamble(Fields& fields)
{
    fields.require(fields.fixed<magic.size()>() == magic);
    const auto version = fields.number();
    return fields.is_bad() || version == link_version;
}

Message read_join(Fields& fields)
{
    Join join;
    join.chain.chain_id = fields.number();
    join.chain.genesis = fields.fixed<Hash::size()>();
    join.token = fields.text(feed::longest_token);
    join.member = read_member(fields);
    join.epoch = fields.number();
    for (auto count = fields.number(most_positions); count != 0; --count)
        join.positions.push_back(read_position(fields));
    fields.require(!join.positions.empty());
    return join;
}

/// Of somebody who leads.
Configuration read_led(Fields& fields)
{
    auto configuration = read_configuration(fields);
    fields.require(configuration.epoch != 0);
    return configuration;
}

Message read_welcome(Fields& fields)
{
    Welcome welcome;
    welcome.configuration = read_led(fields);
    welcome.position = read_position(fields);
    welcome.released_before = fields.number();
    return welcome;
}

Message read_refused(Fields& fields)
{
    const auto reason = fields.number(static_cast<std::uint64_t>(RefusedReason::malformed));
    fields.require(reason != 0);
    return Refused{static_cast<RefusedReason>(reason), fields.text(feed::longest_text)};
}

Message read_frames(Fields& fields)
{
    Frames frames;
    frames.epoch = fields.number();
    frames.first = fields.number();
    frames.released_before = fields.number();
    frames.hash_after = fields.fixed<Hash::size()>();
    frames.body = fields.rest();
    fields.require(frames.first != 0 && !frames.body.empty() && frames.body.size() <= feed::longest_body);
    return frames;
}

Message read_acknowledge(Fields& fields)
{
    Acknowledge acknowledge;
    acknowledge.epoch = fields.number();
    acknowledge.before = fields.number();
    return acknowledge;
}

Message read_configured(Fields& fields)
{
    Configured configured;
    configured.configuration = read_led(fields);
    configured.released_before = fields.number();
    return configured;
}
}  // namespace

std::string_view to_string(RefusedReason reason) noexcept
{
    switch (reason)
    {
        case RefusedReason::wrong_token:
            return "wrong token";
        case RefusedReason::other_chain:
            return "another chain";
        case RefusedReason::other_version:
            return "another version";
        case RefusedReason::other_history:
            return "another history";
        case RefusedReason::not_retained:
            return "not retained";
        case RefusedReason::full:
            return "no room";
        case RefusedReason::name_taken:
            return "the leader's name";
        case RefusedReason::not_leading:
            return "not leading";
        case RefusedReason::malformed:
            return "malformed";
    }
    std::unreachable();
}

Bytes encode(const Message& message)
{
    const auto* frames = std::get_if<Frames>(&message);
    return feed::encode_message(message, frames != nullptr ? frames->body.size() : 0,
        [](const auto& kind, Bytes& output) { put_body(kind, output); });
}

Result<Message, ProtocolError> decode(BytesView encoded)
{
    if (encoded.empty())
        return failure(ProtocolError::malformed);
    Fields fields{encoded.subspan(1)};
    const auto kind = static_cast<Kind>(encoded[0]);
    const bool is_this_version = (kind != Kind::join && kind != Kind::welcome) || read_preamble(fields);
    if (!is_this_version)
        return failure(ProtocolError::other_version);
    std::optional<Message> message;
    switch (kind)
    {
        case Kind::join:
            message = read_join(fields);
            break;
        case Kind::welcome:
            message = read_welcome(fields);
            break;
        case Kind::refused:
            message = read_refused(fields);
            break;
        case Kind::frames:
            message = read_frames(fields);
            break;
        case Kind::acknowledge:
            message = read_acknowledge(fields);
            break;
        case Kind::released:
            message = Released{fields.number()};
            break;
        case Kind::configured:
            message = read_configured(fields);
            break;
        case Kind::please_lead:
            message = PleaseLead{};
            break;
        case Kind::heartbeat:
            message = Heartbeat{fields.number()};
            break;
    }
    if (!message || !fields.at_end())
        return failure(ProtocolError::malformed);
    return *std::move(message);
}
}  // namespace jiffy::consensus
