// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/node.hpp"

namespace jiffy::node
{
/// What a newcomer needs to know: accounts, keys, chain, URLs. For people.
std::string banner_text(const Node& node, const NodeOptions& options);

/// The same as a JSON document: http, ws, chainId, accounts, privateKeys, signer and the intervals; feed, its host and
/// port, if there is one; preset and mnemonic where the chain is not from a file.
std::string banner_json(const Node& node, const NodeOptions& options);

/// Writes `text` in place of the file in one step, so that nobody reads half of it; false if it cannot.
bool write_file_at_once(const std::string& path, std::string_view text);

/// Mixed-case form of an address with its checksum (EIP-55).
std::string checksummed(const Address& address);
}  // namespace jiffy::node
