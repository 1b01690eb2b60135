// SPDX-License-Identifier: Apache-2.0
#include "replica/signature_check.hpp"

#include "types/statement_hash.hpp"

namespace jiffy::replica
{
bool SignatureCheck::accepts(const types::EpochFrame& term) const noexcept
{
    return term.signer == sequencer_ && term.terms.chain_id == chain_id_ && term.terms.domain == domain_;
}

bool SignatureCheck::is_signed(const Hash& digest, const crypto::RecoverableSignature& signature) const noexcept
{
    return types::recover_statement_signer(digest, signature) == sequencer_;
}
}  // namespace jiffy::replica
