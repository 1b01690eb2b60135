// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/node.hpp"

namespace jiffy::trie
{
/// The leaf with this key below `root`, or no node. `length` counts nibbles.
NodeId find_leaf(const NodePool& pool, NodeId root, const Byte* key, std::size_t length) noexcept;

/// The leaf with the smallest key below `root`, or no node if there is none.
NodeId first_leaf(const NodePool& pool, NodeId root) noexcept;

/// The leaf with the largest key below `root`, or no node if there is none.
NodeId last_leaf(const NodePool& pool, NodeId root) noexcept;

/// The leaf with the smallest key above `key`, or no node; together with `first_leaf` an iteration in order.
NodeId next_leaf(const NodePool& pool, NodeId root, const Byte* key, std::size_t length) noexcept;

/// The leaf with the largest key below `key`, or no node.
NodeId previous_leaf(const NodePool& pool, NodeId root, const Byte* key, std::size_t length) noexcept;

/// The RLP of the nodes from the root towards `key`, as far as they go: what proves that the key is there, or that it
/// is not. Nodes that are part of their parent's RLP do not stand alone. Empty for the empty trie.
std::vector<Bytes> prove_key(const NodePool& pool, NodeId root, const Byte* key, std::size_t length);
}  // namespace jiffy::trie
