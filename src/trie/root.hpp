// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/kernels.hpp"

namespace jiffy::trie
{
/// Root of the trie without entries: keccak-256 of the RLP of the empty string.
inline constexpr Hash empty_root{{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0,
    0xf8, 0x6e, 0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};

/// Entry of a trie; the value is not empty.
struct KeyValue
{
    BytesView key;
    BytesView value;
};

/// Root of the Merkle Patricia trie of `entries` (yellow paper appendix D), computed from scratch without keeping any
/// node. Keys ascend, none twice; they may be of any and different lengths.
Hash root_of(std::span<const KeyValue> entries, const crypto::Kernels& kernels = crypto::scalar_kernels());

/// Root of the trie of rlp(index) -> item: the transactions, receipts and withdrawals roots of a block (yellow paper
/// 4.3.2, EIP-4895).
Hash ordered_root(std::span<const Bytes> items, const crypto::Kernels& kernels = crypto::scalar_kernels());

/// Proof that `items[index]` stands in that trie: the RLP of the nodes from the root to its leaf, as `verify_proof`
/// takes them. The key is `ordered_key(index)`.
std::vector<Bytes> ordered_proof(std::span<const Bytes> items,
    std::size_t index,
    const crypto::Kernels& kernels = crypto::scalar_kernels());

/// rlp(index).
Bytes ordered_key(std::size_t index);
}  // namespace jiffy::trie
