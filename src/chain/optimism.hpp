// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "chain/specification.hpp"
#include "state/source.hpp"

namespace jiffy::chain
{
/// Addresses of the OP Stack's predeploys that the execution rules know (OP Stack specification, "Predeploys").
namespace predeploys
{
using namespace literals;
inline constexpr Address message_passer = fixed_hex<20>("0x4200000000000000000000000000000000000016");
inline constexpr Address l1_block = fixed_hex<20>("0x4200000000000000000000000000000000000015");
inline constexpr Address sequencer_fee_vault = fixed_hex<20>("0x4200000000000000000000000000000000000011");
inline constexpr Address base_fee_vault = fixed_hex<20>("0x4200000000000000000000000000000000000019");
inline constexpr Address l1_fee_vault = fixed_hex<20>("0x420000000000000000000000000000000000001a");
inline constexpr Address operator_fee_vault = fixed_hex<20>("0x420000000000000000000000000000000000001b");
/// Sender of the L1 attributes transaction.
inline constexpr Address depositor_account = fixed_hex<20>("0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001");
}  // namespace predeploys

/// What the L1 attributes transaction left in the L1Block predeploy: prices of data on L1 and of the operator.
struct L1FeeParameters
{
    /// Wei.
    U256 base_fee{};
    U256 blob_base_fee{};
    std::uint32_t base_fee_scalar = 0;
    std::uint32_t blob_base_fee_scalar = 0;
    /// Before Ecotone, and in Ecotone's first block.
    U256 overhead{};
    U256 scalar{};
    /// Isthmus.
    std::uint32_t operator_fee_scalar = 0;
    std::uint64_t operator_fee_constant = 0;

    friend bool operator==(const L1FeeParameters&, const L1FeeParameters&) = default;
};

/// The OP Stack's rules in one block.
struct OptimismRules
{
    OptimismFork fork = OptimismFork::isthmus;
    /// Known once the block's L1 attributes transaction has run; while empty, each transaction reads them from the
    /// state below it.
    std::optional<L1FeeParameters> l1_fees;

    [[nodiscard]] bool has(OptimismFork wanted) const noexcept { return fork >= wanted; }
};

/// The OP Stack's rules at a timestamp.
OptimismRules optimism_rules_at(const OptimismSection& section, std::uint64_t timestamp) noexcept;

/// Reads the L1Block predeploy's slots; empty if the state is unavailable.
std::optional<L1FeeParameters> read_l1_fee_parameters(state::Source source) noexcept;

/// Fee in wei for the data of a transaction on L1, given its canonical form.
U256 l1_data_fee(OptimismFork fork, const L1FeeParameters& parameters, BytesView encoded_transaction) noexcept;

/// Operator fee in wei for an amount of gas (Isthmus).
U256 operator_fee(const L1FeeParameters& parameters, std::uint64_t gas) noexcept;
}  // namespace jiffy::chain
