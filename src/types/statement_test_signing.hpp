// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/mini_block.hpp"

/// Statements for tests, and who signs them.
namespace jiffy::types::statement_test
{
inline constexpr Hash secret{{0x46, 0x46, 0x46}};
inline constexpr StatementTerms promise{.domain = StatementDomain::production,
    .chain_id = 4321,
    .epoch = 3,
    .durability = Durability::disk};

inline Address signer()
{
    return crypto::address_of(*crypto::public_key_of(secret));
}

inline Preconfirmation some_statement(std::uint64_t index)
{
    return {.terms = promise,
        .block_number = 7,
        .environment = to_hash(U256{77}),
        .mini_block = 700 + index / 10,
        .index = index,
        .transaction = to_hash(U256{1000 + index}),
        .receipt = to_hash(U256{2000 + index}),
        .prefix = to_hash(U256{3000 + index}),
        .time = 6'000'000 + index};
}

/// Signs the statements as one batch.
inline std::vector<SignedPreconfirmation> sign_batch(const std::vector<Preconfirmation>& statements)
{
    std::vector<Hash> leaves;
    leaves.reserve(statements.size());
    for (const auto& statement : statements)
        leaves.push_back(leaf_hash(statement));
    const MerkleTree tree{std::move(leaves)};
    const auto count = tree.leaf_count();
    const auto signature = *crypto::sign(batch_digest(statements.front().terms, count, tree.root()), secret);
    std::vector<SignedPreconfirmation> result;
    for (std::uint32_t i = 0; i < count; ++i)
        result.push_back({statements[i], i, count, tree.proof(i), signature});
    return result;
}

inline SignedPreconfirmation sign_alone(const Preconfirmation& statement)
{
    return sign_batch({statement}).front();
}

inline SignedMiniBlock sign_mini_block(const MiniBlock& mini_block)
{
    return {promise, mini_block, *crypto::sign(mini_block_hash(promise, mini_block), secret)};
}
}  // namespace jiffy::types::statement_test
