// SPDX-License-Identifier: Apache-2.0
#include "sequencer/archive.hpp"

#include "sequencer/block_coding.hpp"

#include <algorithm>

namespace jiffy::sequencer
{
using store::StoreResult;

store::StoreResult<std::shared_ptr<BlockRecord>> block_in(const store::BlockSegments::Read& read)
{
    auto block = decode_block_record(read.block);
    if (!block || (*block)->number() != read.head.number || (*block)->hash() != read.head.hash)
        return failure(store::Error{store::ErrorKind::damaged, 0,
            "the archive's record of block " + std::to_string(read.head.number) +
                " was not damaged on disk, but cannot be read: was it written by another version of jiffy?"});
    return std::move(*block);
}

store::BlockNames names_of(const BlockRecord& block, const store::BlockPlace& place)
{
    store::BlockNames names{.number = block.number(),
        .hash = block.hash(),
        .place = place,
        .transactions = {},
        .first_mini_block = block.release_start()->first_mini_block,
        .mini_blocks = {}};
    names.transactions.reserve(block.transactions.size());
    for (std::size_t i = 0; i < block.transactions.size(); ++i)
        names.transactions.push_back(block.transactions[i].hash);
    names.mini_blocks.reserve(block.mini_blocks.size());
    for (std::size_t i = 0; i < block.mini_blocks.size(); ++i)
        names.mini_blocks.push_back(block.mini_blocks[i].hash);
    return names;
}

std::string segments_directory(const std::string& data_directory)
{
    return data_directory + "/blocks";
}

std::string index_directory(const std::string& data_directory)
{
    return data_directory + "/block-index";
}

StoreResult<std::unique_ptr<Archive>> Archive::open(store::Disk& disk,
    const std::string& data_directory,
    const store::ChainIdentity& chain,
    const ArchiveOptions& options)
{
    if (auto made = disk.create_directories(segments_directory(data_directory)); !made)
        return failure(made.error());
    auto segments = store::BlockSegments::open(disk, segments_directory(data_directory), chain, options.segments);
    if (!segments)
        return failure(segments.error());
    auto index = store::BlockIndex::open(index_directory(data_directory), chain, **segments);
    if (!index)
        return failure(index.error());
    std::unique_ptr<Archive> archive{new Archive{options, std::move(*segments), std::move(*index)}};
    if (auto brought = archive->bring_index_up_to_date(); !brought)
        return failure(brought.error());
    if (archive->next_number() != archive->first_number())
    {
        const auto first = archive->find(archive->first_number());
        if (!first)
            return failure(first.error());
        archive->oldest_mini_block_ = (*first)->release_start()->first_mini_block;
    }
    return archive;
}

Archive::Archive(const ArchiveOptions& options,
    std::unique_ptr<store::BlockSegments> segments,
    std::unique_ptr<store::BlockIndex> index)
  : options_{options}
  , segments_{std::move(segments)}
  , index_{std::move(index)}
{
}

StoreResult<void> Archive::bring_index_up_to_date()
{
    StoreResult<void> added;
    auto scanned = segments_->scan(index_->next_number(), store::BlockSegments::Wanted::blocks,
        [&](const store::BlockSegments::Read& read)
        {
            const auto block = block_in(read);
            added = block ? index_->add(names_of(**block, read.place)) : failure(block.error());
            return added.has_value();
        });
    return scanned ? added : scanned;
}

StoreResult<void> Archive::append(const BlockRecord& block)
{
    const bool is_first = segments_->next_number() == segments_->first_number();
    const auto place = segments_->append(block.number(), block.hash(), encode_block(block));
    if (!place)
        return failure(place.error());
    if (is_first)
        oldest_mini_block_ = block.release_start()->first_mini_block;
    return index_->add(names_of(block, *place));
}

StoreResult<void> Archive::cut_behind(std::uint64_t number)
{
    if (number + 1 >= next_number())
        return {};
    if (number + 1 < segments_->said_durable_before())
        return failure(store::Error{store::ErrorKind::not_retained, 0,
            "the archive has blocks up to " + std::to_string(next_number() - 1) + ", and those before " +
                std::to_string(segments_->said_durable_before()) +
                " were on disk together with the log, but the chain "
                "leaves them at block " +
                std::to_string(number) +
                ": the log has lost its end, or belongs to another chain. Use a copy of the whole data directory"});
    if (auto cut = index_->cut_behind(number); !cut)
        return cut;
    {
        const std::scoped_lock lock{cache_mutex_};
        cache_.clear();
        cached_transactions_ = 0;
    }
    return segments_->cut_behind(number);
}

BlockPointer Archive::cached(std::uint64_t number) const
{
    const std::scoped_lock lock{cache_mutex_};
    const auto found = std::ranges::find(cache_, number, [](const BlockPointer& block) { return block->number(); });
    if (found == cache_.end())
        return nullptr;
    cache_.splice(cache_.begin(), cache_, found);
    return cache_.front();
}

void Archive::keep(BlockPointer block) const
{
    const std::scoped_lock lock{cache_mutex_};
    if (std::ranges::find(cache_, block->number(), [](const BlockPointer& kept) { return kept->number(); }) !=
        cache_.end())
        return;
    cached_transactions_ += block->transactions.size();
    cache_.push_front(std::move(block));
    while (cache_.size() > 1 &&
           (cache_.size() > options_.cached_blocks || cached_transactions_ > options_.cached_transactions))
    {
        cached_transactions_ -= cache_.back()->transactions.size();
        cache_.pop_back();
    }
}

Archive::BlockResult Archive::find(std::uint64_t number) const
{
    if (number < first_number() || number >= next_number())
        return nullptr;
    if (auto block = cached(number))
        return block;
    const auto place = index_->block(number);
    if (!place)
        return failure(place.error());
    if (!*place)
        return nullptr;
    const auto read = segments_->read((*place)->place);
    if (!read)
        return failure(read.error());
    auto block = block_in(*read);
    if (!block)
        return failure(block.error());
    keep(*block);
    return BlockPointer{std::move(*block)};
}

StoreResult<std::optional<Hash>> Archive::hash_of(std::uint64_t number) const
{
    const auto found = index_->block(number);
    if (!found)
        return failure(found.error());
    return *found ? std::optional{(*found)->hash} : std::nullopt;
}

StoreResult<std::optional<std::uint64_t>> Archive::number_of(const Hash& hash) const
{
    const auto named = index_->block(hash);
    if (!named)
        return failure(named.error());
    if (!*named)
        return std::nullopt;
    const auto found = hash_of((*named)->number);
    if (!found)
        return failure(found.error());
    return *found == hash ? std::optional{(*named)->number} : std::nullopt;
}

Archive::BlockResult Archive::find(const Hash& hash) const
{
    const auto number = number_of(hash);
    if (!number)
        return failure(number.error());
    return *number ? find(**number) : nullptr;
}

StoreResult<std::optional<TransactionPlace>> Archive::find_transaction(const Hash& hash) const
{
    const auto named = index_->transaction(hash);
    if (!named)
        return failure(named.error());
    if (!*named)
        return std::nullopt;
    auto block = find((*named)->number);
    if (!block)
        return failure(block.error());
    const auto index = (*named)->index;
    if (*block == nullptr || index >= (*block)->transactions.size() || (*block)->transactions[index].hash != hash)
        return std::nullopt;
    return TransactionPlace{std::move(*block), index};
}

StoreResult<std::optional<MiniBlockPlace>> Archive::find_mini_block(const Hash& hash) const
{
    const auto named = index_->mini_block(hash);
    if (!named)
        return failure(named.error());
    if (!*named)
        return std::nullopt;
    auto block = find((*named)->number);
    if (!block)
        return failure(block.error());
    const auto index = (*named)->index;
    if (*block == nullptr || index >= (*block)->mini_blocks.size() || (*block)->mini_blocks[index].hash != hash)
        return std::nullopt;
    return MiniBlockPlace{std::move(*block), index};
}

StoreResult<std::optional<MiniBlockPlace>> Archive::find_mini_block(std::uint64_t number) const
{
    const auto named = index_->block_of_mini_block(number);
    if (!named)
        return failure(named.error());
    if (!*named)
        return std::nullopt;
    auto block = find(**named);
    if (!block)
        return failure(block.error());
    if (*block == nullptr)
        return std::nullopt;
    const auto index = number - (*block)->release_start()->first_mini_block;
    if (index >= (*block)->mini_blocks.size())
        return std::nullopt;
    return MiniBlockPlace{std::move(*block), static_cast<std::uint32_t>(index)};
}
}  // namespace jiffy::sequencer
