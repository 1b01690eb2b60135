// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/receipt.hpp"

namespace jiffy::chain
{
/// Type byte that an execution request begins with (EIP-7685).
enum class RequestType : std::uint8_t
{
    /// EIP-6110
    deposit = 0x00,
    /// EIP-7002
    withdrawal = 0x01,
    /// EIP-7251
    consolidation = 0x02,
};

/// Appends the deposits that the logs of the deposit contract tell of (EIP-6110); false if a deposit event is not laid
/// out as the contract lays it out.
bool append_deposits(Bytes& requests, std::span<const types::Log> logs, const Address& deposit_contract);

/// The header's commitment to requests, each with its type byte, none without data (EIP-7685).
Hash requests_hash(std::span<const Bytes> requests);
}  // namespace jiffy::chain
