// SPDX-License-Identifier: Apache-2.0
#include "world/zeroed_memory.hpp"

#include <cstdint>
#include <new>
#include <sys/mman.h>

namespace jiffy::world
{
namespace
{
/// Below it a large page would waste more than it gives.
constexpr std::size_t large_page = std::size_t{1} << 21;
}  // namespace

ZeroedMemory::ZeroedMemory(std::size_t size)
  : size_{size}
{
    // Large pages need their alignment, which not every kernel gives by itself: what is too much goes back.
    const auto slack = size >= large_page ? large_page : 0;
    void* const mapped =
        mmap(nullptr, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED)
        throw std::bad_alloc{};
    data_ = mapped;
    if (slack == 0)
        return;
    auto* const begin = static_cast<std::byte*>(mapped);
    const auto excess = (large_page - reinterpret_cast<std::uintptr_t>(begin) % large_page) % large_page;
    data_ = begin + excess;
    if (excess != 0)
        munmap(begin, excess);
    if (excess != slack)
        munmap(begin + excess + size, slack - excess);
    // Only a hint: without it everything works, slower.
    static_cast<void>(madvise(data_, size, MADV_HUGEPAGE));
}

ZeroedMemory::~ZeroedMemory()
{
    if (data_ != nullptr)
        munmap(data_, size_);
}
}  // namespace jiffy::world
