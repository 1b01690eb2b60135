// SPDX-License-Identifier: Apache-2.0
#include "sequencer/history.hpp"

namespace jiffy::sequencer
{
namespace
{
/// Room for the blocks between the open one and the one being sealed.
constexpr std::size_t least_blocks = 16;
}  // namespace

History::History(std::size_t block_limit, std::uint64_t hash_seed)
  : mask_{std::bit_ceil(std::max(block_limit, least_blocks)) - 1}
  , ring_{std::make_unique<std::atomic<const Entry*>[]>(mask_ + 1)}
  , transactions_{hash_seed}
  , provisional_hashes_{hash_seed}
  , mini_blocks_{hash_seed}
  , hashes_{hash_seed}
{
}

History::~History()
{
    for (std::size_t i = 0; i <= mask_; ++i)
        delete ring_[i].load(std::memory_order_relaxed);
}

void History::open(const std::shared_ptr<BlockRecord>& block)
{
    auto& place = ring_[block->number() & mask_];
    const Entry* old = place.exchange(new Entry{block});
    if (old != nullptr)
    {
        forget(*old->block);
        ring_epochs_.retire(old);
    }
    provisional_hashes_.insert(block->provisional_hash, block);
    open_number_.store(block->number(), std::memory_order_release);
}

void History::forget(const BlockRecord& block)
{
    for (std::size_t i = 0; i < block.transactions.size(); ++i)
        transactions_.erase(block.transactions[i].hash);
    provisional_hashes_.erase(block.provisional_hash);
}

void History::index_newest_transaction(const std::shared_ptr<BlockRecord>& block)
{
    const auto index = block->transactions.size() - 1;
    transactions_.insert(block->transactions[index].hash, {block, static_cast<std::uint32_t>(index)});
    // A block shows once a user's transaction is in it; those of the protocol are in every block.
    if (block->transactions[index].transaction.type != types::TransactionType::deposit)
        raise_visible_number(block->number());
}

void History::seal(const std::shared_ptr<BlockRecord>& block, SealedBlock sealed)
{
    const Hash hash = sealed.hash;
    block->seal(std::move(sealed));
    hashes_.insert(hash, block);
    if (const auto old = find_leaving(block->number()); old && old->sealed() != nullptr)
        hashes_.erase(old->sealed()->hash);
    sealed_number_.store(block->number(), std::memory_order_release);
    raise_visible_number(block->number());
}

void History::index_newest_mini_block(const std::shared_ptr<BlockRecord>& block)
{
    const auto index = block->mini_blocks.size() - 1;
    mini_blocks_.insert(block->mini_blocks[index].hash, {block, static_cast<std::uint32_t>(index)});
    if (index != 0)
        return;
    if (const auto old = find_leaving(block->number()))
        for (std::size_t i = 0; i < old->mini_blocks.size(); ++i)
            mini_blocks_.erase(old->mini_blocks[i].hash);
}

BlockPointer History::find_leaving(std::uint64_t newest) const
{
    const std::size_t distance = mask_ - 2;
    return newest >= distance ? find(newest - distance) : nullptr;
}

std::optional<MiniBlockPlace> History::find_mini_block(std::uint64_t number) const
{
    // The last block whose first mini-block is not behind the wanted one.
    auto begin = oldest_number();
    auto end = open_number_.load(std::memory_order_acquire) + 1;
    while (end - begin > 1)
    {
        const auto middle = begin + (end - begin) / 2;
        const auto block = find(middle);
        const auto* start = block ? block->release_start() : nullptr;
        if (block && (start == nullptr || start->first_mini_block > number))
            end = middle;
        else
            begin = middle;
    }
    auto block = find(begin);
    if (!block || block->release_start() == nullptr)
        return std::nullopt;
    const auto first = block->release_start()->first_mini_block;
    if (number < first || number - first >= block->mini_blocks.size())
        return std::nullopt;
    return MiniBlockPlace{std::move(block), static_cast<std::uint32_t>(number - first)};
}

std::optional<MiniBlockPlace> History::find_mini_block(const Hash& hash) const
{
    return mini_blocks_.find(hash);
}

void History::raise_visible_number(std::uint64_t number) noexcept
{
    auto current = visible_number_.load(std::memory_order_relaxed);
    while (current < number && !visible_number_.compare_exchange_weak(current, number, std::memory_order_acq_rel))
    {
    }
}

std::uint64_t History::oldest_number() const noexcept
{
    const auto newest = open_number_.load(std::memory_order_acquire);
    return newest > mask_ ? newest - mask_ : 0;
}

BlockPointer History::newest(const std::atomic<std::uint64_t>& number) const
{
    // A thread that was away between the two reads for as long as the history is finds nothing, and looks again.
    for (;;)
        if (auto block = find(number.load(std::memory_order_acquire)))
            return block;
}

BlockPointer History::find(std::uint64_t number) const
{
    const auto guard = ring_epochs_.enter();
    const Entry* entry = ring_[number & mask_].load();
    return entry != nullptr && entry->block->number() == number ? entry->block : nullptr;
}

BlockPointer History::find(const Hash& hash) const
{
    if (auto found = hashes_.find(hash))
        return *found;
    return provisional_hashes_.find(hash).value_or(nullptr);
}

std::optional<TransactionPlace> History::find_transaction(const Hash& hash) const
{
    return transactions_.find(hash);
}

evm::BlockHashes History::block_hashes() const noexcept
{
    return {this, [](const void* context, std::uint64_t number, Hash& result) noexcept
        {
            const auto block = static_cast<const History*>(context)->find(number);
            if (!block)
                return state::Presence::absent;
            const auto* sealed = block->sealed();
            if (sealed == nullptr)
                return state::Presence::unavailable;
            result = sealed->hash;
            return state::Presence::present;
        }};
}
}  // namespace jiffy::sequencer
