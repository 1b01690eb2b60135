// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/records.hpp"
#include "store/block_index.hpp"

#include <list>

namespace jiffy::sequencer
{
struct ArchiveOptions
{
    store::SegmentOptions segments;
    /// Decoded blocks that are kept for whoever asks again, and transactions in them together; the newest in any case.
    std::size_t cached_blocks = 32;
    std::size_t cached_transactions = 20'000;
};

/// Sealed blocks on disk: segment files, which are the truth, and an index of them. One thread appends, any number
/// read; to read may take milliseconds. What is found is complete but for what its transactions changed and for its
/// state.
class Archive
{
public:
    using BlockResult = store::StoreResult<BlockPointer>;

    /// Opens what is in a data directory, which exists and is locked, or begins it. Brings the index up to date.
    static store::StoreResult<std::unique_ptr<Archive>> open(store::Disk& disk,
        const std::string& data_directory,
        const store::ChainIdentity& chain,
        const ArchiveOptions& options = {});

    /// The block after the last one, or any if there is none. Appending thread, as `cut_behind`.
    store::StoreResult<void> append(const BlockRecord& block);
    /// Takes away the blocks behind this number, if none of them was ever made durable by `sync`. While nobody reads.
    store::StoreResult<void> cut_behind(std::uint64_t number);
    /// Makes durable what was appended before. Any thread, as all that follows.
    store::StoreResult<void> sync() { return segments_->sync(); }

    /// Null if there is no such block.
    [[nodiscard]] BlockResult find(std::uint64_t number) const;
    [[nodiscard]] BlockResult find(const Hash& hash) const;
    /// Empty if there is none.
    [[nodiscard]] store::StoreResult<std::optional<TransactionPlace>> find_transaction(const Hash& hash) const;
    [[nodiscard]] store::StoreResult<std::optional<MiniBlockPlace>> find_mini_block(std::uint64_t number) const;
    [[nodiscard]] store::StoreResult<std::optional<MiniBlockPlace>> find_mini_block(const Hash& hash) const;
    /// Without reading the block.
    [[nodiscard]] store::StoreResult<std::optional<Hash>> hash_of(std::uint64_t number) const;
    [[nodiscard]] store::StoreResult<std::optional<std::uint64_t>> number_of(const Hash& hash) const;

    [[nodiscard]] std::uint64_t first_number() const noexcept { return segments_->first_number(); }
    /// Of the block to be appended next; the same as the first if there is none.
    [[nodiscard]] std::uint64_t next_number() const noexcept { return index_->next_number(); }
    /// The first of all that it has.
    [[nodiscard]] std::uint64_t oldest_mini_block() const noexcept { return oldest_mini_block_.load(); }
    /// The newest block that is on disk for good; empty if there is none.
    [[nodiscard]] std::optional<std::uint64_t> durable_number() const noexcept
    {
        const auto before = segments_->durable_before();
        return before > first_number() ? std::optional{before - 1} : std::nullopt;
    }
    [[nodiscard]] const store::BlockSegments& segments() const noexcept { return *segments_; }
    [[nodiscard]] const store::BlockIndex& index() const noexcept { return *index_; }

    /// A reader that cannot hand an error on says it here.
    void count_read_error() const noexcept { read_errors_.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] const std::atomic<std::uint64_t>& read_errors() const noexcept { return read_errors_; }

private:
    Archive(const ArchiveOptions& options,
        std::unique_ptr<store::BlockSegments> segments,
        std::unique_ptr<store::BlockIndex> index);

    store::StoreResult<void> bring_index_up_to_date();
    [[nodiscard]] BlockPointer cached(std::uint64_t number) const;
    void keep(BlockPointer block) const;

    ArchiveOptions options_;
    std::unique_ptr<store::BlockSegments> segments_;
    std::unique_ptr<store::BlockIndex> index_;
    std::atomic<std::uint64_t> oldest_mini_block_ = 0;
    mutable std::atomic<std::uint64_t> read_errors_ = 0;

    mutable std::mutex cache_mutex_;
    /// The block that was asked for last comes first.
    mutable std::list<BlockPointer> cache_;
    mutable std::size_t cached_transactions_ = 0;
};

/// The block in a record that was read; what is no block there is damage.
store::StoreResult<std::shared_ptr<BlockRecord>> block_in(const store::BlockSegments::Read& read);

/// What the index is to know of a block.
store::BlockNames names_of(const BlockRecord& block, const store::BlockPlace& place);

/// Where the archive's files are in a data directory.
std::string segments_directory(const std::string& data_directory);
std::string index_directory(const std::string& data_directory);
}  // namespace jiffy::sequencer
