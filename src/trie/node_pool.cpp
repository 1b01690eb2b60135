// SPDX-License-Identifier: Apache-2.0
#include "trie/node_pool.hpp"

#include <cstdlib>
#include <new>

namespace jiffy::trie
{
namespace
{
/// The size of a large page: aligned to it, a chunk can be one.
constexpr std::align_val_t chunk_alignment{NodePool::chunk_granules * NodePool::granule};
}  // namespace

void NodePool::FreeChunk::operator()(Byte* chunk) const noexcept
{
    ::operator delete(chunk, chunk_alignment);
}

NodePool::NodePool()
  : chunks_{std::make_unique<std::unique_ptr<Byte, FreeChunk>[]>(maximum_chunks)}
{
}

NodeId NodePool::allocate(std::size_t size)
{
    const auto granules = granules_of(size);
    used_granules_ += granules;
    ++node_count_;
    if (granules < free_pieces_.size() && free_pieces_[granules] != no_node)
    {
        const auto id = free_pieces_[granules];
        std::memcpy(&free_pieces_[granules], at(id), sizeof(NodeId));
        return id;
    }
    if (next_ + granules > chunk_granules)
    {
        if (chunk_count_ == maximum_chunks)
            std::abort();
        constexpr auto bytes = chunk_granules * granule;
        chunks_[chunk_count_].reset(static_cast<Byte*>(::operator new(bytes, chunk_alignment)));
        ++chunk_count_;
        // Granule 0 of the pool is no node.
        next_ = chunk_count_ == 1 ? 1 : 0;
    }
    const auto id = static_cast<NodeId>((chunk_count_ - 1) * chunk_granules + next_);
    next_ += granules;
    return id;
}

void NodePool::free(NodeId id, std::size_t size) noexcept
{
    const auto granules = granules_of(size);
    used_granules_ -= granules;
    --node_count_;
    if (granules >= free_pieces_.size())
        free_pieces_.resize(granules + 1, no_node);
    std::memcpy(at(id), &free_pieces_[granules], sizeof(NodeId));
    free_pieces_[granules] = id;
}
}  // namespace jiffy::trie
