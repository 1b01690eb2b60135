// SPDX-License-Identifier: Apache-2.0
#include "feed/protocol.hpp"

#include "feed/fields.hpp"
#include "store/little_endian.hpp"

#include <algorithm>

namespace jiffy::feed
{
namespace
{
constexpr FixedBytes<8> magic{{'J', 'I', 'F', 'F', 'Y', 'F', 'E', 'D'}};

enum class Kind : std::uint8_t
{
    hello = 1,
    welcome = 2,
    records = 3,
    heartbeat = 4,
    goodbye = 5,
};

void put_preamble(Bytes& output)
{
    append(output, magic.view());
    put_number(output, protocol_version);
}

void put_body(const Hello& hello, Bytes& output)
{
    put_preamble(output);
    put_number(output, hello.chain.chain_id);
    append(output, hello.chain.genesis.view());
    put_number(output, hello.wanted);
    put_number(output, hello.hash_before ? 1 : 0);
    if (hello.hash_before)
        append(output, hello.hash_before->view());
    put_number(output, hello.takes_compressed ? 1 : 0);
    put_text(output, hello.token, longest_token);
}

void put_body(const Welcome& welcome, Bytes& output)
{
    put_preamble(output);
    put_number(output, welcome.oldest);
    put_number(output, welcome.released_before);
    put_number(output, static_cast<std::uint64_t>(welcome.terms.domain));
    put_number(output, welcome.terms.chain_id);
    put_number(output, welcome.terms.epoch);
    put_number(output, static_cast<std::uint64_t>(welcome.terms.durability));
    append(output, welcome.signer.view());
    append(output, welcome.hash_before.view());
}

void put_body(const Records& records, Bytes& output)
{
    put_number(output, records.first);
    put_number(output, records.released_before);
    append(output, records.hash_after.view());
    put_number(output, records.plain_size ? 1 : 0);
    if (records.plain_size)
        put_number(output, *records.plain_size);
    append(output, records.body);
}

void put_body(const Heartbeat& heartbeat, Bytes& output)
{
    put_number(output, heartbeat.released_before);
    put_number(output, heartbeat.time);
}

void put_body(const Goodbye& goodbye, Bytes& output)
{
    put_number(output, static_cast<std::uint64_t>(goodbye.code));
    put_text(output, goodbye.text, longest_text);
}

/// True if the version is this one.
bool read_preamble(Fields& fields)
{
    fields.require(fields.fixed<magic.size()>() == magic);
    const auto version = fields.number();
    return fields.is_bad() || version == protocol_version;
}

Message read_hello(Fields& fields)
{
    Hello hello;
    hello.chain.chain_id = fields.number();
    hello.chain.genesis = fields.fixed<Hash::size()>();
    hello.wanted = fields.number();
    if (fields.flag())
        hello.hash_before = fields.fixed<Hash::size()>();
    hello.takes_compressed = fields.flag();
    hello.token = fields.text(longest_token);
    fields.require(hello.wanted != 0);
    return hello;
}

Message read_welcome(Fields& fields)
{
    Welcome welcome;
    welcome.oldest = fields.number();
    welcome.released_before = fields.number();
    welcome.terms.domain = static_cast<types::StatementDomain>(
        fields.number(static_cast<std::uint64_t>(types::StatementDomain::development)));
    welcome.terms.chain_id = fields.number();
    welcome.terms.epoch = fields.number();
    welcome.terms.durability =
        static_cast<types::Durability>(fields.number(static_cast<std::uint64_t>(types::Durability::standby_and_disk)));
    welcome.signer = fields.fixed<Address::size()>();
    welcome.hash_before = fields.fixed<Hash::size()>();
    return welcome;
}

Message read_records(Fields& fields)
{
    Records records;
    records.first = fields.number();
    records.released_before = fields.number();
    records.hash_after = fields.fixed<Hash::size()>();
    if (fields.flag())
        records.plain_size = fields.number(longest_body);
    records.body = fields.rest();
    fields.require(!records.body.empty() && records.body.size() <= longest_body);
    return records;
}

Message read_heartbeat(Fields& fields)
{
    Heartbeat heartbeat;
    heartbeat.released_before = fields.number();
    heartbeat.time = fields.number();
    return heartbeat;
}

Message read_goodbye(Fields& fields)
{
    const auto code = fields.number(static_cast<std::uint64_t>(GoodbyeCode::malformed));
    fields.require(code != 0);
    return Goodbye{static_cast<GoodbyeCode>(code), fields.text(longest_text)};
}
}  // namespace

std::string_view to_string(GoodbyeCode code) noexcept
{
    switch (code)
    {
        case GoodbyeCode::not_retained:
            return "not retained";
        case GoodbyeCode::other_chain:
            return "another chain";
        case GoodbyeCode::other_version:
            return "another version";
        case GoodbyeCode::wrong_token:
            return "wrong token";
        case GoodbyeCode::too_slow:
            return "too slow";
        case GoodbyeCode::other_history:
            return "another history";
        case GoodbyeCode::full:
            return "no room";
        case GoodbyeCode::closing:
            return "closing";
        case GoodbyeCode::malformed:
            return "malformed";
    }
    std::unreachable();
}

std::string_view to_string(ProtocolError error) noexcept
{
    switch (error)
    {
        case ProtocolError::malformed:
            return "not a message of the feed";
        case ProtocolError::too_long:
            return "a message that is too long";
        case ProtocolError::other_version:
            return "another version of the feed";
    }
    std::unreachable();
}

Bytes encode(const Message& message)
{
    const auto* records = std::get_if<Records>(&message);
    return encode_message(message, records != nullptr ? records->body.size() : 0,
        [](const auto& kind, Bytes& output) { put_body(kind, output); });
}

Result<Message, ProtocolError> decode(BytesView encoded)
{
    if (encoded.empty())
        return failure(ProtocolError::malformed);
    Fields fields{encoded.subspan(1)};
    const auto kind = static_cast<Kind>(encoded[0]);
    const bool is_this_version = (kind != Kind::hello && kind != Kind::welcome) || read_preamble(fields);
    if (!is_this_version)
        return failure(ProtocolError::other_version);
    std::optional<Message> message;
    switch (kind)
    {
        case Kind::hello:
            message = read_hello(fields);
            break;
        case Kind::welcome:
            message = read_welcome(fields);
            break;
        case Kind::records:
            message = read_records(fields);
            break;
        case Kind::heartbeat:
            message = read_heartbeat(fields);
            break;
        case Kind::goodbye:
            message = read_goodbye(fields);
            break;
    }
    if (!message || !fields.at_end())
        return failure(ProtocolError::malformed);
    return *std::move(message);
}

void pack(BytesView record, Bytes& body)
{
    put_number(body, record.size());
    append(body, record);
}

Result<std::vector<BytesView>, ProtocolError> unpack(BytesView body)
{
    std::vector<BytesView> records;
    Fields fields{body};
    while (fields.has_more())
    {
        const auto record = fields.take(fields.number(longest_record));
        fields.require(!record.empty() && records.size() < most_records);
        records.push_back(record);
    }
    if (fields.is_bad() || records.empty())
        return failure(ProtocolError::malformed);
    return records;
}

void MessageReader::add(BytesView bytes)
{
    if (begin_ == buffer_.size())
    {
        buffer_.clear();
        begin_ = 0;
        // One long message is no reason to keep its memory.
        constexpr std::size_t kept = std::size_t{1} << 20;
        if (buffer_.capacity() > kept)
            buffer_ = {};
    }
    else if (begin_ > buffer_.size() / 2)
    {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
        begin_ = 0;
    }
    append(buffer_, bytes);
}

Result<std::optional<BytesView>, ProtocolError> MessageReader::next()
{
    const auto rest = BytesView{buffer_}.subspan(begin_);
    if (rest.size() < length_prefix_size)
        return std::nullopt;
    const std::size_t length = store::get<std::uint32_t>(rest.data());
    if (length == 0)
        return failure(ProtocolError::malformed);
    if (length > longest_ - length_prefix_size)
        return failure(ProtocolError::too_long);
    if (rest.size() < length_prefix_size + length)
        return std::nullopt;
    begin_ += length_prefix_size + length;
    return rest.subspan(length_prefix_size, length);
}
}  // namespace jiffy::feed
