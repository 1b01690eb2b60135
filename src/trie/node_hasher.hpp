// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/node.hpp"
#include "trie/root.hpp"

namespace jiffy::trie
{
/// An upper bound of the size of the node's RLP.
std::size_t encoded_size_limit(const NodePool& pool, NodeId id) noexcept;

/// Writes the RLP of a node whose path begins at nibble `depth` of its keys, and whose children's references are known;
/// returns its size in bytes.
std::size_t encode_node(const NodePool& pool, NodeId id, std::size_t depth, Byte* target) noexcept;

/// Computes what an update has left open: the references of new nodes, deepest first, many nodes at a time.
class NodeHasher
{
public:
    explicit NodeHasher(const crypto::Kernels& kernels) noexcept
      : kernels_{kernels}
    {
    }

    /// Fills in all dirty references below `node`, whose path begins at nibble `depth`. Writes into new nodes only.
    void fill(NodePool& pool, NodeId node, std::size_t depth);

    /// Fills in all dirty references below `root` and returns the root's hash.
    Hash hash(NodePool& pool, NodeId root);

private:
    /// A node whose reference is wanted, and where it goes: into `parent`, or to the caller if there is none.
    struct Link
    {
        NodeId node;
        NodeId parent;
        std::uint8_t digit;
        std::uint8_t depth;
    };

    void collect_children(const NodePool& pool, const Link& link);
    void hash_group(NodePool& pool, std::span<const Link> group);
    void set_reference(NodePool& pool, const Link& link, BytesView reference);

    const crypto::Kernels& kernels_;
    std::vector<Link> links_;
    std::vector<std::size_t> level_starts_;
    Bytes encoded_;
    Hash root_hash_;
};
}  // namespace jiffy::trie
