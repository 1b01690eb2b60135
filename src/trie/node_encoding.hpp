// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/nibbles.hpp"

namespace jiffy::trie
{
/// Size in bytes of the RLP header of a string or list with a payload of `payload` bytes (a string of one byte below
/// 0x80 has none: see `rlp_string_size`).
constexpr std::size_t rlp_header_size(std::size_t payload) noexcept
{
    std::size_t size = 1;
    if (payload > 55)
        for (; payload != 0; payload >>= 8)
            ++size;
    return size;
}

/// Size in bytes of `string` as RLP.
constexpr std::size_t rlp_string_size(BytesView string) noexcept
{
    return string.size() == 1 && string[0] < 0x80 ? 1 : rlp_header_size(string.size()) + string.size();
}

/// Writes an RLP header; `short_form` is 0x80 for a string and 0xc0 for a list. Returns the place behind it. Nodes are
/// written into memory of known size on the hottest path of the trie, hence not through `rlp::Writer`.
constexpr Byte* write_rlp_header(Byte* target, std::size_t payload, Byte short_form) noexcept
{
    const auto size = rlp_header_size(payload);
    if (size == 1)
    {
        *target = static_cast<Byte>(short_form + payload);
        return target + 1;
    }
    *target = static_cast<Byte>(short_form + 55 + (size - 1));
    for (auto i = size - 1; i != 0; --i, payload >>= 8)
        target[i] = static_cast<Byte>(payload);
    return target + size;
}

/// Writes `string` as RLP and returns the place behind it.
inline Byte* write_rlp_string(Byte* target, BytesView string) noexcept
{
    if (!(string.size() == 1 && string[0] < 0x80))
        target = write_rlp_header(target, string.size(), 0x80);
    if (!string.empty())
        std::memcpy(target, string.data(), string.size());
    return target + string.size();
}

/// What stands for a child in its parent: the RLP string of its hash, or the node itself if that is shorter than 32
/// bytes (yellow paper appendix D).
inline constexpr std::size_t embedding_limit = 32;

/// Size of the RLP of the path [from, to) in hex-prefix form: one byte if it has at most one nibble.
constexpr std::size_t path_size(std::size_t from, std::size_t to) noexcept
{
    const auto size = hex_prefix_size(to - from);
    return size == 1 ? 1 : 1 + size;
}

/// Writes the path [from, to) of `key` as an RLP string. A path has at most 55 bytes: keys of nodes are that short.
inline Byte* write_path(Byte* target, const Byte* key, std::size_t from, std::size_t to, bool is_leaf) noexcept
{
    const auto size = hex_prefix_size(to - from);
    if (size > 1)
        target = write_rlp_header(target, size, 0x80);
    return target + write_hex_prefix(target, key, from, to, is_leaf);
}

/// Writes a hash as an RLP string.
inline Byte* write_hash(Byte* target, const Byte* hash) noexcept
{
    *target = 0xa0;
    std::memcpy(target + 1, hash, 32);
    return target + 33;
}
}  // namespace jiffy::trie
