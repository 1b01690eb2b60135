// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <optional>

namespace jiffy::trie
{
/// Why a proof proves nothing.
enum class ProofError : std::uint8_t
{
    /// The proof ends before the key is found or excluded.
    incomplete,
    /// A node is not the one whose hash its parent, or the root, names.
    wrong_hash,
    /// A node is no canonical RLP, or not of the shape of a branch, extension or leaf.
    malformed,
    /// Nodes follow the last one needed.
    superfluous_node,
};

/// Checks a proof as eth_getProof gives it: the RLP of the nodes from the root towards `key` (hashed already where keys
/// are hashed). Returns the value, or none if the proof shows that the key is not in the trie. Safe on any input.
Result<std::optional<Bytes>, ProofError> verify_proof(const Hash& root, BytesView key, std::span<const Bytes> proof);
}  // namespace jiffy::trie
