// SPDX-License-Identifier: Apache-2.0
#include "types/mini_block.hpp"

#include "types/statement_hash.hpp"

namespace jiffy::types
{
Hash mini_block_hash(const StatementTerms& terms, const MiniBlock& mini_block)
{
    return hash_fields(StatementPrefix::mini_block,
        [&](auto& fields)
        {
            put_terms(fields, terms);
            fields.integer(mini_block.number);
            fields.fixed(mini_block.parent);
            fields.integer(mini_block.block_number);
            fields.integer(mini_block.block_timestamp);
            fields.integer(mini_block.index);
            fields.integer(mini_block.time);
            fields.integer(mini_block.gas_used);
            fields.fixed(mini_block.transactions_root);
            fields.fixed(mini_block.receipts_root);
            fields.fixed(mini_block.difference);
        });
}

std::optional<Address> signer_of(const SignedMiniBlock& signed_mini_block)
{
    return recover_statement_signer(
        mini_block_hash(signed_mini_block.terms, signed_mini_block.mini_block), signed_mini_block.signature);
}
}  // namespace jiffy::types
