// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/specification.hpp"
#include "sequencer/sealer.hpp"
#include "world/world.hpp"

#include <string>
#include <vector>

namespace jiffy::sequencer
{
/// An account of a development chain, with the key that everybody knows.
struct DevelopmentAccount
{
    Address address;
    Hash secret;
};

/// The words from which hardhat, anvil and the like derive their accounts (BIP-39, path m/44'/60'/0'/0/n).
inline constexpr std::string_view development_mnemonic = "test test test test test test test test test test test junk";

/// The first ten accounts of `development_mnemonic`.
std::vector<DevelopmentAccount> development_accounts();

/// Key that a development chain's sequencer signs with: Keccak-256 of "jiffy development sequencer". Everybody knows
/// it.
Hash development_sequencer_secret() noexcept;

/// The first block of a chain and the state after it.
struct Genesis
{
    types::Header header;
    types::StateDifference state;
};

/// Genesis of a development chain: 10,000 ETH for each account, the system contracts of the forks that are active
/// (EIP-4788, 2935, 7002, 7251) or the OP Stack's predeploys, which belong to the first account, and a base fee of one
/// gwei. The header lacks its state roots. `timestamp` is Unix time in seconds.
Genesis development_genesis(const chain::ChainSpecification& specification,
    std::span<const DevelopmentAccount> accounts,
    std::uint64_t timestamp);

/// Fills in the header's state roots.
void complete_genesis(Genesis& genesis, const chain::ChainSpecification& specification, const crypto::Kernels& kernels);

/// Makes genesis, which is complete, the newest block of an empty history. The world and the sealer's trie have its
/// state.
void seal_genesis(const Genesis& genesis, const world::World& world, const Sealer& sealer, History& history);
}  // namespace jiffy::sequencer
