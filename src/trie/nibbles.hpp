// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::trie
{
/// The digit that stands after the last nibble of a key: the value of a branch is its child number 16, so that a key
/// may be the beginning of another one.
inline constexpr unsigned terminator = 16;

/// Nibble number `position` of a packed key, high nibble first.
constexpr unsigned nibble_at(const Byte* key, std::size_t position) noexcept
{
    const unsigned byte = key[position / 2];
    return position % 2 == 0 ? byte >> 4 : byte & 0x0f;
}

/// Nibble of a key of `length` nibbles, or the terminator at its end.
constexpr unsigned digit_at(const Byte* key, std::size_t length, std::size_t position) noexcept
{
    return position < length ? nibble_at(key, position) : terminator;
}

/// Number of leading nibbles that both keys share; the first `from`, as far as they go, are known to agree.
constexpr std::size_t common_nibbles(const Byte* a,
    std::size_t a_length,
    const Byte* b,
    std::size_t b_length,
    std::size_t from) noexcept
{
    const auto limit = a_length < b_length ? a_length : b_length;
    auto position = from < limit ? from : limit;
    if (position % 2 == 1 && position < limit)
    {
        if (nibble_at(a, position) != nibble_at(b, position))
            return position;
        ++position;
    }
    while (position + 2 <= limit && a[position / 2] == b[position / 2])
        position += 2;
    while (position < limit && nibble_at(a, position) == nibble_at(b, position))
        ++position;
    return position;
}

/// Size in bytes of the hex-prefix form of `count` nibbles.
constexpr std::size_t hex_prefix_size(std::size_t count) noexcept
{
    return count / 2 + 1;
}

/// Writes the nibbles [from, to) of `key` in hex-prefix form (yellow paper appendix C); returns its size in bytes.
inline std::size_t write_hex_prefix(Byte* target,
    const Byte* key,
    std::size_t from,
    std::size_t to,
    bool is_leaf) noexcept
{
    const auto count = to - from;
    const auto flag = is_leaf ? 0x20U : 0U;
    auto position = from;
    if (count % 2 == 1)
        target[0] = static_cast<Byte>(flag | 0x10U | nibble_at(key, position++));
    else
        target[0] = static_cast<Byte>(flag);
    const auto pairs = count / 2;
    if (position % 2 == 0)
    {
        if (pairs != 0)
            std::memcpy(target + 1, key + position / 2, pairs);
    }
    else
    {
        for (std::size_t i = 0; i < pairs; ++i, position += 2)
            target[1 + i] = static_cast<Byte>(nibble_at(key, position) << 4 | nibble_at(key, position + 1));
    }
    return pairs + 1;
}
}  // namespace jiffy::trie
