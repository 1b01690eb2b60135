// SPDX-License-Identifier: Apache-2.0
#include "sequencer/fragment_statements.hpp"

namespace jiffy::sequencer
{
FragmentRecord FragmentStatements::finish(const BlockRecord& block,
    std::uint32_t end,
    std::span<const Bytes> receipts,
    Hash& prefix,
    const crypto::Kernels& kernels)
{
    const auto count = size();
    FragmentRecord record{.terms = terms_,
        .first_transaction = end - count,
        .transaction_count = count,
        .mini_block = mini_block_,
        .time = time_,
        .commitments = {},
        .statements = types::MerkleTree{{}},
        .signature = {},
        .differences = nullptr};
    // Of one kind after the other, so that many are hashed at once.
    preimages_.assign(receipts.begin(), receipts.end());
    hashes_.resize(count);
    kernels.keccak256_batch(preimages_.data(), hashes_.data(), count);
    record.commitments.reserve(count);
    leaves_.resize(count);
    for (std::uint32_t i = 0; i < count; ++i)
    {
        prefix = types::extend_prefix(prefix, transactions_[i], hashes_[i]);
        record.commitments.push_back({hashes_[i], prefix});
        const auto size = types::put_leaf(statement_of(record, block, i, transactions_[i]), leaves_[i]);
        preimages_[i] = BytesView{leaves_[i]}.first(size);
    }
    std::vector<Hash> leaf_hashes(count);
    kernels.keccak256_batch(preimages_.data(), leaf_hashes.data(), count);
    record.statements = types::MerkleTree{std::move(leaf_hashes), kernels};
    transactions_.clear();
    return record;
}

Hash digest_of(const FragmentRecord& fragment)
{
    return types::batch_digest(fragment.terms, fragment.transaction_count, fragment.statements.root());
}

void restate(FragmentRecord& fragment, const BlockRecord& block, const types::StatementTerms& terms)
{
    fragment.terms = terms;
    std::vector<Hash> leaves;
    leaves.reserve(fragment.transaction_count);
    for (std::uint32_t i = 0; i < fragment.transaction_count; ++i)
        leaves.push_back(types::leaf_hash(statement_of(fragment, block, i)));
    fragment.statements = types::MerkleTree{std::move(leaves)};
}
}  // namespace jiffy::sequencer
