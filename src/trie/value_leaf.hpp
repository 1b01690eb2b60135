// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/update.hpp"

#include <utility>

namespace jiffy::trie
{
/// The leaf of a put with this value (at most 65,535 bytes): a new one, or the one there is if it has the value
/// already.
inline NodeId put_value(NodeStore& store, const UpdateItem& item, BytesView value)
{
    auto& pool = store.pool();
    if (item.previous != no_node && equal(std::as_const(node_as<Leaf>(pool, item.previous)).value(), value))
        return item.previous;
    const auto id = store.create(sizeof(Leaf) + value.size());
    auto& leaf = *new (pool.at(id)) Leaf{};
    leaf.key_length = item.key_length;
    leaf.value_size = static_cast<std::uint16_t>(value.size());
    leaf.key = item.key;
    if (!value.empty())
        std::memcpy(leaf.value(), value.data(), value.size());
    return id;
}

/// Sorts the items by key; of several with the same key the one with the largest payload stays. Returns those that are
/// left.
std::span<UpdateItem> sort_items(std::span<UpdateItem> items);
}  // namespace jiffy::trie
