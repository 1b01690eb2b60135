// SPDX-License-Identifier: Apache-2.0
#include "types/preconfirmation.hpp"

#include "rlp/rlp.hpp"
#include "types/statement_hash.hpp"

namespace jiffy::types
{
Hash environment_commitment(const Header& opening, const Hash& parent_prefix)
{
    return hash_fields(StatementPrefix::environment,
        [&](auto& fields)
        {
            fields.integer(opening.number);
            fields.integer(opening.timestamp);
            fields.fixed(opening.beneficiary);
            fields.integer(opening.gas_limit);
            fields.integer(opening.base_fee_per_gas.value_or(U256{}));
            fields.fixed(opening.mix_hash);
            fields.fixed(parent_prefix);
        });
}

Hash receipt_commitment(const Receipt& receipt)
{
    return crypto::keccak256(encode(receipt));
}

Hash extend_prefix(const Hash& prefix, const Hash& transaction, const Hash& receipt) noexcept
{
    return hash_statement<StatementPrefix::transaction_prefix>(prefix.view(), transaction.view(), receipt.view());
}

std::size_t put_leaf(const Preconfirmation& statement, StatementBuffer& buffer) noexcept
{
    return put_hashed_fields(
        StatementPrefix::leaf,
        [&](auto& fields)
        {
            put_terms(fields, statement.terms);
            fields.integer(statement.block_number);
            fields.fixed(statement.environment);
            fields.integer(statement.mini_block);
            fields.integer(statement.index);
            fields.fixed(statement.transaction);
            fields.fixed(statement.receipt);
            fields.fixed(statement.prefix);
            fields.integer(statement.time);
        },
        buffer);
}

Hash leaf_hash(const Preconfirmation& statement)
{
    StatementBuffer buffer;
    const auto size = put_leaf(statement, buffer);
    return crypto::keccak256({buffer.data(), size});
}

Hash batch_digest(const StatementTerms& terms, std::uint32_t leaf_count, const Hash& root)
{
    return hash_fields(StatementPrefix::batch,
        [&](auto& fields)
        {
            put_terms(fields, terms);
            fields.integer(std::uint64_t{leaf_count});
            fields.fixed(root);
        });
}

std::optional<Address> signer_of(const SignedPreconfirmation& preconfirmation)
{
    if (preconfirmation.leaf_count > most_leaves)
        return std::nullopt;
    const auto& statement = preconfirmation.statement;
    const auto root = merkle_root_from_proof(
        leaf_hash(statement), preconfirmation.leaf_index, preconfirmation.leaf_count, preconfirmation.proof);
    if (!root)
        return std::nullopt;
    return recover_statement_signer(
        batch_digest(statement.terms, preconfirmation.leaf_count, *root), preconfirmation.signature);
}
}  // namespace jiffy::types
