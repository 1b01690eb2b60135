// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/node.hpp"
#include "trie/root.hpp"

#include <deque>
#include <optional>

namespace jiffy::trie
{
/// Number of a version of a trie; the empty trie that a store begins with is version 0.
using VersionNumber = std::uint64_t;

/// The root of a version: all that it takes to read it.
struct Version
{
    VersionNumber number = 0;
    NodeId root = no_node;
    Hash root_hash = empty_root;
};

/// The versions of a copy-on-write trie. A change makes new nodes and never writes into those of a version, so that the
/// retained versions share what they have in common.
///
/// One thread changes the store. Others may read the nodes below a `Version` that the changing thread handed to them,
/// as long as that version is neither dropped nor rewound: publishing versions and knowing when the last reader of one
/// has left is the affair of whoever owns the threads.
class NodeStore
{
public:
    explicit NodeStore(const ChunkMemory& memory = heap_memory());

    [[nodiscard]] NodePool& pool() noexcept { return pool_; }
    [[nodiscard]] const NodePool& pool() const noexcept { return pool_; }

    [[nodiscard]] const Version& latest() const noexcept { return records_.back().version; }
    [[nodiscard]] const Version& oldest() const noexcept { return records_.front().version; }
    /// Empty if the version does not exist or was dropped.
    [[nodiscard]] std::optional<Version> find(VersionNumber number) const noexcept;

    /// Memory for a node of the version under construction.
    NodeId create(std::size_t size);
    /// The node is no part of the version under construction.
    void supersede(NodeId id) { superseded_.push_back({id, static_cast<std::uint32_t>(size_of(pool_, id))}); }
    /// No node of this storage trie is part of the version under construction.
    void supersede_storage(NodeId root) { superseded_storage_.push_back(root); }

    /// Ends the version under construction.
    void commit(NodeId root, const Hash& root_hash);

    /// Puts what is under construction into the latest version, which must not have been handed to readers: what it was
    /// before cannot be read or gone back to any more. Nodes that only that had are freed at once.
    void amend(NodeId root, const Hash& root_hash);

    /// Makes `number` the latest version again and frees the nodes of those after it. False, without effect, if it is
    /// not retained.
    bool rewind(VersionNumber number) noexcept;

    /// Drops the versions before `number`, but never the latest one, and frees the nodes that only they had.
    void drop_before(VersionNumber number) noexcept;

private:
    /// With its size, so that the memory, cold by then, is not read when the node is freed.
    struct Superseded
    {
        NodeId id;
        std::uint32_t size;
    };

    struct Record
    {
        Version version;
        std::vector<NodeId> created;
        std::vector<Superseded> superseded;
        std::vector<NodeId> superseded_storage;
    };

    void free_node(NodeId id) noexcept { pool_.free(id, size_of(pool_, id)); }
    void free_storage(NodeId root) noexcept;
    void free(const Record& replaced) noexcept;
    void mark(const std::vector<NodeId>& nodes, bool is_new) noexcept;

    NodePool pool_;
    std::deque<Record> records_;
    /// Nodes that are in no version but the latest, or under construction. None are marked, nor listed as created, in a
    /// version that is the only one.
    std::vector<bool> is_new_;
    std::vector<NodeId> created_;
    std::vector<Superseded> superseded_;
    std::vector<NodeId> superseded_storage_;
};
}  // namespace jiffy::trie
