// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/node_hasher.hpp"
#include "trie/node_store.hpp"

namespace jiffy::trie
{
/// A change of one entry of a `MerkleTrie`.
struct EntryChange
{
    /// At most 32 bytes.
    BytesView key;
    /// At most 65,535 bytes; empty: the entry is deleted.
    BytesView value;
};

/// Entry of a trie, seen where it lies: valid as long as a version is retained that has it.
struct Entry
{
    BytesView key;
    BytesView value;
};

/// A persistent trie of byte strings (yellow paper appendix D), copy-on-write by version. `NodeStore` says what threads
/// may do.
class MerkleTrie
{
public:
    explicit MerkleTrie(const crypto::Kernels& kernels)
      : hasher_{kernels}
    {
    }

    /// Applies the changes as one new version and returns its root; of several changes of a key the last one counts.
    Hash apply(std::span<const EntryChange> changes);

    [[nodiscard]] const NodeStore& store() const noexcept { return store_; }
    [[nodiscard]] NodeStore& store() noexcept { return store_; }

    [[nodiscard]] std::optional<Bytes> get(const Version& version, BytesView key) const;
    /// See `prove_key`.
    [[nodiscard]] std::vector<Bytes> prove(const Version& version, BytesView key) const;

    [[nodiscard]] std::optional<Entry> first(const Version& version) const noexcept;
    /// The entry with the smallest key above `key`.
    [[nodiscard]] std::optional<Entry> next(const Version& version, BytesView key) const noexcept;
    /// The entry with the largest key below `key`.
    [[nodiscard]] std::optional<Entry> previous(const Version& version, BytesView key) const noexcept;

private:
    [[nodiscard]] std::optional<Entry> entry_of(NodeId leaf) const noexcept;

    NodeStore store_;
    NodeHasher hasher_;
};
}  // namespace jiffy::trie
