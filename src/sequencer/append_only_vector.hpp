// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace jiffy::sequencer
{
/// Vector that one thread appends to while any number read it without a lock. Elements never move; those below `size()`
/// are complete and stay as they are.
template <class T>
class AppendOnlyVector
{
public:
    AppendOnlyVector() = default;
    AppendOnlyVector(const AppendOnlyVector&) = delete;
    AppendOnlyVector& operator=(const AppendOnlyVector&) = delete;
    ~AppendOnlyVector()
    {
        for (std::size_t i = 0; i < size(); ++i)
            std::destroy_at(&(*this)[i]);
        for (std::size_t i = 0; i < chunk_count; ++i)
            if (T* chunk = chunks_[i].load(std::memory_order_relaxed))
                std::allocator<T>{}.deallocate(chunk, first_chunk << i);
    }

    /// Appending thread only.
    void push_back(T value)
    {
        const std::size_t index = size_.load(std::memory_order_relaxed);
        const auto place = place_of(index);
        T* chunk = chunks_[place.chunk].load(std::memory_order_relaxed);
        if (chunk == nullptr)
        {
            // What is not reached is never written, and so mostly takes no memory.
            chunk = std::allocator<T>{}.allocate(first_chunk << place.chunk);
            chunks_[place.chunk].store(chunk, std::memory_order_relaxed);
        }
        std::construct_at(&chunk[place.offset], std::move(value));
        size_.store(index + 1, std::memory_order_release);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }
    /// `index` is below a `size()` that the caller has seen.
    [[nodiscard]] const T& operator[](std::size_t index) const noexcept
    {
        const auto place = place_of(index);
        return chunks_[place.chunk].load(std::memory_order_relaxed)[place.offset];
    }

private:
    static constexpr std::size_t first_chunk = 8;
    static constexpr std::size_t chunk_count = 28;

    struct Place
    {
        std::size_t chunk;
        std::size_t offset;
    };
    /// Chunk k holds `first_chunk << k` elements.
    static Place place_of(std::size_t index) noexcept
    {
        const std::size_t shifted = index / first_chunk + 1;
        const auto chunk = static_cast<std::size_t>(std::bit_width(shifted)) - 1;
        return {chunk, index - first_chunk * ((std::size_t{1} << chunk) - 1)};
    }

    std::array<std::atomic<T*>, chunk_count> chunks_{};
    std::atomic<std::size_t> size_ = 0;
};
}  // namespace jiffy::sequencer
