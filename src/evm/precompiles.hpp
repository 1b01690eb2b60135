// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"
#include "evm/revision.hpp"

namespace jiffy::evm
{
/// Outcome of a precompiled contract; `output` is valid until the buffer it was given is used again.
struct PrecompileOutcome
{
    bool success = false;
    std::int64_t gas_left = 0;
    BytesView output;
};

/// A precompiled contract under one revision.
struct Precompile
{
    /// For people and documents: "ecrecover".
    const char* name;
    /// Gas for this input; the largest 64-bit value if it exceeds every limit.
    std::uint64_t (*gas)(BytesView input) noexcept;
    /// Computes the output into `buffer`, which may grow; false if the input is refused (all gas is taken). Called
    /// only once the gas is paid.
    bool (*run)(BytesView input, Bytes& buffer) noexcept;
};

/// The contract at an address, or null if the revision and the rules beside it have none there.
const Precompile* find_precompile(Revision revision,
    const Address& address,
    PrecompileRules rules = PrecompileRules::ethereum) noexcept;

/// Pays and runs. On failure all gas is gone and the output empty.
PrecompileOutcome run_precompile(const Precompile& precompile,
    BytesView input,
    std::int64_t gas,
    Bytes& buffer) noexcept;

/// Addresses of all contracts of a revision and the rules beside it, which are warm from the start (EIP-2929).
std::span<const Address> precompile_addresses(Revision revision,
    PrecompileRules rules = PrecompileRules::ethereum) noexcept;
}  // namespace jiffy::evm
