// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

namespace jiffy::world
{
/// Memory of zeros that takes no room before it is written, with large pages where the kernel gives them. Running out
/// of memory ends the process.
class ZeroedMemory
{
public:
    ZeroedMemory() noexcept = default;
    explicit ZeroedMemory(std::size_t size);
    ~ZeroedMemory();
    ZeroedMemory(ZeroedMemory&& other) noexcept
      : data_{std::exchange(other.data_, nullptr)}
      , size_{std::exchange(other.size_, 0)}
    {
    }
    ZeroedMemory& operator=(ZeroedMemory&& other) noexcept
    {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }

    template <class T>
    [[nodiscard]] T* as() const noexcept
    {
        return static_cast<T*>(data_);
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};
}  // namespace jiffy::world
