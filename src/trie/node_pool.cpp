// SPDX-License-Identifier: Apache-2.0
#include "trie/node_pool.hpp"

#include <cstdlib>
#include <new>

namespace jiffy::trie
{
namespace
{
constexpr std::size_t chunk_size = NodePool::chunk_granules * NodePool::granule;

constexpr std::size_t cache_line = 64;

/// The size of a large page: aligned to it, a chunk can be one.
constexpr std::size_t chunk_alignment = chunk_size;

constexpr ChunkMemory heap{
    .allocate = [](std::size_t size, std::size_t alignment)
    { return static_cast<Byte*>(::operator new(size, std::align_val_t{alignment})); },
    .release = [](Byte* chunk, std::size_t, std::size_t alignment) noexcept
    { ::operator delete(chunk, std::align_val_t{alignment}); },
};
}  // namespace

const ChunkMemory& heap_memory() noexcept
{
    return heap;
}

NodePool::NodePool(const ChunkMemory& memory)
  : memory_{memory}
  , chunks_{std::make_unique<Byte*[]>(maximum_chunks)}
{
}

NodePool::~NodePool()
{
    for (std::size_t i = 0; i < chunk_count_; ++i)
        memory_.release(chunks_[i], chunk_size, chunk_alignment);
}

NodeId NodePool::allocate(std::size_t size)
{
    const auto granules = granules_of(size);
    used_granules_ += granules;
    ++node_count_;
    if (granules < free_pieces_.size() && !free_pieces_[granules].empty())
    {
        auto& pieces = free_pieces_[granules];
        const auto id = pieces.back();
        pieces.pop_back();
        // The piece after the next one will be written before long, and is out of every cache.
        if (pieces.size() > 1)
            for (std::size_t place = 0; place < size; place += cache_line)
                __builtin_prefetch(at(pieces[pieces.size() - 2]) + place, 1);
        return id;
    }
    if (next_ + granules > chunk_granules)
    {
        if (chunk_count_ == maximum_chunks)
            std::abort();
        chunks_[chunk_count_++] = memory_.allocate(chunk_size, chunk_alignment);
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
        free_pieces_.resize(granules + 1);
    free_pieces_[granules].push_back(id);
}
}  // namespace jiffy::trie
