// SPDX-License-Identifier: Apache-2.0
#include "types/log_frame.hpp"

#include "types/log_parts.hpp"

namespace jiffy::types
{
namespace
{
/// First byte of a frame.
enum class Kind : std::uint8_t
{
    epoch = 1,
    open_block,
    parent_sealed,
    fragment,
    seal_mini,
    seal_block,
};

/// Of a fragment: what a transfer takes at most, so that the output seldom has to move.
constexpr std::size_t usual_transaction_size = 192;
constexpr std::size_t usual_frame_size = 256;

void put_signature(FrameWriter& writer, const crypto::RecoverableSignature& signature)
{
    writer.bytes(to_hash(signature.r).view());
    writer.bytes(to_hash(signature.s).view());
    writer.byte(signature.y_parity);
}

crypto::RecoverableSignature read_signature(FrameReader& reader) noexcept
{
    crypto::RecoverableSignature signature;
    signature.r = to_u256(reader.fixed<32>());
    signature.s = to_u256(reader.fixed<32>());
    signature.y_parity = reader.byte();
    reader.require(signature.y_parity <= 1);
    return signature;
}

Header read_header(FrameReader& reader)
{
    if (auto header = decode_header(reader.string()))
        return std::move(*header);
    reader.fail(FrameError::invalid_header);
    return {};
}

void put(FrameWriter& writer, const EpochFrame& frame, std::uint64_t /*chain_id*/)
{
    writer.byte(static_cast<Byte>(Kind::epoch));
    writer.byte(static_cast<Byte>(frame.terms.domain));
    writer.number(frame.terms.chain_id);
    writer.number(frame.terms.epoch);
    writer.byte(static_cast<Byte>(frame.terms.durability));
    writer.bytes(frame.signer.view());
    writer.number(frame.time);
}

EpochFrame read_epoch(FrameReader& reader)
{
    EpochFrame frame;
    const Byte domain = reader.byte();
    frame.terms.chain_id = reader.number();
    frame.terms.epoch = reader.number();
    const Byte durability = reader.byte();
    frame.signer = reader.fixed<20>();
    frame.time = reader.number();
    reader.require(domain <= static_cast<Byte>(StatementDomain::development) &&
                   durability <= static_cast<Byte>(Durability::standby_and_disk));
    frame.terms.domain = static_cast<StatementDomain>(domain);
    frame.terms.durability = static_cast<Durability>(durability);
    return frame;
}

void put(FrameWriter& writer, const OpenBlockFrame& frame, std::uint64_t /*chain_id*/)
{
    writer.byte(static_cast<Byte>(Kind::open_block));
    writer.string(encode(frame.opening));
    put_difference(writer, frame.difference);
}

void put(FrameWriter& writer, const ParentSealedFrame& frame, std::uint64_t /*chain_id*/)
{
    writer.byte(static_cast<Byte>(Kind::parent_sealed));
    writer.string(encode(frame.header));
    put_difference(writer, frame.difference);
}

/// An `OpenBlockFrame` or a `ParentSealedFrame`.
template <class Frame>
Frame read_with_header(FrameReader& reader, const IdCounts& before)
{
    auto header = read_header(reader);
    return {std::move(header), read_difference(reader, before)};
}

void put(FrameWriter& writer, const FragmentFrame& frame, std::uint64_t chain_id)
{
    writer.byte(static_cast<Byte>(Kind::fragment));
    writer.number(frame.time);
    put_signature(writer, frame.signature);
    put_difference(writer, frame.difference);
    writer.number(frame.transactions.size());
    const AccountMentions accounts{frame.difference.accounts, frame.difference.after.accounts};
    WordTable words;
    for (const auto& transaction : frame.transactions)
        put_logged(writer, words, accounts, chain_id, transaction);
}

FragmentFrame read_fragment(FrameReader& reader, const LogPosition& position)
{
    FragmentFrame frame;
    frame.time = reader.number();
    frame.signature = read_signature(reader);
    frame.difference = read_difference(reader, position.before);
    frame.transactions.resize(reader.count(smallest_logged_transaction));
    const AccountMentions accounts{frame.difference.accounts, frame.difference.after.accounts};
    WordTable words;
    for (auto& transaction : frame.transactions)
    {
        if (reader.error())
            break;
        read_logged(reader, words, accounts, position.chain_id, transaction);
    }
    return frame;
}

void put(FrameWriter& writer, const SealMiniFrame& frame, std::uint64_t /*chain_id*/)
{
    writer.byte(static_cast<Byte>(Kind::seal_mini));
    writer.number(frame.time);
    put_signature(writer, frame.signature);
}

void put(FrameWriter& writer, const SealBlockFrame& frame, std::uint64_t /*chain_id*/)
{
    writer.byte(static_cast<Byte>(Kind::seal_block));
    writer.number(frame.time);
    put_signature(writer, frame.signature);
    writer.number(frame.requests.size());
    for (const auto& request : frame.requests)
        writer.string(request);
    put_difference(writer, frame.difference);
}

SealBlockFrame read_seal_block(FrameReader& reader, const IdCounts& before)
{
    SealBlockFrame frame;
    frame.time = reader.number();
    frame.signature = read_signature(reader);
    frame.requests.resize(reader.count(1));
    for (auto& request : frame.requests)
        request = to_bytes(reader.string());
    frame.difference = read_difference(reader, before);
    return frame;
}

LogFrame read_frame(FrameReader& reader, const LogPosition& position)
{
    switch (static_cast<Kind>(reader.byte()))
    {
        case Kind::epoch:
            return read_epoch(reader);
        case Kind::open_block:
            return read_with_header<OpenBlockFrame>(reader, position.before);
        case Kind::parent_sealed:
            return read_with_header<ParentSealedFrame>(reader, position.before);
        case Kind::fragment:
            return read_fragment(reader, position);
        case Kind::seal_mini:
        {
            const auto time = reader.number();
            return SealMiniFrame{time, read_signature(reader)};
        }
        case Kind::seal_block:
            return read_seal_block(reader, position.before);
    }
    reader.fail(FrameError::unknown_kind);
    return {};
}

/// Calls `action` with the frame that it is.
template <class Action>
void with_frame(const LogFrame& frame, const Action& action)
{
    if (const auto* const fragment = std::get_if<FragmentFrame>(&frame))
        action(*fragment);
    else if (const auto* const seal_mini = std::get_if<SealMiniFrame>(&frame))
        action(*seal_mini);
    else if (const auto* const open_block = std::get_if<OpenBlockFrame>(&frame))
        action(*open_block);
    else if (const auto* const parent_sealed = std::get_if<ParentSealedFrame>(&frame))
        action(*parent_sealed);
    else if (const auto* const seal_block = std::get_if<SealBlockFrame>(&frame))
        action(*seal_block);
    else if (const auto* const epoch = std::get_if<EpochFrame>(&frame))
        action(*epoch);
}
}  // namespace

void encode(const LogFrame& frame, std::uint64_t chain_id, Bytes& output)
{
    FrameWriter writer{output};
    with_frame(frame, [&](const auto& one) { put(writer, one, chain_id); });
}

Bytes encode(const LogFrame& frame, std::uint64_t chain_id)
{
    Bytes output;
    const auto* const fragment = std::get_if<FragmentFrame>(&frame);
    output.reserve(
        usual_frame_size + (fragment != nullptr ? fragment->transactions.size() * usual_transaction_size : 0));
    encode(frame, chain_id, output);
    return output;
}

Result<LogFrame, LogFrameError> decode_log_frame(BytesView encoded, const LogPosition& position)
{
    FrameReader reader{encoded};
    Result<LogFrame, LogFrameError> frame{read_frame(reader, position)};
    if (reader.error())
        return failure(*reader.error());
    if (reader.left() != 0)
        return failure(LogFrameError::trailing_bytes);
    return frame;
}

const DifferenceFrame* difference_of(const LogFrame& frame) noexcept
{
    const DifferenceFrame* difference = nullptr;
    with_frame(frame,
        [&](const auto& one)
        {
            if constexpr (requires { one.difference; })
                difference = &one.difference;
        });
    return difference;
}
}  // namespace jiffy::types
