// SPDX-License-Identifier: Apache-2.0
#include "sequencer/chain_reader.hpp"

namespace jiffy::sequencer
{
template <class Found>
Found ChainReader::or_nothing(store::StoreResult<Found> found) const
{
    if (found)
        return std::move(*found);
    archive_->count_read_error();
    return {};
}

std::uint64_t ChainReader::oldest_number() const noexcept
{
    const auto in_memory = history_->oldest_number();
    return has_archive() ? std::min(archive_->first_number(), in_memory) : in_memory;
}

std::uint64_t ChainReader::oldest_mini_block() const
{
    if (has_archive())
        return archive_->oldest_mini_block();
    for (;;)
    {
        // Gone between the two questions, if it is not there: ask again.
        const auto block = history_->find(history_->oldest_number());
        if (block && block->release_start() != nullptr)
            return block->release_start()->first_mini_block;
    }
}

BlockPointer ChainReader::find(std::uint64_t number) const
{
    auto block = history_->find(number);
    return block || !has_archive() ? block : or_nothing(archive_->find(number));
}

BlockPointer ChainReader::find(const Hash& hash) const
{
    auto block = history_->find(hash);
    return block || !has_archive() ? block : or_nothing(archive_->find(hash));
}

std::optional<std::uint64_t> ChainReader::number_of(const Hash& hash) const
{
    if (const auto block = history_->find(hash))
        return block->number();
    return has_archive() ? or_nothing(archive_->number_of(hash)) : std::nullopt;
}

std::optional<TransactionPlace> ChainReader::find_transaction(const Hash& hash) const
{
    auto place = history_->find_transaction(hash);
    return place || !has_archive() ? place : or_nothing(archive_->find_transaction(hash));
}

std::optional<MiniBlockPlace> ChainReader::find_mini_block(std::uint64_t number) const
{
    auto place = history_->find_mini_block(number);
    return place || !has_archive() ? place : or_nothing(archive_->find_mini_block(number));
}

std::optional<MiniBlockPlace> ChainReader::find_mini_block(const Hash& hash) const
{
    auto place = history_->find_mini_block(hash);
    return place || !has_archive() ? place : or_nothing(archive_->find_mini_block(hash));
}
}  // namespace jiffy::sequencer
