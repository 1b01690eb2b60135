// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/genesis.hpp"

#include <expected>

namespace jiffy::node
{
/// The rules of a chain and its first block. The header lacks its state roots.
struct ChainFile
{
    chain::ChainSpecification specification;
    sequencer::Genesis genesis;
};

/// Reads geth's genesis format: `config` with the activation of each fork, `alloc` with the accounts, the header's
/// fields beside them. `config.optimism` is op-geth's section, with the activations of the OP Stack beside it;
/// `config.jiffy` is ours: miniBlockMs, blockMs, transactionGasCap (with an `optimism` section 2^24 if it is left out),
/// minimumBaseFee (wei), sequencer (address). `gasLimit` is that of every block. The error is one line for people.
std::expected<ChainFile, std::string> parse_genesis(std::string_view text);

/// The same from a file of at most 1 GiB.
std::expected<ChainFile, std::string> read_genesis_file(const std::string& path);
}  // namespace jiffy::node
