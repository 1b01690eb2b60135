// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/block_segments.hpp"

#include <span>

namespace jiffy::store
{
/// A block as it is named.
struct BlockNames
{
    std::uint64_t number = 0;
    Hash hash;
    BlockPlace place;
    std::vector<Hash> transactions;
    std::uint64_t first_mini_block = 0;
    std::vector<Hash> mini_blocks;
};

/// Where a name leads. A block that was cut off and replaced leaves names behind, and names are kept by the first half
/// of their hashes only, so that whoever comes there compares.
struct NamedPlace
{
    std::uint64_t number = 0;
    std::uint32_t index = 0;
};

/// Finds the blocks of `BlockSegments`, in RocksDB. It can always be made again from them, and so is never synced. One
/// thread adds, any number look things up.
class BlockIndex
{
public:
    /// Opens the index in a directory, or begins one. An index that cannot be read, is of another version or chain, or
    /// does not agree with the segments is thrown away; one that is ahead of the segments is cut. What it lacks then is
    /// said by `next_number`.
    static StoreResult<std::unique_ptr<BlockIndex>> open(const std::string& directory,
        const ChainIdentity& chain,
        const BlockSegments& segments);
    /// Opens an index as it is. The error says that there is none, or what is wrong with it.
    static StoreResult<std::unique_ptr<BlockIndex>> open_existing(const std::string& directory,
        const ChainIdentity& chain,
        const BlockSegments& segments);
    BlockIndex(const BlockIndex&) = delete;
    BlockIndex& operator=(const BlockIndex&) = delete;
    ~BlockIndex();

    /// The block after the last one.
    StoreResult<void> add(const BlockNames& names);
    /// Forgets the places of the blocks behind this number.
    StoreResult<void> cut_behind(std::uint64_t number);

    struct FoundBlock
    {
        BlockPlace place;
        Hash hash;
    };
    [[nodiscard]] StoreResult<std::optional<FoundBlock>> block(std::uint64_t number) const;
    [[nodiscard]] StoreResult<std::optional<NamedPlace>> block(const Hash& hash) const;
    [[nodiscard]] StoreResult<std::optional<NamedPlace>> transaction(const Hash& hash) const;
    [[nodiscard]] StoreResult<std::optional<NamedPlace>> mini_block(const Hash& hash) const;
    /// False if nothing has that hash; mostly so, without waiting for the disk.
    [[nodiscard]] bool may_know(const Hash& hash) const;
    /// Number of the block whose mini-blocks would have this number among them.
    [[nodiscard]] StoreResult<std::optional<std::uint64_t>> block_of_mini_block(std::uint64_t number) const;

    /// Of the block to be added next; that of the first of the segments if there is none yet.
    [[nodiscard]] std::uint64_t next_number() const noexcept { return next_number_.load(); }
    /// Reads all of it and compares checksums.
    [[nodiscard]] StoreResult<void> verify() const;
    /// Bytes on disk, roughly.
    [[nodiscard]] std::uint64_t size() const;

private:
    struct Database;

    explicit BlockIndex(std::unique_ptr<Database> database);
    /// False if it is not an index of these segments.
    StoreResult<bool> agree(const ChainIdentity& chain, const BlockSegments& segments);
    StoreResult<std::optional<NamedPlace>> named(char kind, const Hash& hash) const;

    std::unique_ptr<Database> database_;
    std::atomic<std::uint64_t> next_number_ = 0;
};
}  // namespace jiffy::store
