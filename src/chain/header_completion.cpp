// SPDX-License-Identifier: Apache-2.0
#include "chain/header_completion.hpp"

#include "chain/requests.hpp"
#include "trie/root.hpp"

namespace jiffy::chain
{
void complete_header(types::Header& header,
    std::span<const Bytes> transactions,
    std::span<const Bytes> receipts,
    std::span<const Bytes> requests,
    const crypto::Kernels& kernels)
{
    header.transactions_root = trie::ordered_root(transactions, kernels);
    header.receipts_root = trie::ordered_root(receipts, kernels);
    if (header.requests_hash)
        header.requests_hash = requests_hash(requests);
}
}  // namespace jiffy::chain
