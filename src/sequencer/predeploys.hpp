// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/specification.hpp"
#include "types/state_difference.hpp"

namespace jiffy::sequencer
{
/// What the OP Stack's predeploys want to know of their chain. An address of L1 is zero while no L1 is attached.
struct PredeploySettings
{
    /// May upgrade the predeploys, and receives what the fee vaults hold.
    Address owner{};
    std::uint64_t l1_chain_id = 0;
    Address l1_cross_domain_messenger{};
    Address l1_standard_bridge{};
    Address l1_erc721_bridge{};
};

/// The state of a chain that holds the predeploys and preinstalls of the OP Stack and nothing else. Constructors and
/// initialisers run by the rules of the chain's first block, so that the contracts come about as they would by
/// transactions. Throws `std::logic_error` if one of them fails.
types::StateDifference optimism_predeploys(const chain::ChainSpecification& specification,
    std::uint64_t timestamp,
    const PredeploySettings& settings);

/// Where the code of a predeploy is that stands behind a proxy (OP Stack specification, "Predeploys").
Address implementation_of(const Address& predeploy) noexcept;
}  // namespace jiffy::sequencer
