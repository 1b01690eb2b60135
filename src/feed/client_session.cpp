// SPDX-License-Identifier: Apache-2.0
#include "feed/client_session.hpp"

namespace jiffy::feed
{
namespace
{
std::unexpected<Fault> fault(FaultKind kind, std::string text)
{
    return std::unexpected{Fault{kind, std::move(text)}};
}

std::unexpected<Fault> fault_of(ProtocolError error)
{
    const auto kind = error == ProtocolError::other_version ? FaultKind::other_version : FaultKind::malformed;
    return fault(kind, "the server sent " + std::string{to_string(error)});
}

FaultKind kind_of(GoodbyeCode code)
{
    switch (code)
    {
        case GoodbyeCode::not_retained:
            return FaultKind::not_retained;
        case GoodbyeCode::other_chain:
            return FaultKind::other_chain;
        case GoodbyeCode::other_version:
            return FaultKind::other_version;
        case GoodbyeCode::wrong_token:
            return FaultKind::wrong_token;
        case GoodbyeCode::other_history:
            return FaultKind::other_history;
        case GoodbyeCode::malformed:
            return FaultKind::malformed;
        case GoodbyeCode::too_slow:
        case GoodbyeCode::full:
        case GoodbyeCode::closing:
            return FaultKind::disconnected;
    }
    std::unreachable();
}
}  // namespace

ClientSession::ClientSession(const store::ChainIdentity& chain, const ClientStart& start, std::size_t longest)
  : chain_{chain}
  , position_{start}
  , reader_{longest}
{
}

Bytes ClientSession::hello(const std::string& token, bool takes_compressed) const
{
    return encode(Hello{.chain = chain_,
        .wanted = position_.sequence,
        .hash_before = position_.hash,
        .takes_compressed = takes_compressed,
        .token = token});
}

Result<void, Fault> ClientSession::receive(BytesView bytes, const RecordTaker& take)
{
    reader_.add(bytes);
    for (;;)
    {
        const auto message = reader_.next();
        if (!message)
            return fault_of(message.error());
        if (!*message)
            return {};
        if (auto taken = take_message(**message, take); !taken)
            return taken;
    }
}

Result<void, Fault> ClientSession::take_message(BytesView encoded, const RecordTaker& taker)
{
    const auto message = decode(encoded);
    if (!message)
        return fault_of(message.error());
    if (const auto* goodbye = std::get_if<Goodbye>(&*message))
        return fault(
            kind_of(goodbye->code), "the server says: " + std::string{to_string(goodbye->code)} + ": " + goodbye->text);
    if (const auto* welcome = std::get_if<Welcome>(&*message); welcome != nullptr && !welcome_)
        return take(*welcome);
    if (const auto* records = std::get_if<Records>(&*message); records != nullptr && welcome_)
        return take(*records, taker);
    const auto* heartbeat = std::get_if<Heartbeat>(&*message);
    if (heartbeat == nullptr || !welcome_)
        return fault(FaultKind::malformed, "the server sent a message that has no place there");
    released_before_ = heartbeat->released_before;
    return {};
}

Result<void, Fault> ClientSession::take(const Welcome& welcome)
{
    if (welcome.terms.chain_id != chain_.chain_id)
        return fault(FaultKind::other_chain, "the server signs for chain " + std::to_string(welcome.terms.chain_id));
    if (position_.hash && *position_.hash != welcome.hash_before)
        return fault(FaultKind::other_history, "the server has other records before record " +
                                                   std::to_string(position_.sequence) +
                                                   ": begin again, from genesis or a snapshot");
    position_.hash = welcome.hash_before;
    released_before_ = welcome.released_before;
    welcome_ = welcome;
    return {};
}

Result<void, Fault> ClientSession::take(const Records& records, const RecordTaker& taker)
{
    if (records.first != position_.sequence)
        return fault(FaultKind::broken_chain, "record " + std::to_string(records.first) + " came where record " +
                                                  std::to_string(position_.sequence) + " belongs");
    auto body = records.body;
    if (records.plain_size)
    {
        const auto plain = decompressor_.decompress(body, *records.plain_size);
        if (!plain)
            return fault_of(plain.error());
        body = *plain;
    }
    const auto unpacked = unpack(body);
    if (!unpacked)
        return fault_of(unpacked.error());
    FeedPosition after{position_.sequence, *position_.hash};
    for (const auto record : *unpacked)
        hasher_.step(after, record);
    if (after.hash != records.hash_after)
        return fault(FaultKind::broken_chain, "a record of those from " + std::to_string(position_.sequence) +
                                                  " to below " + std::to_string(after.sequence) +
                                                  " is not what its hash says");
    if (!taker(*unpacked, after))
        return fault(FaultKind::not_taken, "a record of those from " + std::to_string(position_.sequence) +
                                               " to below " + std::to_string(after.sequence) + " cannot be followed");
    position_ = after;
    released_before_ = records.released_before;
    return {};
}
}  // namespace jiffy::feed
