// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rlp/sinks.hpp"
#include "types/preconfirmation.hpp"
#include "types/statement_prefix.hpp"

namespace jiffy::types
{
/// Keccak-256 of the prefix and the RLP list of what `body(sink)` writes, at most 500 bytes.
template <class Body>
Hash hash_fields(StatementPrefix prefix, const Body& body) noexcept
{
    std::array<Byte, 512> buffer;
    rlp::Measure measure;
    rlp::put_list(measure, body);
    buffer[0] = static_cast<Byte>(prefix);
    rlp::Placer placer{buffer.data() + 1};
    rlp::put_list(placer, body);
    return crypto::keccak256({buffer.data(), 1 + measure.size()});
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
