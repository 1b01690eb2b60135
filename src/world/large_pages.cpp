// SPDX-License-Identifier: Apache-2.0
#include "world/large_pages.hpp"

#include <new>
#include <sys/mman.h>

namespace jiffy::world
{
namespace
{
constexpr trie::ChunkMemory large_pages{
    .allocate =
        [](std::size_t size, std::size_t alignment)
    {
        auto* const chunk = static_cast<Byte*>(::operator new(size, std::align_val_t{alignment}));
        // Only a hint: without it everything works, slower.
        static_cast<void>(madvise(chunk, size, MADV_HUGEPAGE));
        return chunk;
    },
    .release = [](Byte* chunk, std::size_t, std::size_t alignment) noexcept
    { ::operator delete(chunk, std::align_val_t{alignment}); },
};
}  // namespace

const trie::ChunkMemory& large_page_memory() noexcept
{
    return large_pages;
}
}  // namespace jiffy::world
