// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "chain/specification.hpp"
#include "state/source.hpp"

namespace jiffy::chain
{
/// Addresses of the OP Stack's predeploys (OP Stack specification, "Predeploys").
namespace predeploys
{
using namespace literals;
inline constexpr Address weth = fixed_hex<20>("0x4200000000000000000000000000000000000006");
inline constexpr Address cross_domain_messenger = fixed_hex<20>("0x4200000000000000000000000000000000000007");
inline constexpr Address gas_price_oracle = fixed_hex<20>("0x420000000000000000000000000000000000000f");
inline constexpr Address standard_bridge = fixed_hex<20>("0x4200000000000000000000000000000000000010");
inline constexpr Address mintable_erc20_factory = fixed_hex<20>("0x4200000000000000000000000000000000000012");
inline constexpr Address erc721_bridge = fixed_hex<20>("0x4200000000000000000000000000000000000014");
inline constexpr Address mintable_erc721_factory = fixed_hex<20>("0x4200000000000000000000000000000000000017");
inline constexpr Address proxy_admin = fixed_hex<20>("0x4200000000000000000000000000000000000018");
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

    /// True if no data costs anything, by any fork's formula.
    [[nodiscard]] bool are_free() const noexcept { return base_fee.is_zero() && blob_base_fee.is_zero(); }
    friend bool operator==(const L1FeeParameters&, const L1FeeParameters&) = default;
};

/// The OP Stack's rules in one block.
struct OptimismRules
{
    OptimismFork fork = OptimismFork::isthmus;
    /// Known once the block's deposits have run; while empty, each transaction reads them from the state below it.
    std::optional<L1FeeParameters> l1_fees;

    [[nodiscard]] bool has(OptimismFork wanted) const noexcept { return fork >= wanted; }
};

/// The rules of the precompiled contracts that came with an upgrade.
evm::PrecompileRules precompile_rules_of(OptimismFork fork) noexcept;

/// True if a block's withdrawals root is the storage root of the message passer (Isthmus).
bool commits_to_withdrawals(const ChainSpecification& specification, std::uint64_t timestamp) noexcept;

/// The OP Stack's rules at a timestamp.
OptimismRules optimism_rules_at(const OptimismSection& section, std::uint64_t timestamp) noexcept;

/// Reads the L1Block predeploy's slots; empty if the state is unavailable.
std::optional<L1FeeParameters> read_l1_fee_parameters(state::Source source) noexcept;

/// Fee in wei for the data of a transaction on L1, given its canonical form; zero where there are no prices.
U256 l1_data_fee(OptimismFork fork, const L1FeeParameters& parameters, BytesView encoded_transaction) noexcept;

/// Gas of a transaction's data on L1, as receipts tell it: as call data, with the overhead before Ecotone, and since
/// Fjord of the part that compression is thought to leave.
U256 l1_gas_used(OptimismFork fork, const L1FeeParameters& parameters, BytesView encoded_transaction) noexcept;

/// Operator fee in wei for an amount of gas (Isthmus).
U256 operator_fee(const L1FeeParameters& parameters, std::uint64_t gas) noexcept;
}  // namespace jiffy::chain
