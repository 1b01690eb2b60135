// SPDX-License-Identifier: Apache-2.0
#include "sequencer/fragment_statements.hpp"

namespace jiffy::sequencer
{
void FragmentStatements::add(const BlockRecord& block,
    std::uint32_t index,
    const Hash& transaction,
    BytesView receipt,
    Hash& prefix)
{
    const auto commitment = crypto::keccak256(receipt);
    prefix = types::extend_prefix(prefix, transaction, commitment);
    commitments_.push_back({commitment, prefix});
    leaves_.push_back(types::leaf_hash({.terms = terms_,
        .block_number = block.number(),
        .environment = block.release_start()->environment,
        .mini_block = mini_block_,
        .index = index,
        .transaction = transaction,
        .receipt = commitment,
        .prefix = prefix,
        .time = time_}));
}

FragmentRecord FragmentStatements::finish(std::uint32_t end)
{
    const auto count = size();
    return {.terms = terms_,
        .first_transaction = end - count,
        .transaction_count = count,
        .mini_block = mini_block_,
        .time = time_,
        .commitments = std::exchange(commitments_, {}),
        .statements = types::MerkleTree{std::exchange(leaves_, {})},
        .signature = {},
        .differences = nullptr};
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
