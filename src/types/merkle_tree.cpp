// SPDX-License-Identifier: Apache-2.0
#include "types/merkle_tree.hpp"

#include "types/statement_prefix.hpp"

#include <algorithm>

namespace jiffy::types
{
namespace
{
/// What an inner node is the hash of.
using Pair = std::array<Byte, 1 + 2 * sizeof(Hash)>;

Pair pair_of(const Hash& left, const Hash& right) noexcept
{
    Pair pair;
    pair[0] = static_cast<Byte>(StatementPrefix::node);
    std::ranges::copy(left.view(), pair.begin() + 1);
    std::ranges::copy(right.view(), pair.begin() + 1 + sizeof(Hash));
    return pair;
}

Hash hash_pair(const Hash& left, const Hash& right) noexcept
{
    return crypto::keccak256(pair_of(left, right));
}
}  // namespace

MerkleTree::MerkleTree(std::vector<Hash> leaves, const crypto::Kernels& kernels)
  : leaf_count_{static_cast<std::uint32_t>(leaves.size())}
  , nodes_{std::move(leaves)}
{
    nodes_.reserve(2 * nodes_.size() + 8);
    std::vector<Pair> pairs(nodes_.size() / 2);
    std::vector<BytesView> preimages(pairs.begin(), pairs.end());
    std::size_t begin = 0;
    for (std::size_t count = nodes_.size(); count > 1; count = (count + 1) / 2)
    {
        const auto pair_count = count / 2;
        for (std::size_t i = 0; i < pair_count; ++i)
            pairs[i] = pair_of(nodes_[begin + 2 * i], nodes_[begin + 2 * i + 1]);
        const auto end = nodes_.size();
        nodes_.resize(end + pair_count);
        kernels.keccak256_batch(preimages.data(), &nodes_[end], pair_count);
        if (count % 2 != 0)
            nodes_.push_back(nodes_[begin + count - 1]);
        begin += count;
    }
}

std::vector<Hash> MerkleTree::proof(std::uint32_t index) const
{
    std::vector<Hash> siblings;
    std::size_t begin = 0;
    for (std::size_t count = leaf_count_; count > 1; count = (count + 1) / 2)
    {
        if ((index ^ 1U) < count)
            siblings.push_back(nodes_[begin + (index ^ 1U)]);
        begin += count;
        index /= 2;
    }
    return siblings;
}

std::optional<Hash> merkle_root_from_proof(const Hash& leaf,
    std::uint32_t index,
    std::uint32_t leaf_count,
    std::span<const Hash> proof) noexcept
{
    if (index >= leaf_count)
        return std::nullopt;
    Hash node = leaf;
    for (std::uint64_t count = leaf_count; count > 1; count = (count + 1) / 2)
    {
        if ((index ^ 1U) < count)
        {
            if (proof.empty())
                return std::nullopt;
            node = index % 2 == 0 ? hash_pair(node, proof.front()) : hash_pair(proof.front(), node);
            proof = proof.subspan(1);
        }
        index /= 2;
    }
    return proof.empty() ? std::optional{node} : std::nullopt;
}
}  // namespace jiffy::types
