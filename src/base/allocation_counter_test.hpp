// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts what a test or benchmark allocates with `new`. It replaces the operators, so one source of a program
/// includes it.
namespace jiffy::base::test
{
inline std::atomic<std::size_t> allocation_count = 0;
inline std::atomic<std::size_t> allocated_bytes = 0;
}  // namespace jiffy::base::test

void* operator new(std::size_t size)
{
    jiffy::base::test::allocation_count.fetch_add(1, std::memory_order_relaxed);
    jiffy::base::test::allocated_bytes.fetch_add(size, std::memory_order_relaxed);
    if (void* memory = std::malloc(size))
        return memory;
    throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept
{
    std::free(memory);
}
