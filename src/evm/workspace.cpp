// SPDX-License-Identifier: Apache-2.0
#include "evm/workspace.hpp"

#include <cstdlib>
#include <new>

namespace jiffy::evm
{
namespace
{
constexpr std::size_t stack_bytes = static_cast<std::size_t>(maximum_depth + 1) * stack_limit * sizeof(U256);
constexpr std::align_val_t cache_line{64};
constexpr std::uint64_t initial_memory = 4096;
constexpr std::uint64_t kept_memory = std::uint64_t{1} << 20;
}  // namespace

FrameMemory::~FrameMemory()
{
    std::free(data_);
}

void FrameMemory::grow(std::uint64_t size) noexcept
{
    if (size > capacity_)
    {
        std::uint64_t capacity = capacity_ == 0 ? initial_memory : capacity_;
        while (capacity < size)
            capacity *= 2;
        auto* const grown = static_cast<Byte*>(std::realloc(data_, capacity));
        // Gas has bounded the size; a host without that memory cannot go on (decision 12).
        if (grown == nullptr)
            std::abort();
        data_ = grown;
        capacity_ = capacity;
    }
    std::memset(data_ + size_, 0, size - size_);
    size_ = size;
}

void FrameMemory::trim() noexcept
{
    if (capacity_ <= kept_memory)
        return;
    std::free(data_);
    data_ = nullptr;
    capacity_ = 0;
    size_ = 0;
}

Frame& Context::frame_at(int depth)
{
    const auto index = static_cast<std::size_t>(depth);
    while (frames.size() <= index)
        frames.push_back(std::make_unique<Frame>());
    return *frames[index];
}

StackMemory::StackMemory()
  : base_{static_cast<U256*>(::operator new(stack_bytes, cache_line))}
{
}

StackMemory::~StackMemory()
{
    ::operator delete(base_, cache_line);
}
}  // namespace jiffy::evm
