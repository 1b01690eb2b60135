// SPDX-License-Identifier: Apache-2.0
#include "world/zeroed_memory.hpp"

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
    data_ = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data_ == MAP_FAILED)
        throw std::bad_alloc{};
    if (size >= large_page)
        // Only a hint: without it everything works, slower.
        static_cast<void>(madvise(data_, size, MADV_HUGEPAGE));
}

ZeroedMemory::~ZeroedMemory()
{
    if (data_ != nullptr)
        munmap(data_, size_);
}
}  // namespace jiffy::world
