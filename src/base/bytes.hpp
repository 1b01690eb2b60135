// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace jiffy::base
{
using Byte = std::uint8_t;

/// Owned byte string.
using Bytes = std::vector<Byte>;

/// Borrowed, read-only byte string.
using BytesView = std::span<const Byte>;

/// Byte string of a length fixed at compile time; value-initialised to zeros.
template <std::size_t N>
struct FixedBytes
{
    std::array<Byte, N> bytes{};

    static constexpr std::size_t size() noexcept { return N; }
    [[nodiscard]] constexpr const Byte* data() const noexcept { return bytes.data(); }
    [[nodiscard]] constexpr Byte* data() noexcept { return bytes.data(); }
    [[nodiscard]] constexpr auto begin() const noexcept { return bytes.begin(); }
    [[nodiscard]] constexpr auto end() const noexcept { return bytes.end(); }
    [[nodiscard]] constexpr auto begin() noexcept { return bytes.begin(); }
    [[nodiscard]] constexpr auto end() noexcept { return bytes.end(); }
    constexpr Byte& operator[](std::size_t index) noexcept { return bytes[index]; }
    constexpr Byte operator[](std::size_t index) const noexcept { return bytes[index]; }

    [[nodiscard]] constexpr BytesView view() const noexcept { return {bytes.data(), N}; }

    /// True if every byte is zero.
    [[nodiscard]] constexpr bool is_zero() const noexcept { return *this == FixedBytes{}; }

    friend constexpr bool operator==(const FixedBytes&, const FixedBytes&) noexcept = default;
    friend constexpr auto operator<=>(const FixedBytes&, const FixedBytes&) noexcept = default;

    /// Copies exactly N bytes; the caller has checked the length of `source`.
    static constexpr FixedBytes from(BytesView source) noexcept
    {
        FixedBytes result;
        for (std::size_t i = 0; i < N; ++i)
            result.bytes[i] = source[i];
        return result;
    }
};

/// Ethereum account address.
using Address = FixedBytes<20>;

/// 32-byte hash, or another opaque 32-byte word.
using Hash = FixedBytes<32>;

/// 2048-bit bloom filter of logs (yellow paper 4.3.1).
using Bloom = FixedBytes<256>;

/// Copies a view into an owned byte string.
inline Bytes to_bytes(BytesView view)
{
    return {view.begin(), view.end()};
}

/// True if both strings have the same bytes.
inline bool equal(BytesView a, BytesView b) noexcept
{
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

/// Appends `tail` to `target`.
inline void append(Bytes& target, BytesView tail)
{
    target.insert(target.end(), tail.begin(), tail.end());
}
}  // namespace jiffy::base

namespace jiffy
{
// The vocabulary of `base` is everybody's: other rooms name it without a prefix.
using namespace base;
}  // namespace jiffy
