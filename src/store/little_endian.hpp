// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <bit>
#include <concepts>

namespace jiffy::store
{
static_assert(std::endian::native == std::endian::little, "numbers are copied as bytes");

/// Writes `value`, least significant byte first.
template <std::unsigned_integral T>
void put(Byte* target, T value) noexcept
{
    std::memcpy(target, &value, sizeof(value));
}

template <std::unsigned_integral T>
T get(const Byte* source) noexcept
{
    T value;
    std::memcpy(&value, source, sizeof(value));
    return value;
}
}  // namespace jiffy::store
