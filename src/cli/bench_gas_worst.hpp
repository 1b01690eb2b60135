// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace jiffy::cli
{
struct BenchGasWorstOptions
{
    /// "prague" or "osaka".
    std::string fork = "prague";
    /// Gas of a run: what one transaction may spend (EIP-7825: 2^24).
    std::int64_t gas = std::int64_t{1} << 24;
    unsigned repetitions = 5;
    /// Accounts and slots in the state; rounded up to a power of two.
    std::uint64_t accounts = 1 << 20;
    /// Regular expression on names of opcodes, precompiled contracts and parts of transactions; empty for all.
    std::string filter;
    bool json = false;
};

/// Times contracts that spend their gas on one opcode or precompiled contract at its worst, and transactions that are
/// all authorizations, access list or call data, and prints what each costs in nanoseconds for a unit of gas, the
/// slowest first, the bound on the time of a transaction that follows, and the
/// transactions that take longer than a mini-block. Exit code: 0, 2 if the options make no sense.
int bench_gas_worst(const BenchGasWorstOptions& options);
}  // namespace jiffy::cli
