// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rlp/sinks.hpp"
#include "types/preconfirmation.hpp"
#include "types/statement_prefix.hpp"

#include <optional>

namespace jiffy::types
{
/// Writes the prefix and the RLP list of what `body(sink)` writes, at most 500 bytes; gives their number.
template <class Body>
std::size_t put_hashed_fields(StatementPrefix prefix, const Body& body, StatementBuffer& buffer) noexcept
{
    rlp::Measure measure;
    rlp::put_list(measure, body);
    buffer[0] = static_cast<Byte>(prefix);
    rlp::Placer placer{buffer.data() + 1};
    rlp::put_list(placer, body);
    return 1 + measure.size();
}

/// Keccak-256 of that.
template <class Body>
Hash hash_fields(StatementPrefix prefix, const Body& body) noexcept
{
    StatementBuffer buffer;
    const auto size = put_hashed_fields(prefix, body, buffer);
    return crypto::keccak256({buffer.data(), size});
}

/// Address of the key that signed a statement's digest. Empty if the signature is none or has a high s (EIP-2): else
/// (r, n - s) with the other parity would be a second signature that anybody can make of the first.
inline std::optional<Address> recover_statement_signer(const Hash& digest,
    const crypto::RecoverableSignature& signature) noexcept
{
    if (signature.s > crypto::secp256k1_half_order)
        return std::nullopt;
    return crypto::recover_address(digest, signature);
}

/// The fields that every statement begins with: version, domain, chain id, epoch, durability.
template <class Sink>
void put_terms(Sink& fields, const StatementTerms& terms)
{
    fields.integer(statement_version);
    fields.integer(static_cast<std::uint64_t>(terms.domain));
    fields.integer(terms.chain_id);
    fields.integer(terms.epoch);
    fields.integer(static_cast<std::uint64_t>(terms.durability));
}
}  // namespace jiffy::types
