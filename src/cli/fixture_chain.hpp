// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/exceptions.hpp"
#include "chain/specification.hpp"
#include "cli/fixture_json.hpp"
#include "trie/state_trie.hpp"

#include <string>

/// What fixtures say about chains, in the words of the code.
namespace jiffy::cli
{
/// The specification of a fork or transition as fixtures name them ("Osaka", "EIP158ToByzantiumAt5",
/// "CancunToPragueAtTime15k"); `config` may set the chain id and blob limits. Throws `FixtureError` for an unknown
/// name.
chain::ChainSpecification fixture_specification(std::string_view network, std::optional<Json> config);

/// True if the exception that happened ("TransactionException.NONCE_IS_MAX") is one of those expected: EEST's names
/// joined by '|', or the names of older test suites.
bool is_expected_exception(std::string_view expected, std::string_view actual);

std::string full_name(chain::InvalidTransaction reason);
std::string full_name(const chain::TransactionFailure& reason);
std::string full_name(const chain::BlockFailure& reason);

/// Where two states differ, a few lines at most; nothing if they are the same.
std::string describe_difference(const state::MemoryState& expected, const state::MemoryState& actual);
}  // namespace jiffy::cli
