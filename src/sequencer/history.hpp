// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/environment.hpp"
#include "sequencer/hash_index.hpp"
#include "sequencer/recent_hashes.hpp"
#include "sequencer/records.hpp"

#include <deque>

namespace jiffy::sequencer
{
/// Blocks, mini-blocks, transactions and receipts of the last blocks, in memory. Three threads write, each its own
/// part: the sequencing thread opens blocks and adds transactions, the releasing thread adds mini-blocks, the sealing
/// thread seals. Reading takes no lock.
class History
{
public:
    /// Keeps `block_limit` blocks, rounded up to a power of two, and fewer if they hold more than `transaction_limit`
    /// transactions together.
    explicit History(std::size_t block_limit,
        std::uint64_t hash_seed = 0,
        std::uint64_t transaction_limit = ~std::uint64_t{0});
    History(const History&) = delete;
    History& operator=(const History&) = delete;
    ~History();

    /// Makes a sealed block the beginning of an empty history. `ancestors` are the hashes of the blocks before it, as
    /// far as execution may ask for them, oldest first. Before anybody reads.
    void begin(const std::shared_ptr<BlockRecord>& block, std::span<const Hash> ancestors);

    /// The block that must be sealed before the one with this number is opened, because that takes its place or comes
    /// behind it; 0 if none.
    [[nodiscard]] std::uint64_t sealed_before_opening(std::uint64_t number) const noexcept
    {
        return number > mask_ ? number - mask_ : 0;
    }
    /// Sequencing thread: makes `block` the open one; the oldest blocks beyond the limits are forgotten, but never one
    /// that is not sealed. To take the names of their transactions out is left to those that come later, and to
    /// `clean_up`.
    void open(const std::shared_ptr<BlockRecord>& block);
    /// Sequencing thread: makes the open block's newest transaction findable by its hash.
    void index_newest_transaction(const std::shared_ptr<BlockRecord>& block);
    /// Sequencing thread: takes up to `most` names of forgotten transactions out; false if none is left.
    bool clean_up(std::size_t most);
    /// Releasing thread: makes the block's newest mini-block findable by its hash.
    void index_newest_mini_block(const std::shared_ptr<BlockRecord>& block);
    /// Sealing thread: makes the block the sealed head.
    void seal(const std::shared_ptr<BlockRecord>& block, SealedBlock sealed);
    /// Sealing thread: frees forgotten blocks that nobody holds any more, so that no other thread has to.
    void free_forgotten();

    /// The block under construction; for a moment, until the next one is open, the newest one sealed.
    [[nodiscard]] BlockPointer open_block() const { return newest(open_number_); }
    /// The newest block with its roots.
    [[nodiscard]] BlockPointer sealed_head() const { return newest(sealed_number_); }
    [[nodiscard]] std::uint64_t sealed_number() const noexcept
    {
        return sealed_number_.load(std::memory_order_acquire);
    }
    /// The number that `eth_blockNumber` gives: the newest block that is sealed or holds a user's transaction.
    [[nodiscard]] std::uint64_t visible_number() const noexcept
    {
        return visible_number_.load(std::memory_order_acquire);
    }
    [[nodiscard]] std::uint64_t oldest_number() const noexcept
    {
        return oldest_number_.load(std::memory_order_acquire);
    }

    /// Null if there is no such block, or not any more.
    [[nodiscard]] BlockPointer find(std::uint64_t number) const;
    /// By canonical or provisional hash.
    [[nodiscard]] BlockPointer find(const Hash& hash) const;
    [[nodiscard]] std::optional<TransactionPlace> find_transaction(const Hash& hash) const;
    /// A sealed mini-block; empty if there is none such, or not any more.
    [[nodiscard]] std::optional<MiniBlockPlace> find_mini_block(std::uint64_t number) const;
    [[nodiscard]] std::optional<MiniBlockPlace> find_mini_block(const Hash& hash) const;

    /// For execution: hashes of the newest sealed blocks, kept here or not; that of a block whose roots are not known
    /// yet is unavailable.
    [[nodiscard]] evm::BlockHashes block_hashes() const noexcept;

private:
    struct Entry
    {
        std::shared_ptr<BlockRecord> block;
    };
    /// By numbers, so that a name left behind holds no block.
    struct Name
    {
        std::uint64_t block = 0;
        std::uint32_t index = 0;
    };
    /// The block whose number the writer keeps there; never null once there is one.
    [[nodiscard]] BlockPointer newest(const std::atomic<std::uint64_t>& number) const;
    /// Sequencing thread: forgets the oldest block.
    void forget_oldest();
    void raise_visible_number(std::uint64_t number) noexcept;
    void index_sealed(const std::shared_ptr<BlockRecord>& block);
    void index_mini_block(const BlockRecord& block, std::uint32_t index);

    std::size_t mask_;
    std::unique_ptr<std::atomic<const Entry*>[]> ring_;
    /// An entry holds its block.
    EpochDomain ring_epochs_{1};
    HashIndex<Name> transactions_;
    HashIndex<std::uint64_t> provisional_hashes_;
    /// Written by the releasing thread. With the numbers of their blocks, oldest first.
    HashIndex<Name> mini_blocks_;
    std::deque<std::pair<std::uint64_t, Hash>> mini_block_names_;
    /// Written by the sealing thread; what is not said to be another's by the sequencing thread.
    HashIndex<std::uint64_t> hashes_;
    RecentHashes recent_hashes_;
    /// Number of the first block whose hash is among them.
    std::uint64_t first_hash_ = 0;
    std::deque<BlockPointer> sealed_blocks_;
    /// Forgotten blocks with names that are not taken out yet, oldest first, and how many of the first one's are.
    std::deque<BlockPointer> forgotten_;
    std::size_t names_taken_out_ = 0;
    std::uint64_t transaction_limit_;
    /// In the blocks that are kept, but for the newest.
    std::uint64_t transaction_count_ = 0;
    std::atomic<std::uint64_t> oldest_number_ = 0;
    std::atomic<std::uint64_t> open_number_ = 0;
    std::atomic<std::uint64_t> sealed_number_ = 0;
    std::atomic<std::uint64_t> visible_number_ = 0;
};
}  // namespace jiffy::sequencer
