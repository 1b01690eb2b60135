// SPDX-License-Identifier: Apache-2.0
#include "sequencer/history.hpp"

namespace jiffy::sequencer
{
namespace
{
/// Room for the blocks between the open one and the one being sealed.
constexpr std::size_t least_blocks = 16;
/// For each transaction that comes; fewer than two would not get ahead.
constexpr std::size_t names_per_transaction = 2;
/// For each block, should what came before have been many more transactions than come now: half a millisecond.
constexpr std::size_t names_per_block = 2'000;
/// So many forgotten blocks may wait for that.
constexpr std::size_t most_forgotten = 4;
}  // namespace

History::History(std::size_t block_limit, std::uint64_t hash_seed, std::uint64_t transaction_limit)
  : mask_{std::bit_ceil(std::max(block_limit, least_blocks)) - 1}
  , ring_{std::make_unique<std::atomic<const Entry*>[]>(mask_ + 1)}
  , transactions_{hash_seed}
  , provisional_hashes_{hash_seed}
  , mini_blocks_{hash_seed}
  , hashes_{hash_seed}
  , transaction_limit_{transaction_limit}
{
}

History::~History()
{
    for (std::size_t i = 0; i <= mask_; ++i)
        delete ring_[i].load(std::memory_order_relaxed);
}

void History::begin(const std::shared_ptr<BlockRecord>& block, std::span<const Hash> ancestors)
{
    const auto number = block->number();
    first_hash_ = number - ancestors.size();
    for (std::size_t i = 0; i < ancestors.size(); ++i)
        recent_hashes_.add(first_hash_ + i, ancestors[i]);
    oldest_number_.store(number, std::memory_order_release);
    open(block);
    for (std::uint32_t i = 0; i < block->transactions.size(); ++i)
        transactions_.insert(block->transactions[i].hash, {number, i});
    for (std::uint32_t i = 0; i < block->mini_blocks.size(); ++i)
        index_mini_block(*block, i);
    index_sealed(block);
}

void History::open(const std::shared_ptr<BlockRecord>& block)
{
    const auto number = block->number();
    if (const auto previous = find(open_number_.load(std::memory_order_relaxed)))
        transaction_count_ += previous->transactions.size();
    const auto oldest = [this] { return oldest_number_.load(std::memory_order_relaxed); };
    const auto is_too_much = [&]
    {
        return number - oldest() > mask_ ||
               (transaction_count_ > transaction_limit_ && number - oldest() > least_blocks);
    };
    // The newest sealed block is kept, too: the sealing thread goes on from there, and readers ask for it.
    while (oldest() < sealed_number() && is_too_much())
        forget_oldest();
    if (forgotten_.size() > most_forgotten)
        clean_up(names_per_block);
    ring_[number & mask_].store(new Entry{block});
    provisional_hashes_.insert(block->provisional_hash, number);
    open_number_.store(number, std::memory_order_release);
}

void History::forget_oldest()
{
    const auto number = oldest_number_.load(std::memory_order_relaxed);
    const Entry* entry = ring_[number & mask_].exchange(nullptr);
    oldest_number_.store(number + 1, std::memory_order_release);
    transaction_count_ -= entry->block->transactions.size();
    provisional_hashes_.erase(entry->block->provisional_hash);
    forgotten_.push_back(entry->block);
    ring_epochs_.retire(entry);
}

bool History::clean_up(std::size_t most)
{
    for (; !forgotten_.empty(); forgotten_.pop_front(), names_taken_out_ = 0)
    {
        const auto& transactions = forgotten_.front()->transactions;
        for (; names_taken_out_ < transactions.size(); --most, ++names_taken_out_)
        {
            if (most == 0)
                return true;
            transactions_.erase(transactions[names_taken_out_].hash);
        }
    }
    return false;
}

void History::free_forgotten()
{
    const auto oldest = oldest_number();
    for (auto block = sealed_blocks_.begin(); block != sealed_blocks_.end() && (*block)->number() < oldest;)
    {
        // Nobody can find it any more, so that nobody new comes to hold it.
        if (block->use_count() != 1)
        {
            ++block;
            continue;
        }
        hashes_.erase((*block)->sealed()->hash);
        block = sealed_blocks_.erase(block);
    }
}

void History::index_newest_transaction(const std::shared_ptr<BlockRecord>& block)
{
    const auto index = block->transactions.size() - 1;
    transactions_.insert(block->transactions[index].hash, {block->number(), static_cast<std::uint32_t>(index)});
    clean_up(names_per_transaction);
    // A block shows once a user's transaction is in it; those of the protocol are in every block.
    if (block->transactions[index].transaction.type != types::TransactionType::deposit)
        raise_visible_number(block->number());
}

void History::seal(const std::shared_ptr<BlockRecord>& block, SealedBlock sealed)
{
    block->seal(std::move(sealed));
    index_sealed(block);
}

void History::index_sealed(const std::shared_ptr<BlockRecord>& block)
{
    hashes_.insert(block->sealed()->hash, block->number());
    recent_hashes_.add(block->number(), block->sealed()->hash);
    sealed_blocks_.push_back(block);
    sealed_number_.store(block->number(), std::memory_order_release);
    raise_visible_number(block->number());
}

void History::index_newest_mini_block(const std::shared_ptr<BlockRecord>& block)
{
    index_mini_block(*block, static_cast<std::uint32_t>(block->mini_blocks.size() - 1));
    for (const auto oldest = oldest_number(); mini_block_names_.front().first < oldest; mini_block_names_.pop_front())
        mini_blocks_.erase(mini_block_names_.front().second);
}

void History::index_mini_block(const BlockRecord& block, std::uint32_t index)
{
    mini_blocks_.insert(block.mini_blocks[index].hash, {block.number(), index});
    mini_block_names_.emplace_back(block.number(), block.mini_blocks[index].hash);
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
    const auto name = mini_blocks_.find(hash);
    auto block = name ? find(name->block) : nullptr;
    if (!block)
        return std::nullopt;
    return MiniBlockPlace{std::move(block), name->index};
}

void History::raise_visible_number(std::uint64_t number) noexcept
{
    auto current = visible_number_.load(std::memory_order_relaxed);
    while (current < number && !visible_number_.compare_exchange_weak(current, number, std::memory_order_acq_rel))
    {
    }
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
    auto number = hashes_.find(hash);
    if (!number)
        number = provisional_hashes_.find(hash);
    return number ? find(*number) : nullptr;
}

std::optional<TransactionPlace> History::find_transaction(const Hash& hash) const
{
    const auto name = transactions_.find(hash);
    auto block = name ? find(name->block) : nullptr;
    if (!block)
        return std::nullopt;
    return TransactionPlace{std::move(block), name->index};
}

evm::BlockHashes History::block_hashes() const noexcept
{
    return {this, [](const void* context, std::uint64_t number, Hash& result) noexcept
        {
            const auto& history = *static_cast<const History*>(context);
            const auto sealed = history.sealed_number();
            if (number > sealed)
                return state::Presence::unavailable;
            if (number >= history.first_hash_ && sealed - number <= RecentHashes::reach)
            {
                result = history.recent_hashes_.at(number);
                return state::Presence::present;
            }
            // Seen from a block of long ago.
            const auto block = history.find(number);
            if (!block)
                return state::Presence::absent;
            result = block->sealed()->hash;
            return state::Presence::present;
        }};
}
}  // namespace jiffy::sequencer
