// SPDX-License-Identifier: Apache-2.0
#include "chain/fees.hpp"

#include <algorithm>

namespace jiffy::chain
{
namespace
{
constexpr std::uint64_t elasticity_multiplier = 2;
constexpr std::uint64_t base_fee_maximum_change_denominator = 8;
/// EIP-7918: execution gas that a blob costs at least.
constexpr std::uint64_t blob_base_cost = std::uint64_t{1} << 13;

/// By how much and how fast the base fee follows the use of gas.
struct BaseFeeParameters
{
    std::uint64_t elasticity = elasticity_multiplier;
    std::uint64_t denominator = base_fee_maximum_change_denominator;
};

std::uint64_t load_32(const Byte* source) noexcept
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = (value << 8) | source[i];
    return value;
}

/// Holocene's extra data: version 0, then denominator and elasticity of 32 bits each.
constexpr std::size_t extra_data_size = 9;
constexpr std::size_t denominator_offset = 1;
constexpr std::size_t elasticity_offset = 5;

void store_32(Byte* target, std::uint64_t value) noexcept
{
    for (std::size_t i = 0; i < 4; ++i)
        target[i] = static_cast<Byte>(value >> (24 - 8 * i));
}

BaseFeeParameters constant_parameters(const OptimismSection& optimism, std::uint64_t timestamp) noexcept
{
    return {optimism.eip1559_elasticity, optimism.is_active(OptimismFork::canyon, timestamp)
                                             ? optimism.eip1559_denominator_canyon
                                             : optimism.eip1559_denominator};
}

BaseFeeParameters base_fee_parameters(const ChainSpecification& specification,
    const types::Header& parent,
    std::uint64_t timestamp) noexcept
{
    if (!specification.optimism)
        return {};
    const auto& optimism = *specification.optimism;
    if (optimism.is_active(OptimismFork::holocene, parent.timestamp) && is_base_fee_extra_data(parent.extra_data))
        return {load_32(parent.extra_data.data() + elasticity_offset),
            load_32(parent.extra_data.data() + denominator_offset)};
    return constant_parameters(optimism, timestamp);
}

/// The sum of the series that approximates factor * e^(numerator / denominator) (EIP-4844).
U256 fake_exponential(const U256& factor, std::uint64_t numerator, std::uint64_t denominator) noexcept
{
    // With 64-bit excess the terms of the real series exceed 256 bits only for prices beyond any balance; the sum is
    // then saturated.
    U256 output;
    U256 accumulator = factor * U256{denominator};
    for (std::uint64_t i = 1; !accumulator.is_zero(); ++i)
    {
        const auto sum = add_with_carry(output, accumulator);
        if (sum.carry || accumulator.bit_length() > 192)
            return U256::max();
        output = sum.value;
        // Both divisors in one step: the truncation of the definition is over their product too.
        accumulator = divide(accumulator * U256{numerator}, U256{denominator} * U256{i}).quotient;
    }
    return divide(output, U256{denominator}).quotient;
}
}  // namespace

Bytes base_fee_extra_data(const ChainSpecification& specification, std::uint64_t timestamp)
{
    if (!specification.optimism || !specification.optimism->is_active(OptimismFork::holocene, timestamp))
        return {};
    const auto parameters = constant_parameters(*specification.optimism, timestamp);
    Bytes extra_data(extra_data_size);
    store_32(extra_data.data() + denominator_offset, parameters.denominator);
    store_32(extra_data.data() + elasticity_offset, parameters.elasticity);
    return extra_data;
}

bool is_base_fee_extra_data(BytesView extra_data) noexcept
{
    return extra_data.size() == extra_data_size && extra_data[0] == 0 &&
           load_32(extra_data.data() + denominator_offset) != 0 && load_32(extra_data.data() + elasticity_offset) != 0;
}

U256 next_base_fee(const ChainSpecification& specification,
    const types::Header& parent,
    std::uint64_t timestamp) noexcept
{
    if (!specification.is_active(Fork::london, parent.number + 1, timestamp))
        return {};
    if (!parent.base_fee_per_gas)
        return specification.initial_base_fee;

    const auto parameters = base_fee_parameters(specification, parent, timestamp);
    const auto& base_fee = *parent.base_fee_per_gas;
    const std::uint64_t target = parent.gas_limit / parameters.elasticity;
    U256 result = base_fee;
    if (target != 0 && parent.gas_used > target)
    {
        const auto change = divide(
            divide(base_fee * U256{parent.gas_used - target}, U256{target}).quotient, U256{parameters.denominator})
                                .quotient;
        result += std::max(change, U256{1});
    }
    else if (target != 0 && parent.gas_used < target)
    {
        const auto change = divide(
            divide(base_fee * U256{target - parent.gas_used}, U256{target}).quotient, U256{parameters.denominator})
                                .quotient;
        result -= change;
    }
    if (specification.jiffy && result < specification.jiffy->minimum_base_fee)
        result = specification.jiffy->minimum_base_fee;
    return result;
}

U256 blob_base_fee(const BlobParameters& parameters, std::uint64_t excess_blob_gas) noexcept
{
    return fake_exponential(U256{1}, excess_blob_gas, parameters.base_fee_update_fraction);
}

std::uint64_t next_excess_blob_gas(const BlobParameters& parameters,
    const types::Header& parent,
    bool reserve_price) noexcept
{
    const std::uint64_t excess = parent.excess_blob_gas.value_or(0);
    const std::uint64_t used = parent.blob_gas_used.value_or(0);
    const std::uint64_t target = parameters.target * gas_per_blob;
    if (used > ~std::uint64_t{0} - excess)
        return ~std::uint64_t{0} - target;
    if (excess + used < target)
        return 0;
    if (reserve_price && parent.base_fee_per_gas && parameters.maximum != 0)
    {
        const auto price_of_blob = U256{gas_per_blob} * blob_base_fee(parameters, excess);
        if (U256{blob_base_cost} * *parent.base_fee_per_gas > price_of_blob)
            return excess + static_cast<std::uint64_t>(
                                Uint128{used} * (parameters.maximum - parameters.target) / parameters.maximum);
    }
    return excess + used - target;
}

U256 effective_gas_price(const types::Transaction& transaction, const U256& base_fee) noexcept
{
    if (transaction.max_fee_per_gas < base_fee)
        return transaction.max_fee_per_gas;
    const auto room = transaction.max_fee_per_gas - base_fee;
    return base_fee + std::min(transaction.max_priority_fee_per_gas, room);
}
}  // namespace jiffy::chain
