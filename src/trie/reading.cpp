// SPDX-License-Identifier: Apache-2.0
#include "trie/reading.hpp"

#include "trie/node_encoding.hpp"
#include "trie/node_hasher.hpp"

namespace jiffy::trie
{
namespace
{
bool is_leaf(NodeKind kind) noexcept
{
    return kind == NodeKind::leaf || kind == NodeKind::account;
}

/// The child towards the key and the depth of its path; no node if the key is not below `node`, which is no leaf.
struct Descent
{
    NodeId node;
    std::size_t depth;
};

Descent descend(const NodePool& pool, NodeId node, std::size_t depth, const Byte* key, std::size_t length) noexcept
{
    if (kind_of(pool, node) == NodeKind::branch)
        return {node_as<Branch>(pool, node).child(digit_at(key, length, depth)), depth + 1};
    const auto& extension = node_as<Extension>(pool, node);
    if (common_nibbles(extension.key.data(), extension.end, key, length, depth) < extension.end)
        return {no_node, depth};
    return {extension.child, extension.end};
}

/// The child of a branch with the smallest (or largest) key among those whose digit has a rank in [from, to). Ranks are
/// the order of keys: the terminator comes first.
NodeId extreme_child(const Branch& branch, unsigned from, unsigned to, bool smallest) noexcept
{
    for (unsigned i = from; i < to; ++i)
    {
        const auto rank = smallest ? i : to - 1 - (i - from);
        const auto child = branch.child(rank == 0 ? terminator : rank - 1);
        if (child != no_node)
            return child;
    }
    return no_node;
}

NodeId extreme_leaf(const NodePool& pool, NodeId node, bool smallest) noexcept
{
    while (node != no_node && !is_leaf(kind_of(pool, node)))
    {
        if (kind_of(pool, node) == NodeKind::extension)
            node = node_as<Extension>(pool, node).child;
        else
            node = extreme_child(node_as<Branch>(pool, node), 0, terminator + 1, smallest);
    }
    return node;
}

/// Order of the node's key and `key`: negative if the node's comes first.
int compare_keys(const NodeKey& node_key, const Byte* key, std::size_t length) noexcept
{
    const auto common = common_nibbles(node_key.bytes, node_key.length, key, length, 0);
    const auto rank = [common](const Byte* bytes, std::size_t size)
    { return common < size ? static_cast<int>(nibble_at(bytes, common)) : -1; };
    return rank(node_key.bytes, node_key.length) - rank(key, length);
}

/// The leaf that follows `key`, or that precedes it.
NodeId neighbour(const NodePool& pool, NodeId root, const Byte* key, std::size_t length, bool forward) noexcept
{
    // Beside the way down to the key, the last subtree that lies wholly on the wanted side.
    NodeId candidate = no_node;
    auto node = root;
    std::size_t depth = 0;
    while (node != no_node)
    {
        if (kind_of(pool, node) == NodeKind::branch)
        {
            const auto& branch = node_as<Branch>(pool, node);
            const auto digit = digit_at(key, length, depth);
            const auto rank = digit == terminator ? 0 : digit + 1;
            const auto beside =
                forward ? extreme_child(branch, rank + 1, terminator + 1, true) : extreme_child(branch, 0, rank, false);
            if (beside != no_node)
                candidate = beside;
            node = branch.child(digit);
            ++depth;
            continue;
        }
        const auto node_key = key_of(pool, node);
        if (kind_of(pool, node) == NodeKind::extension &&
            common_nibbles(node_key.bytes, node_key.length, key, length, depth) == node_key.length)
        {
            depth = node_key.length;
            node = node_as<Extension>(pool, node).child;
            continue;
        }
        const auto order = compare_keys(node_key, key, length);
        if (forward ? order > 0 : order < 0)
            candidate = node;
        break;
    }
    return extreme_leaf(pool, candidate, forward);
}
}  // namespace

NodeId find_leaf(const NodePool& pool, NodeId root, const Byte* key, std::size_t length) noexcept
{
    Descent place{root, 0};
    while (place.node != no_node && !is_leaf(kind_of(pool, place.node)))
        place = descend(pool, place.node, place.depth, key, length);
    if (place.node == no_node)
        return no_node;
    const auto leaf_key = key_of(pool, place.node);
    return compare_keys(leaf_key, key, length) == 0 ? place.node : no_node;
}

NodeId first_leaf(const NodePool& pool, NodeId root) noexcept
{
    return extreme_leaf(pool, root, true);
}

NodeId last_leaf(const NodePool& pool, NodeId root) noexcept
{
    return extreme_leaf(pool, root, false);
}

NodeId next_leaf(const NodePool& pool, NodeId root, const Byte* key, std::size_t length) noexcept
{
    return neighbour(pool, root, key, length, true);
}

NodeId previous_leaf(const NodePool& pool, NodeId root, const Byte* key, std::size_t length) noexcept
{
    return neighbour(pool, root, key, length, false);
}

std::vector<Bytes> prove_key(const NodePool& pool, NodeId root, const Byte* key, std::size_t length)
{
    std::vector<Bytes> proof;
    Descent place{root, 0};
    bool is_value_of_branch = false;
    while (place.node != no_node && !is_value_of_branch)
    {
        Bytes encoded(encoded_size_limit(pool, place.node));
        encoded.resize(encode_node(pool, place.node, place.depth, encoded.data()));
        if (encoded.size() >= embedding_limit || proof.empty())
            proof.push_back(std::move(encoded));
        const auto kind = kind_of(pool, place.node);
        if (is_leaf(kind))
            break;
        is_value_of_branch = kind == NodeKind::branch && place.depth == length;
        place = descend(pool, place.node, place.depth, key, length);
    }
    return proof;
}
}  // namespace jiffy::trie
