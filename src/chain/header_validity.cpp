// SPDX-License-Identifier: Apache-2.0
#include "chain/header_validity.hpp"

#include "chain/dao.hpp"
#include "chain/fees.hpp"
#include "trie/root.hpp"

#include <algorithm>

namespace jiffy::chain
{
namespace
{
using types::Header;
using Verdict = Result<void, InvalidBlock>;

constexpr std::uint64_t smallest_gas_limit = 5'000;
constexpr std::uint64_t largest_gas_limit = 0x7fffffffffffffff;
/// A block's gas limit differs from its parent's by less than this part of it.
constexpr std::uint64_t gas_limit_bound_divisor = 1'024;
constexpr std::uint64_t elasticity_multiplier = 2;
constexpr std::size_t largest_extra_data = 32;

constexpr U256 smallest_difficulty{131'072};

/// The parent's gas limit as the child's is bounded by it: doubled at the first London block (EIP-1559).
std::uint64_t reference_gas_limit(const ChainSpecification& specification,
    const Header& parent,
    std::uint64_t number,
    std::uint64_t timestamp) noexcept
{
    const bool is_first_london = specification.is_active(Fork::london, number, timestamp) &&
                                 !specification.is_active(Fork::london, parent.number, parent.timestamp);
    return is_first_london && !specification.optimism ? parent.gas_limit * elasticity_multiplier : parent.gas_limit;
}

Verdict validate_gas_limit(const ChainSpecification& specification, const Header& header, const Header& parent) noexcept
{
    if (header.gas_limit > largest_gas_limit)
        return failure(InvalidBlock::gaslimit_too_big);
    // The OP Stack's gas limit is the system configuration's.
    if (!specification.optimism && !specification.jiffy)
    {
        const auto reference = reference_gas_limit(specification, parent, header.number, header.timestamp);
        const auto change = header.gas_limit > reference ? header.gas_limit - reference : reference - header.gas_limit;
        if (change >= reference / gas_limit_bound_divisor || header.gas_limit < smallest_gas_limit)
            return failure(InvalidBlock::invalid_gaslimit);
    }
    if (header.gas_used > header.gas_limit)
        return failure(InvalidBlock::gas_used_overflow);
    return {};
}

/// The fields that forks added are there from their fork on and not before.
Verdict validate_form(const ChainSpecification& specification, const Header& header) noexcept
{
    const auto has = [&](Fork fork) { return specification.is_active(fork, header.number, header.timestamp); };
    if (header.base_fee_per_gas.has_value() != has(Fork::london))
        return failure(has(Fork::london) ? InvalidBlock::import_impossible_legacy
                                         : InvalidBlock::import_impossible_london_wrong_parent);
    if (header.withdrawals_root.has_value() != has(Fork::shanghai))
        return failure(has(Fork::shanghai) ? InvalidBlock::import_impossible_paris_over_shanghai
                                           : InvalidBlock::import_impossible_shanghai);
    if (header.excess_blob_gas.has_value() != has(Fork::cancun))
        return failure(InvalidBlock::incorrect_block_format);
    if (header.blob_gas_used.has_value() != has(Fork::cancun))
        return failure(InvalidBlock::incorrect_block_format);
    if (header.parent_beacon_block_root.has_value() != has(Fork::cancun))
        return failure(InvalidBlock::incorrect_block_format);
    if (header.requests_hash.has_value() != has(Fork::prague))
        return failure(InvalidBlock::incorrect_block_format);
    return {};
}

Verdict validate_extra_data(const ChainSpecification& specification, const Header& header) noexcept
{
    if (header.extra_data.size() > largest_extra_data)
        return failure(InvalidBlock::extra_data_too_big);
    const auto& dao = specification.activations[Fork::dao];
    if (dao && header.number >= *dao && header.number - *dao < dao_extra_data_range &&
        !std::ranges::equal(
            header.extra_data, dao_extra_data, {}, {}, [](char letter) { return static_cast<Byte>(letter); }))
        return failure(InvalidBlock::extra_data_invalid_dao);
    const bool is_holocene =
        specification.optimism && specification.optimism->is_active(OptimismFork::holocene, header.timestamp);
    if (is_holocene && !is_base_fee_extra_data(header.extra_data))
        return failure(InvalidBlock::extra_data_invalid_holocene);
    return {};
}

Verdict validate_consensus(const ChainSpecification& specification, const Header& header, const Header& parent) noexcept
{
    if (!specification.is_active(Fork::paris, header.number, header.timestamp))
    {
        if (header.difficulty != next_difficulty(specification, parent, header.timestamp))
            return failure(InvalidBlock::invalid_difficulty);
        return {};
    }
    // EIP-3675
    if (!header.difficulty.is_zero() || !header.nonce.is_zero())
        return failure(InvalidBlock::import_impossible_difficulty_over_paris);
    if (header.ommers_hash != types::empty_ommers_hash)
        return failure(InvalidBlock::import_impossible_uncles_over_paris);
    return {};
}

/// The blob gas that the block uses is compared once it is executed.
Verdict validate_excess_blob_gas(const ChainSpecification& specification,
    const Header& header,
    const Header& parent) noexcept
{
    if (!header.excess_blob_gas)
        return {};
    const auto parameters = specification.blob_parameters_at(header.number, header.timestamp);
    const bool reserve_price = specification.is_active(Fork::osaka, header.number, header.timestamp);
    const auto expected = parameters ? next_excess_blob_gas(*parameters, parent, reserve_price) : 0;
    if (*header.excess_blob_gas != expected)
        return failure(InvalidBlock::incorrect_excess_blob_gas);
    return {};
}

/// By how many blocks a fork has moved the difficulty bomb back (EIP-649, 1234, 2384, 3554, 4345, 5133).
std::uint64_t bomb_delay(const ChainSpecification& specification,
    std::uint64_t number,
    std::uint64_t timestamp) noexcept
{
    struct Delay
    {
        Fork fork;
        std::uint64_t blocks;
    };
    constexpr std::array delays{Delay{Fork::gray_glacier, 11'400'000}, Delay{Fork::arrow_glacier, 10'700'000},
        Delay{Fork::london, 9'700'000}, Delay{Fork::muir_glacier, 9'000'000}, Delay{Fork::constantinople, 5'000'000},
        Delay{Fork::petersburg, 5'000'000}, Delay{Fork::byzantium, 3'000'000}};
    for (const auto& delay : delays)
        if (specification.is_active(delay.fork, number, timestamp))
            return delay.blocks;
    return 0;
}

bool is_known_header(const Header& header, std::span<const Ancestor> ancestors) noexcept
{
    return std::ranges::any_of(ancestors, [&header](const Ancestor& ancestor) { return *ancestor.header == header; });
}
}  // namespace

U256 next_difficulty(const ChainSpecification& specification, const Header& parent, std::uint64_t timestamp) noexcept
{
    const auto number = parent.number + 1;
    const auto is_active = [&](Fork fork) { return specification.is_active(fork, number, timestamp); };
    const auto elapsed = timestamp - std::min(timestamp, parent.timestamp);
    const auto step = parent.difficulty >> 11;

    // Upwards by `up` steps or downwards by `down`.
    std::uint64_t up = 0;
    std::uint64_t down = 0;
    if (!is_active(Fork::homestead))
    {
        (elapsed < 13 ? up : down) = 1;
    }
    else
    {
        const bool is_byzantium = is_active(Fork::byzantium);
        const std::uint64_t start = is_byzantium && parent.ommers_hash != types::empty_ommers_hash ? 2 : 1;
        const std::uint64_t delay = elapsed / (is_byzantium ? 9 : 10);
        if (delay <= start)
            up = start - delay;
        else
            down = std::min<std::uint64_t>(delay - start, 99);
    }
    auto difficulty = parent.difficulty + step * U256{up};
    const auto decrease = step * U256{down};
    difficulty = difficulty > decrease ? difficulty - decrease : U256{};
    difficulty = std::max(difficulty, smallest_difficulty);

    // The bomb counts from the parent's number since Byzantium's delay is defined for it (EIP-649).
    const auto delay = bomb_delay(specification, number, timestamp);
    const auto reference = delay == 0 ? number : parent.number - std::min(parent.number, delay - 1);
    const auto period = reference / 100'000;
    if (period >= 2)
        difficulty += U256{1} << (period - 2);
    return difficulty;
}

Header make_child_header(const ChainSpecification& specification,
    const Header& parent,
    const Hash& parent_hash,
    std::uint64_t timestamp,
    std::uint64_t gas_limit) noexcept
{
    Header header;
    header.parent_hash = parent_hash;
    header.ommers_hash = types::empty_ommers_hash;
    header.number = parent.number + 1;
    header.timestamp = timestamp;
    const auto has = [&](Fork fork) { return specification.is_active(fork, header.number, timestamp); };

    header.extra_data = base_fee_extra_data(specification, timestamp);
    header.gas_limit = gas_limit;
    if (!specification.jiffy && !specification.optimism)
    {
        const auto reference = reference_gas_limit(specification, parent, header.number, timestamp);
        const auto bound = std::max<std::uint64_t>(reference / gas_limit_bound_divisor, 1) - 1;
        header.gas_limit = std::clamp(gas_limit, reference - bound, reference + bound);
    }
    if (!has(Fork::paris))
        header.difficulty = next_difficulty(specification, parent, timestamp);
    if (has(Fork::london))
        header.base_fee_per_gas = next_base_fee(specification, parent, timestamp);
    if (has(Fork::cancun))
    {
        const auto parameters = specification.blob_parameters_at(header.number, timestamp);
        header.excess_blob_gas = parameters ? next_excess_blob_gas(*parameters, parent, has(Fork::osaka)) : 0;
        header.blob_gas_used = 0;
        header.parent_beacon_block_root = Hash{};
    }
    if (has(Fork::shanghai))
        header.withdrawals_root = trie::empty_root;
    if (has(Fork::prague))
        header.requests_hash = Hash{};
    return header;
}

Verdict validate_header(const ChainSpecification& specification, const Header& header, const Header& parent) noexcept
{
    if (header.number != parent.number + 1)
        return failure(InvalidBlock::invalid_block_number);
    // Blocks of less than a second share timestamps of whole seconds.
    const bool may_share_time = specification.jiffy && specification.jiffy->block_time < 1000;
    if (header.timestamp < parent.timestamp || (header.timestamp == parent.timestamp && !may_share_time))
        return failure(InvalidBlock::invalid_block_timestamp_older_than_parent);
    for (const auto& verdict : {validate_gas_limit(specification, header, parent), validate_form(specification, header),
             validate_extra_data(specification, header), validate_consensus(specification, header, parent)})
        if (!verdict)
            return verdict;
    if (header.base_fee_per_gas && *header.base_fee_per_gas != next_base_fee(specification, parent, header.timestamp))
        return failure(InvalidBlock::invalid_basefee_per_gas);
    return validate_excess_blob_gas(specification, header, parent);
}

Verdict validate_ommers(const ChainSpecification& specification,
    const Header& header,
    std::span<const Header> ommers,
    std::span<const Ancestor> ancestors) noexcept
{
    constexpr std::size_t most_ommers = 2;
    constexpr std::size_t generations = 6;
    if (ommers.size() > most_ommers)
        return failure(InvalidBlock::too_many_uncles);
    for (std::size_t i = 0; i < ommers.size(); ++i)
    {
        const auto& ommer = ommers[i];
        if (std::ranges::find(ommers.first(i), ommer) != ommers.first(i).end())
            return failure(InvalidBlock::uncle_in_chain);
        for (const auto& ancestor : ancestors.first(std::min(ancestors.size(), generations)))
            if (std::ranges::find(ancestor.ommers, ommer) != ancestor.ommers.end())
                return failure(InvalidBlock::uncle_in_chain);
        if (ommer == header || is_known_header(ommer, ancestors))
            return failure(InvalidBlock::uncle_is_ancestor);
        // The ommer's parent is an ancestor of the block, but not its parent.
        const auto parent = std::ranges::find_if(ancestors.subspan(std::min<std::size_t>(ancestors.size(), 1)),
            [&ommer](const Ancestor& ancestor) { return types::header_hash(*ancestor.header) == ommer.parent_hash; });
        if (parent == ancestors.end())
            return failure(InvalidBlock::uncle_unknown_parent);
        if (const auto verdict = validate_header(specification, ommer, *parent->header); !verdict)
            return verdict;
    }
    return {};
}
}  // namespace jiffy::chain
