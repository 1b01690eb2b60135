// SPDX-License-Identifier: Apache-2.0
#include "replica/checkpoint.hpp"

#include "sequencer/block_coding.hpp"
#include "types/field_reader.hpp"

namespace jiffy::replica
{
namespace
{
constexpr std::uint64_t version = 2;
/// Without a place in the feed.
constexpr std::uint64_t oldest_version = 1;
}  // namespace

Checkpoint make_checkpoint(const sequencer::BlockRecord& block,
    const sequencer::History& history,
    const LogPlace& place)
{
    Checkpoint checkpoint{.log_sequence = place.sequence,
        .epoch = place.epoch,
        .feed = place.feed,
        .position = block.release_end(),
        .ancestors = {},
        .block = {}};
    const auto hashes = history.block_hashes();
    const auto count = std::min(block.number(), most_ancestors);
    for (auto number = block.number() - count; number < block.number(); ++number)
    {
        Hash hash;
        // What a chain that began in the middle never knew, it does not need.
        if (hashes.lookup(hashes.context, number, hash) == state::Presence::present)
            checkpoint.ancestors.push_back(hash);
    }
    checkpoint.block = sequencer::encode_block(block);
    return checkpoint;
}

Bytes encode(const Checkpoint& checkpoint)
{
    rlp::Writer writer;
    const auto list = writer.open_list();
    writer.integer(version);
    writer.integer(checkpoint.log_sequence);
    const auto& [terms, signer, time] = checkpoint.epoch;
    writer.integer(static_cast<std::uint64_t>(terms.domain));
    writer.integer(terms.chain_id);
    writer.integer(terms.epoch);
    writer.integer(static_cast<std::uint64_t>(terms.durability));
    writer.fixed(signer);
    writer.integer(time);
    Bytes feed_hash;
    if (checkpoint.feed)
        append(feed_hash, checkpoint.feed->hash.view());
    writer.integer(checkpoint.feed ? checkpoint.feed->sequence : 0);
    writer.bytes(feed_hash);
    const auto& position = checkpoint.position;
    writer.fixed(position.prefix);
    writer.integer(position.mini_block);
    writer.fixed(position.mini_block_parent);
    writer.integer(position.mini_block_start);
    writer.integer(position.fragment_time);
    Bytes ancestors;
    for (const auto& hash : checkpoint.ancestors)
        append(ancestors, hash.view());
    writer.bytes(ancestors);
    writer.bytes(checkpoint.block);
    writer.close_list(list);
    return std::move(writer).result();
}

Result<Checkpoint, types::FrameError> decode_checkpoint(BytesView encoded)
{
    auto fields = types::FieldReader::of(encoded);
    Checkpoint checkpoint;
    std::uint64_t found_version = 0;
    std::uint64_t domain = 0;
    std::uint64_t durability = 0;
    BytesView ancestors;
    fields.read(found_version);
    if (found_version < oldest_version || found_version > version)
        return failure(fields.ok() ? types::FrameError::unknown_version : types::FrameError::malformed);
    auto& [terms, signer, time] = checkpoint.epoch;
    auto& position = checkpoint.position;
    fields.read(checkpoint.log_sequence);
    fields.read(domain);
    fields.read(terms.chain_id);
    fields.read(terms.epoch);
    fields.read(durability);
    fields.read(signer);
    fields.read(time);
    BytesView feed_hash;
    std::uint64_t feed_sequence = 0;
    if (found_version != oldest_version)
    {
        fields.read(feed_sequence);
        fields.read(feed_hash);
    }
    fields.read(position.prefix);
    fields.read(position.mini_block);
    fields.read(position.mini_block_parent);
    fields.read(position.mini_block_start);
    fields.read(position.fragment_time);
    fields.read(ancestors);
    fields.read(checkpoint.block);
    if (fields.final_error() || domain > 1 || durability > 3 || ancestors.size() % sizeof(Hash) != 0 ||
        ancestors.size() / sizeof(Hash) > most_ancestors ||
        (feed_sequence == 0 ? !feed_hash.empty() : feed_hash.size() != sizeof(Hash)))
        return failure(types::FrameError::malformed);
    terms.domain = static_cast<types::StatementDomain>(domain);
    terms.durability = static_cast<types::Durability>(durability);
    if (feed_sequence != 0)
        checkpoint.feed = {feed_sequence, Hash::from(feed_hash)};
    for (; !ancestors.empty(); ancestors = ancestors.subspan(sizeof(Hash)))
        checkpoint.ancestors.push_back(Hash::from(ancestors.first(sizeof(Hash))));
    return checkpoint;
}
}  // namespace jiffy::replica
