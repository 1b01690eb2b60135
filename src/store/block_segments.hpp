// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/block_segment_format.hpp"
#include "store/disk.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

namespace jiffy::store
{
/// Where a block's record is.
struct BlockPlace
{
    /// The number that its file begins with.
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;

    friend bool operator==(const BlockPlace&, const BlockPlace&) = default;
};

struct SegmentOptions
{
    /// A file that is as long is followed by another; a block that is longer gets one for itself.
    std::uint64_t file_size = std::uint64_t{64} << 20;
    /// Runs before blocks are made durable: what they follow from must be first.
    std::function<StoreResult<void>()> before_sync = []() -> StoreResult<void> { return {}; };
};

/// Blocks by number, one after the other, in files that are only ever appended to. A file is on disk before the next
/// one begins, so that only at the end of the last one anything can be missing after a crash.
class BlockSegments
{
public:
    /// Opens what is in the directory, which exists and is locked. Cuts off a record at the end that is not whole,
    /// makes the rest durable, and reads the last file for it. Refuses what is damaged, and what belongs to another
    /// chain.
    static StoreResult<std::unique_ptr<BlockSegments>> open(Disk& disk,
        std::string directory,
        const ChainIdentity& chain,
        SegmentOptions options = {});

    /// The block after the last one, or any if there is none. May be lost until it is synced. After an error nothing
    /// more can be appended. One thread at a time, as `cut_behind`.
    StoreResult<BlockPlace> append(std::uint64_t number, const Hash& hash, BytesView block);

    /// Makes durable what was appended before. Any thread.
    StoreResult<void> sync();

    /// Takes away the blocks behind this number, durably; nobody may read those meanwhile.
    StoreResult<void> cut_behind(std::uint64_t number);

    struct Read
    {
        BlockHead head;
        BlockPlace place;
        Bytes block;
    };
    /// Reads a record whose place is known. Any thread, as all that follows.
    [[nodiscard]] StoreResult<Read> read(const BlockPlace& place) const;
    [[nodiscard]] StoreResult<BlockHead> read_head(const BlockPlace& place) const;

    /// Goes through all blocks from `number` on, in their order, and checks that each follows on the one before; with
    /// `visit` the place, the head and, if it is wanted, the block. Returns early if `visit` says false.
    enum class Wanted
    {
        heads,
        blocks,
    };
    StoreResult<void> scan(std::uint64_t number, Wanted wanted, const std::function<bool(const Read&)>& visit) const;

    /// Place of a block, found by reading the heads before it in its file.
    [[nodiscard]] StoreResult<BlockPlace> locate(std::uint64_t number) const;

    /// Both the same if there is none.
    [[nodiscard]] std::uint64_t first_number() const noexcept { return first_number_.load(); }
    /// Of the block to be appended next.
    [[nodiscard]] std::uint64_t next_number() const noexcept { return next_number_.load(); }
    /// All blocks below it are on disk.
    [[nodiscard]] std::uint64_t durable_before() const noexcept { return durable_before_.load(); }
    /// When the last block was written, those below this were known to be on disk.
    [[nodiscard]] std::uint64_t said_durable_before() const noexcept { return said_durable_before_; }
    [[nodiscard]] std::size_t file_count() const;
    /// Bytes of all files.
    [[nodiscard]] StoreResult<std::uint64_t> size() const;

    /// The chain that the blocks in a directory belong to, by the first file's header; empty if there is none.
    static StoreResult<std::optional<ChainIdentity>> identity(Disk& disk, const std::string& directory);

private:
    struct Segment
    {
        std::string path;
        std::unique_ptr<File> file;
        SegmentHeader header;
    };
    using SegmentPointer = std::shared_ptr<const Segment>;

    BlockSegments(Disk& disk, std::string directory, const ChainIdentity& chain, SegmentOptions options);

    StoreResult<void> open_files();
    StoreResult<SegmentPointer> open_file(const std::string& name, bool is_last);
    StoreResult<void> recover_end();
    StoreResult<void> refuse_if_more_was_durable(const Segment& segment, std::uint64_t offset) const;
    StoreResult<void> begin_file(std::uint64_t first_number);
    StoreResult<void> sync_current();
    [[nodiscard]] SegmentPointer segment_with(std::uint64_t number) const;
    StoreResult<BlockHead> head_at(const Segment& segment, std::uint64_t offset) const;
    StoreResult<Bytes> payload_at(const Segment& segment, const BlockHead& head, std::uint64_t offset) const;
    StoreResult<void> fail(Error error);

    Disk& disk_;
    const std::string directory_;
    const ChainIdentity chain_;
    const SegmentOptions options_;

    /// The appending thread's: where the next record goes, and the check of the one before.
    std::uint64_t end_ = 0;
    Check last_check_{};
    Bytes buffer_;
    std::uint64_t said_durable_before_ = 0;

    std::atomic<std::uint64_t> first_number_ = 0;
    std::atomic<std::uint64_t> next_number_ = 0;
    std::atomic<std::uint64_t> durable_before_ = 0;

    /// Held for moments only.
    mutable std::mutex mutex_;
    std::map<std::uint64_t, SegmentPointer> segments_;
    std::optional<Error> fault_;
    std::mutex sync_mutex_;
};
}  // namespace jiffy::store
