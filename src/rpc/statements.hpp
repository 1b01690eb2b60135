// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/json_writer.hpp"
#include "rpc/parameter_values.hpp"
#include "types/equivocation.hpp"

namespace jiffy::rpc
{
/// Members of an object: who signs, and how much the signatures promise.
void write_terms(JsonWriter& json, const types::StatementTerms& terms);

/// A member of an object.
void write_signature(JsonWriter& json, const crypto::RecoverableSignature& signature);

/// A preconfirmation with all that it takes to verify it.
void write_preconfirmation(JsonWriter& json, const types::SignedPreconfirmation& preconfirmation);

/// Members of an object: a mini-block's header, the terms that it was signed on, and the signature.
void write_mini_block_fields(JsonWriter& json, const types::SignedMiniBlock& mini_block, const Hash& hash);

/// Reads what the two functions above write; further members are left alone. The signature is not checked.
Parsed<types::SignedStatement> parse_statement(JsonElement element);
}  // namespace jiffy::rpc
