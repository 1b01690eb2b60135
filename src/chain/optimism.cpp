// SPDX-License-Identifier: Apache-2.0
#include "chain/optimism.hpp"

#include "chain/fast_lz.hpp"

#include <algorithm>

namespace jiffy::chain
{
namespace
{
/// Storage layout of the L1Block predeploy.
constexpr U256 base_fee_slot{1};
constexpr U256 scalars_slot{3};
constexpr U256 overhead_slot{5};
constexpr U256 scalar_slot{6};
constexpr U256 blob_base_fee_slot{7};
constexpr U256 operator_fee_slot{8};

constexpr std::uint64_t zero_byte_gas = 4;
constexpr std::uint64_t other_byte_gas = 16;
/// Bytes that Bedrock counted for a signature.
constexpr std::uint64_t bedrock_signature_size = 68;
constexpr std::uint64_t scalar_unit = 1'000'000;
constexpr std::uint64_t ecotone_divisor = 16 * scalar_unit;

/// Fjord's linear estimate of a transaction's share in a compressed batch, in millionths of a byte.
constexpr std::uint64_t fast_lz_coefficient = 836'500;
constexpr std::uint64_t negative_intercept = 42'585'600;
constexpr std::uint64_t smallest_size = 100 * scalar_unit;
constexpr std::uint64_t fjord_divisor = scalar_unit * scalar_unit;

/// Gas of the data as call data on L1.
std::uint64_t call_data_gas(OptimismFork fork, BytesView data) noexcept
{
    const auto zeros = static_cast<std::uint64_t>(std::count(data.begin(), data.end(), Byte{0}));
    std::uint64_t others = data.size() - zeros;
    if (fork < OptimismFork::regolith)
        others += bedrock_signature_size;
    return zeros * zero_byte_gas + others * other_byte_gas;
}

/// Data up to this size counts as the smallest whatever it is: even if nothing in it repeats, with a byte for each 32
/// literals.
constexpr std::size_t largest_small_data = 164;

std::uint64_t estimated_size(BytesView data) noexcept
{
    if (data.size() <= largest_small_data)
        return smallest_size;
    const std::uint64_t scaled = std::uint64_t{fast_lz_length(data)} * fast_lz_coefficient;
    return std::max(smallest_size, scaled > negative_intercept ? scaled - negative_intercept : 0);
}
}  // namespace

evm::PrecompileRules precompile_rules_of(OptimismFork fork) noexcept
{
    if (fork >= OptimismFork::isthmus)
        return evm::PrecompileRules::isthmus;
    if (fork >= OptimismFork::granite)
        return evm::PrecompileRules::granite;
    return fork >= OptimismFork::fjord ? evm::PrecompileRules::fjord : evm::PrecompileRules::ethereum;
}

bool commits_to_withdrawals(const ChainSpecification& specification, std::uint64_t timestamp) noexcept
{
    return specification.optimism && specification.optimism->is_active(OptimismFork::isthmus, timestamp);
}

OptimismRules optimism_rules_at(const OptimismSection& section, std::uint64_t timestamp) noexcept
{
    OptimismRules rules;
    rules.fork = OptimismFork::bedrock;
    for (std::size_t index = 0; index < optimism_fork_count; ++index)
        if (section.is_active(static_cast<OptimismFork>(index), timestamp))
            rules.fork = static_cast<OptimismFork>(index);
    return rules;
}

std::optional<L1FeeParameters> read_l1_fee_parameters(state::Source source) noexcept
{
    bool unavailable = false;
    const auto read = [&source, &unavailable](const U256& slot)
    {
        U256 value;
        const auto presence = source.storage(predeploys::l1_block, slot, value);
        unavailable = unavailable || presence == state::Presence::unavailable;
        return presence == state::Presence::present ? value : U256{};
    };
    L1FeeParameters parameters;
    parameters.base_fee = read(base_fee_slot);
    parameters.blob_base_fee = read(blob_base_fee_slot);
    parameters.overhead = read(overhead_slot);
    parameters.scalar = read(scalar_slot);
    // Packed: 12 bytes from the top, then both scalars, then the sequence number.
    const auto scalars = read(scalars_slot);
    parameters.base_fee_scalar = static_cast<std::uint32_t>(scalars.limbs[1] >> 32);
    parameters.blob_base_fee_scalar = static_cast<std::uint32_t>(scalars.limbs[1]);
    const auto operator_fee_slot_value = read(operator_fee_slot);
    parameters.operator_fee_scalar = static_cast<std::uint32_t>(operator_fee_slot_value.limbs[1]);
    parameters.operator_fee_constant = operator_fee_slot_value.limbs[0];
    if (unavailable)
        return std::nullopt;
    return parameters;
}

U256 l1_data_fee(OptimismFork fork, const L1FeeParameters& parameters, BytesView encoded_transaction) noexcept
{
    if (parameters.are_free())
        return {};
    // In Ecotone's first block the contract is not upgraded yet: no new parameter is set.
    const bool has_ecotone_parameters =
        !parameters.blob_base_fee.is_zero() || parameters.base_fee_scalar != 0 || parameters.blob_base_fee_scalar != 0;
    if (fork < OptimismFork::ecotone || !has_ecotone_parameters)
    {
        const auto gas = U256{call_data_gas(fork, encoded_transaction)} + parameters.overhead;
        return divide(gas * parameters.base_fee * parameters.scalar, U256{scalar_unit}).quotient;
    }
    const auto price = U256{16} * parameters.base_fee * U256{parameters.base_fee_scalar} +
                       parameters.blob_base_fee * U256{parameters.blob_base_fee_scalar};
    if (fork < OptimismFork::fjord)
        return divide(U256{call_data_gas(fork, encoded_transaction)} * price, U256{ecotone_divisor}).quotient;
    return divide(U256{estimated_size(encoded_transaction)} * price, U256{fjord_divisor}).quotient;
}

U256 l1_gas_used(OptimismFork fork, const L1FeeParameters& parameters, BytesView encoded_transaction) noexcept
{
    if (fork >= OptimismFork::fjord)
        return divide(U256{estimated_size(encoded_transaction)} * U256{other_byte_gas}, U256{scalar_unit}).quotient;
    const U256 gas{call_data_gas(fork, encoded_transaction)};
    return fork < OptimismFork::ecotone ? gas + parameters.overhead : gas;
}

U256 operator_fee(const L1FeeParameters& parameters, std::uint64_t gas) noexcept
{
    return divide(U256{gas} * U256{parameters.operator_fee_scalar}, U256{scalar_unit}).quotient +
           U256{parameters.operator_fee_constant};
}
}  // namespace jiffy::chain
