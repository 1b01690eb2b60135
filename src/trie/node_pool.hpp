// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace jiffy::trie
{
/// Place of a node in its pool, in granules.
using NodeId = std::uint32_t;

/// Stands for no node.
inline constexpr NodeId no_node = 0;

/// Where chunks of memory come from. The shell may pass one that asks for large pages: a trie is visited all over, and
/// misses of the translation buffer are a large part of its time.
struct ChunkMemory
{
    /// `size` bytes, not initialised; ends the process if there are none.
    Byte* (*allocate)(std::size_t size, std::size_t alignment);
    void (*release)(Byte* chunk, std::size_t size, std::size_t alignment) noexcept;
};

/// The heap.
const ChunkMemory& heap_memory() noexcept;

/// Memory of nodes: pieces of any size up to `maximum_size` in chunks that never move. Freed pieces are given out again
/// for the same size, rounded up to granules. At most 64 GiB; more, like exhausted memory, ends the process.
///
/// One thread allocates and frees. Others may read pieces that were published to them meanwhile: a chunk's address is
/// written once, before any of its pieces can be published.
class NodePool
{
public:
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t chunk_granules = std::size_t{1} << 17;
    static constexpr std::size_t maximum_size = std::size_t{1} << 17;

    explicit NodePool(const ChunkMemory& memory = heap_memory());
    ~NodePool();
    NodePool(const NodePool&) = delete;
    NodePool& operator=(const NodePool&) = delete;

    [[nodiscard]] Byte* at(NodeId id) noexcept { return chunks_[id / chunk_granules] + id % chunk_granules * granule; }
    [[nodiscard]] const Byte* at(NodeId id) const noexcept
    {
        return chunks_[id / chunk_granules] + id % chunk_granules * granule;
    }

    /// A piece of `size` bytes, aligned to a granule and not initialised.
    NodeId allocate(std::size_t size);

    /// Gives back a piece that was allocated with the same `size`.
    void free(NodeId id, std::size_t size) noexcept;

    /// Bytes in pieces that are given out, rounded up to granules.
    [[nodiscard]] std::uint64_t bytes_used() const noexcept { return used_granules_ * granule; }
    /// Bytes taken from the system.
    [[nodiscard]] std::uint64_t bytes_reserved() const noexcept { return chunk_count_ * chunk_granules * granule; }
    /// Pieces that are given out.
    [[nodiscard]] std::uint64_t node_count() const noexcept { return node_count_; }

private:
    static constexpr std::size_t maximum_chunks = (std::size_t{1} << 32) / chunk_granules;

    static constexpr std::size_t granules_of(std::size_t size) noexcept { return (size + granule - 1) / granule; }

    const ChunkMemory& memory_;
    /// Of fixed length, so that readers never see it move.
    std::unique_ptr<Byte*[]> chunks_;
    std::size_t chunk_count_ = 0;
    /// First granule of the last chunk that was never given out.
    std::size_t next_ = chunk_granules;
    /// Free pieces of each size in granules. They are listed here and not chained through themselves: the memory of a
    /// free piece is cold, and reading it would stall each allocation.
    std::vector<std::vector<NodeId>> free_pieces_;
    std::uint64_t used_granules_ = 0;
    std::uint64_t node_count_ = 0;
};
}  // namespace jiffy::trie
