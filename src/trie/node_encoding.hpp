// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rlp/sinks.hpp"
#include "trie/nibbles.hpp"

namespace jiffy::trie
{
/// What stands for a child in its parent: the RLP string of its hash, or the node itself if that is shorter than 32
/// bytes (yellow paper appendix D).
inline constexpr std::size_t embedding_limit = 32;

/// Size of a hash as an item.
inline constexpr std::size_t hash_size = rlp::header_size(sizeof(Hash)) + sizeof(Hash);

/// Size of the RLP of the path [from, to) in hex-prefix form: one byte if it has at most one nibble.
constexpr std::size_t path_size(std::size_t from, std::size_t to) noexcept
{
    const auto size = hex_prefix_size(to - from);
    return size == 1 ? 1 : 1 + size;
}

/// Puts the path [from, to) of `key` as a string. A path has at most 55 bytes: keys of nodes are that short.
inline void put_path(rlp::Placer& sink, const Byte* key, std::size_t from, std::size_t to, bool is_leaf) noexcept
{
    const auto size = hex_prefix_size(to - from);
    if (size > 1)
        sink.string_header(size);
    write_hex_prefix(sink.take(size), key, from, to, is_leaf);
}
}  // namespace jiffy::trie
