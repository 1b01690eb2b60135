// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/nibbles.hpp"
#include "trie/node_pool.hpp"

#include <bit>

namespace jiffy::trie
{
// Nodes as they lie in the pool. Each begins with its kind; what follows the struct is of variable length. A parent
// holds its children's hashes, so that hashing a branch reads one contiguous piece of memory. Leaves and extensions
// hold their key from the root on and not only their part of it: a node that moves up or down when branches come and go
// stays as it is, only its parent's hash of it changes.

enum class NodeKind : Byte
{
    branch,
    extension,
    leaf,
    account,
};

/// A child's hash, or its RLP if that is shorter than 32 bytes.
using Reference = FixedBytes<32>;

/// Behind it: the id of each child in the order of digits, then the reference of each.
struct Branch
{
    NodeKind kind = NodeKind::branch;
    /// Bit per digit; bit 16 is the leaf of the key that ends here, whose reference is not used.
    std::uint32_t children = 0;
    /// Children whose reference is not computed yet; 0 outside an update.
    std::uint32_t dirty = 0;
    /// Children whose reference is their RLP.
    std::uint32_t embedded = 0;

    [[nodiscard]] unsigned count() const noexcept { return static_cast<unsigned>(std::popcount(children)); }
    [[nodiscard]] bool has(unsigned digit) const noexcept { return (children >> digit & 1) != 0; }
    /// Place of a digit's child among the children.
    [[nodiscard]] unsigned place(unsigned digit) const noexcept
    {
        return static_cast<unsigned>(std::popcount(children & ((1U << digit) - 1)));
    }

    [[nodiscard]] NodeId* ids() noexcept { return reinterpret_cast<NodeId*>(this + 1); }
    [[nodiscard]] const NodeId* ids() const noexcept { return reinterpret_cast<const NodeId*>(this + 1); }
    [[nodiscard]] Reference* references() noexcept { return reinterpret_cast<Reference*>(ids() + count()); }
    [[nodiscard]] const Reference* references() const noexcept
    {
        return reinterpret_cast<const Reference*>(ids() + count());
    }
    [[nodiscard]] NodeId child(unsigned digit) const noexcept { return has(digit) ? ids()[place(digit)] : no_node; }

    static constexpr std::size_t size(unsigned count) noexcept
    {
        return sizeof(Branch) + count * (sizeof(NodeId) + sizeof(Reference));
    }
};

/// The nibbles of `key` up to `end` lead to `child`, always a branch.
struct Extension
{
    NodeKind kind = NodeKind::extension;
    std::uint8_t end = 0;
    bool dirty = false;
    bool embedded = false;
    NodeId child = no_node;
    Hash key;
    Reference reference;
};

/// Behind it: the value.
struct Leaf
{
    NodeKind kind = NodeKind::leaf;
    /// Number of nibbles of the key, at most 64.
    std::uint8_t key_length = 0;
    std::uint16_t value_size = 0;
    Hash key;

    [[nodiscard]] Byte* value() noexcept { return reinterpret_cast<Byte*>(this + 1); }
    [[nodiscard]] BytesView value() const noexcept { return {reinterpret_cast<const Byte*>(this + 1), value_size}; }
};

/// The leaf of an account, taken apart. Behind it: the balance in as few big-endian bytes as it needs, the storage root
/// if there is a storage trie, the code hash if there is code.
struct AccountLeaf
{
    NodeKind kind = NodeKind::account;
    std::uint8_t balance_size = 0;
    bool has_code = false;
    /// The storage root is not computed yet; false outside an update.
    bool storage_dirty = false;
    NodeId storage = no_node;
    std::uint64_t nonce = 0;
    Hash key;

    [[nodiscard]] Byte* balance() noexcept { return reinterpret_cast<Byte*>(this + 1); }
    [[nodiscard]] const Byte* balance() const noexcept { return reinterpret_cast<const Byte*>(this + 1); }
    [[nodiscard]] Byte* storage_root() noexcept { return balance() + balance_size; }
    [[nodiscard]] const Byte* storage_root() const noexcept { return balance() + balance_size; }
    [[nodiscard]] Byte* code_hash() noexcept { return storage_root() + (storage == no_node ? 0 : sizeof(Hash)); }
    [[nodiscard]] const Byte* code_hash() const noexcept
    {
        return storage_root() + (storage == no_node ? 0 : sizeof(Hash));
    }
};

inline NodeKind kind_of(const NodePool& pool, NodeId id) noexcept
{
    return *reinterpret_cast<const NodeKind*>(pool.at(id));
}

/// The node as its struct; the caller knows its kind.
template <class Node>
Node& node_as(NodePool& pool, NodeId id) noexcept
{
    return *reinterpret_cast<Node*>(pool.at(id));
}

template <class Node>
const Node& node_as(const NodePool& pool, NodeId id) noexcept
{
    return *reinterpret_cast<const Node*>(pool.at(id));
}

/// Key of a leaf of either kind or of an extension, and its length in nibbles.
struct NodeKey
{
    const Byte* bytes;
    std::size_t length;
};

inline NodeKey key_of(const NodePool& pool, NodeId id) noexcept
{
    switch (kind_of(pool, id))
    {
        case NodeKind::leaf:
        {
            const auto& leaf = node_as<Leaf>(pool, id);
            return {leaf.key.data(), leaf.key_length};
        }
        case NodeKind::account:
            return {node_as<AccountLeaf>(pool, id).key.data(), 64};
        default:
        {
            const auto& extension = node_as<Extension>(pool, id);
            return {extension.key.data(), extension.end};
        }
    }
}

/// Size in bytes of a node in the pool.
inline std::size_t size_of(const NodePool& pool, NodeId id) noexcept
{
    switch (kind_of(pool, id))
    {
        case NodeKind::branch:
            return Branch::size(node_as<Branch>(pool, id).count());
        case NodeKind::extension:
            return sizeof(Extension);
        case NodeKind::leaf:
            return sizeof(Leaf) + node_as<Leaf>(pool, id).value_size;
        case NodeKind::account:
            break;
    }
    const auto& account = node_as<AccountLeaf>(pool, id);
    return sizeof(AccountLeaf) + account.balance_size + (account.storage == no_node ? 0 : sizeof(Hash)) +
           (account.has_code ? sizeof(Hash) : 0);
}
}  // namespace jiffy::trie
