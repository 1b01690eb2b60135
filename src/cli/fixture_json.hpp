// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "state/memory_state.hpp"
#include "types/block.hpp"

#include <simdjson.h>
#include <stdexcept>

/// Readers of the values in JSON fixtures. A value that is not what it must be is a `FixtureError`.
namespace jiffy::cli
{
/// A fixture is not as its format says.
class FixtureError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

using Json = simdjson::dom::element;

/// Member of an object; empty if it is absent or null.
std::optional<Json> find(Json object, std::string_view key);
/// Member that must be there.
Json get(Json object, std::string_view key);

std::string_view read_text(Json value);
/// A number as hex digits or, rarely, in decimal; one that is "0x:bigint 0x..." is deliberately too large: empty.
std::optional<U256> read_number_or_overflow(Json value);
U256 read_number(Json value);
std::uint64_t read_number_64(Json value);
Bytes read_bytes(Json value);
Hash read_hash(Json value);
/// A hash written as a number, padded or not.
Hash read_padded_hash(Json value);
Address read_address(Json value);
/// Address of hex digits; for keys of objects.
Address parse_address(std::string_view text);

/// The accounts of `pre`, `state` or `postState`.
state::MemoryState read_state(Json accounts);
}  // namespace jiffy::cli
