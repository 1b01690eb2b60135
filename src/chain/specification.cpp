// SPDX-License-Identifier: Apache-2.0
#include "chain/specification.hpp"

#include "base/hex.hpp"

namespace jiffy::chain
{
namespace
{
using namespace literals;

/// The deposit contract of mainnet's beacon chain.
constexpr Address mainnet_deposit_contract = fixed_hex<20>("0x00000000219ab540356cbb839cbe05303d7705fa");
}  // namespace

Fork ChainSpecification::fork_at(std::uint64_t number, std::uint64_t timestamp) const noexcept
{
    for (std::size_t index = fork_count; index-- > 1;)
    {
        const auto fork = static_cast<Fork>(index);
        if (is_active(fork, number, timestamp))
            return fork;
    }
    return Fork::frontier;
}

evm::Revision ChainSpecification::revision_at(std::uint64_t number, std::uint64_t timestamp) const noexcept
{
    return revision_of(fork_at(number, timestamp));
}

std::optional<BlobParameters> ChainSpecification::blob_parameters_at(std::uint64_t number,
    std::uint64_t timestamp) const noexcept
{
    for (auto index = static_cast<std::size_t>(fork_at(number, timestamp)) + 1;
        index-- > static_cast<std::size_t>(Fork::cancun);)
        if (blob_schedule[index].has_value() && is_active(static_cast<Fork>(index), number, timestamp))
            return blob_schedule[index];
    return std::nullopt;
}

evm::Revision revision_of(Fork fork) noexcept
{
    using evm::Revision;
    switch (fork)
    {
        case Fork::frontier:
            return Revision::frontier;
        case Fork::homestead:
        case Fork::dao:
            return Revision::homestead;
        case Fork::tangerine_whistle:
            return Revision::tangerine_whistle;
        case Fork::spurious_dragon:
            return Revision::spurious_dragon;
        case Fork::byzantium:
            return Revision::byzantium;
        case Fork::constantinople:
            return Revision::constantinople;
        case Fork::petersburg:
            return Revision::petersburg;
        case Fork::istanbul:
        case Fork::muir_glacier:
            return Revision::istanbul;
        case Fork::berlin:
            return Revision::berlin;
        case Fork::london:
        case Fork::arrow_glacier:
        case Fork::gray_glacier:
            return Revision::london;
        case Fork::paris:
            return Revision::paris;
        case Fork::shanghai:
            return Revision::shanghai;
        case Fork::cancun:
            return Revision::cancun;
        case Fork::prague:
            return Revision::prague;
        case Fork::osaka:
        case Fork::bpo1:
        case Fork::bpo2:
        case Fork::bpo3:
        case Fork::bpo4:
            break;
    }
    return Revision::osaka;
}

std::array<std::optional<BlobParameters>, fork_count> mainnet_blob_schedule() noexcept
{
    std::array<std::optional<BlobParameters>, fork_count> schedule;
    const auto set = [&schedule](Fork fork, const BlobParameters& parameters)
    { schedule[static_cast<std::size_t>(fork)] = parameters; };
    set(Fork::cancun, {.target = 3, .maximum = 6, .base_fee_update_fraction = 3'338'477});
    set(Fork::prague, {.target = 6, .maximum = 9, .base_fee_update_fraction = 5'007'716});
    set(Fork::osaka, {.target = 6, .maximum = 9, .base_fee_update_fraction = 5'007'716});
    set(Fork::bpo1, {.target = 10, .maximum = 15, .base_fee_update_fraction = 8'346'193});
    set(Fork::bpo2, {.target = 14, .maximum = 21, .base_fee_update_fraction = 11'684'671});
    set(Fork::bpo3, {.target = 21, .maximum = 32, .base_fee_update_fraction = 20'609'697});
    set(Fork::bpo4, {.target = 14, .maximum = 21, .base_fee_update_fraction = 13'739'630});
    return schedule;
}

ChainSpecification ethereum_specification(std::uint64_t chain_id, Fork last) noexcept
{
    ChainSpecification specification;
    specification.chain_id = chain_id;
    specification.blob_schedule = mainnet_blob_schedule();
    specification.deposit_contract = mainnet_deposit_contract;
    for (std::size_t index = 0; index <= static_cast<std::size_t>(last); ++index)
        // Only one chain ever had the irregular state change of EIP-779.
        if (static_cast<Fork>(index) != Fork::dao)
            specification.activations[static_cast<Fork>(index)] = 0;
    return specification;
}

ChainSpecification optimism_specification(std::uint64_t chain_id) noexcept
{
    auto specification = ethereum_specification(chain_id, Fork::prague);
    auto& optimism = specification.optimism.emplace();
    for (auto& activation : optimism.activations.at)
        activation = 0;
    auto& jiffy = specification.jiffy.emplace();
    jiffy.transaction_gas_cap = optimism_transaction_gas_cap;
    jiffy.minimum_base_fee = U256{1'000'000};
    return specification;
}
}  // namespace jiffy::chain
