// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::fuzz
{
/// Bytes to draw decisions from; zeros when they are used up.
class ByteSource
{
public:
    explicit ByteSource(BytesView bytes) noexcept
      : rest_{bytes}
    {
    }

    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

    Byte byte() noexcept
    {
        if (rest_.empty())
            return 0;
        const Byte first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }

    std::uint16_t word() noexcept
    {
        const auto high = byte();
        return static_cast<std::uint16_t>(high << 8 | byte());
    }

    Bytes bytes(std::size_t count)
    {
        Bytes result(count);
        for (auto& target : result)
            target = byte();
        return result;
    }

    template <class T>
    const T& choose(const std::vector<T>& values) noexcept
    {
        return values[word() % values.size()];
    }

private:
    BytesView rest_;
};
}  // namespace jiffy::fuzz
