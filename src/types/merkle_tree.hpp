// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/keccak.hpp"
#include "crypto/kernels.hpp"

#include <optional>
#include <span>
#include <vector>

namespace jiffy::types
{
/// Binary Keccak tree over at least one leaf, all of whose nodes are kept. Neighbours are paired level by level; the
/// last of an odd level moves up as it is. An inner node is hashed with a prefix that no leaf has.
class MerkleTree
{
public:
    /// Leaves are hashes already, made with a prefix of their own.
    explicit MerkleTree(std::vector<Hash> leaves, const crypto::Kernels& kernels = crypto::scalar_kernels());

    [[nodiscard]] const Hash& root() const noexcept { return nodes_.back(); }
    [[nodiscard]] std::uint32_t leaf_count() const noexcept { return leaf_count_; }
    [[nodiscard]] const Hash& leaf(std::uint32_t index) const noexcept { return nodes_[index]; }

    /// The siblings on the way from a leaf to the root.
    [[nodiscard]] std::vector<Hash> proof(std::uint32_t index) const;

private:
    std::uint32_t leaf_count_;
    /// Level by level, the leaves first, the root last.
    std::vector<Hash> nodes_;
};

/// Root of the tree of `leaf_count` leaves in which `leaf` stands at `index`; empty if there is no such place or the
/// proof is not as long as the way to the root.
std::optional<Hash> merkle_root_from_proof(const Hash& leaf,
    std::uint32_t index,
    std::uint32_t leaf_count,
    std::span<const Hash> proof) noexcept;
}  // namespace jiffy::types
