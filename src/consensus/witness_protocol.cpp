// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_protocol.hpp"

#include "store/little_endian.hpp"

namespace jiffy::consensus
{
using feed::Fields;
using feed::ProtocolError;

namespace
{
constexpr FixedBytes<8> magic{{'J', 'I', 'F', 'F', 'Y', 'W', 'I', 'T'}};

enum class Kind : std::uint8_t
{
    hello = 1,
    read = 2,
    propose = 3,
    reply = 4,
    refusal = 5,
};

void put_kind(Bytes& output, Kind kind)
{
    output.push_back(static_cast<Byte>(kind));
}

void put_message(const WitnessHello& hello, Bytes& output)
{
    put_kind(output, Kind::hello);
    append(output, magic.view());
    feed::put_number(output, witness_version);
    feed::put_number(output, hello.chain.chain_id);
    append(output, hello.chain.genesis.view());
    feed::put_text(output, hello.token, feed::longest_token);
}

void put_message(const WitnessQuestion& question, Bytes& output)
{
    const auto* proposal = std::get_if<Propose>(&question.request);
    put_kind(output, proposal != nullptr ? Kind::propose : Kind::read);
    feed::put_number(output, question.number);
    if (proposal == nullptr)
        return;
    feed::put_number(output, proposal->expected);
    put(output, proposal->proposer);
    put(output, proposal->next);
}

void put_message(const WitnessReply& reply, Bytes& output)
{
    put_kind(output, Kind::reply);
    feed::put_number(output, reply.number);
    put(output, reply.current);
}

void put_message(const WitnessRefusal& refusal, Bytes& output)
{
    put_kind(output, Kind::refusal);
    feed::put_text(output, refusal.text, feed::longest_text);
}

WitnessMessage read_hello(Fields& fields)
{
    WitnessHello hello;
    hello.chain.chain_id = fields.number();
    hello.chain.genesis = fields.fixed<Hash::size()>();
    hello.token = fields.text(feed::longest_token);
    return hello;
}

WitnessMessage read_proposal(Fields& fields)
{
    WitnessQuestion question;
    question.number = fields.number();
    Propose proposal;
    proposal.expected = fields.number();
    proposal.proposer = read_member(fields);
    proposal.next = read_configuration(fields);
    question.request = std::move(proposal);
    return question;
}

WitnessMessage read_reply(Fields& fields)
{
    WitnessReply reply;
    reply.number = fields.number();
    reply.current = read_configuration(fields);
    return reply;
}
}  // namespace

Bytes encode(const WitnessMessage& message)
{
    Bytes output(feed::length_prefix_size);
    std::visit([&output](const auto& content) { put_message(content, output); }, message);
    store::put(output.data(), static_cast<std::uint32_t>(output.size() - feed::length_prefix_size));
    return output;
}

Result<WitnessMessage, ProtocolError> decode_witness(BytesView encoded)
{
    if (encoded.empty())
        return failure(ProtocolError::malformed);
    Fields fields{encoded.subspan(1)};
    std::optional<WitnessMessage> message;
    switch (static_cast<Kind>(encoded[0]))
    {
        case Kind::hello:
            fields.require(fields.fixed<magic.size()>() == magic);
            if (fields.number() != witness_version && !fields.is_bad())
                return failure(ProtocolError::other_version);
            message = read_hello(fields);
            break;
        case Kind::read:
            message = WitnessQuestion{fields.number(), ReadConfiguration{}};
            break;
        case Kind::propose:
            message = read_proposal(fields);
            break;
        case Kind::reply:
            message = read_reply(fields);
            break;
        case Kind::refusal:
            message = WitnessRefusal{fields.text(feed::longest_text)};
            break;
    }
    if (!message || !fields.at_end())
        return failure(ProtocolError::malformed);
    return *std::move(message);
}
}  // namespace jiffy::consensus
