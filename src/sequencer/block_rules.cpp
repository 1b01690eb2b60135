// SPDX-License-Identifier: Apache-2.0
#include "sequencer/block_rules.hpp"

#include "chain/header_validity.hpp"
#include "sequencer/l1_origin.hpp"

namespace jiffy::sequencer
{
namespace
{
constexpr std::uint64_t microseconds_per_second = 1'000'000;

/// PREVRANDAO of a chain without beacons: differs from block to block, and anybody can foretell it.
Hash mix_hash_of(std::uint64_t chain_id, std::uint64_t number)
{
    Byte input[16];
    for (std::size_t i = 0; i < 8; ++i)
    {
        input[i] = static_cast<Byte>(chain_id >> (56 - 8 * i));
        input[8 + i] = static_cast<Byte>(number >> (56 - 8 * i));
    }
    return crypto::keccak256(input);
}
}  // namespace

std::uint64_t blob_gas_used(const BlockRecord& block)
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block.transactions.size(); ++i)
        sum += block.transactions[i].blob_gas_used;
    return sum;
}

types::Header next_opening(const chain::ChainSpecification& specification,
    const BlockRules& rules,
    const BlockRecord& parent,
    std::uint64_t parent_blob_gas_used)
{
    types::Header parent_header = parent.opening;
    const auto count = parent.transactions.size();
    parent_header.gas_used = count == 0 ? 0 : parent.transactions[count - 1].receipt.cumulative_gas_used;
    if (parent_header.blob_gas_used)
        *parent_header.blob_gas_used = parent_blob_gas_used;

    const auto number = parent.number() + 1;
    const auto timestamp = rules.genesis_time + number * rules.block_interval / microseconds_per_second;
    auto header =
        chain::make_child_header(specification, parent_header, Hash{}, timestamp, specification.jiffy->block_gas_limit);
    header.beneficiary = rules.beneficiary;
    header.mix_hash = mix_hash_of(specification.chain_id, number);
    return header;
}

std::vector<types::Transaction> protocol_transactions(const chain::ChainSpecification& specification,
    const BlockRules& rules,
    std::uint64_t number)
{
    if (!specification.optimism)
        return {};
    return {chain::make_l1_attributes_transaction(attributes_without_l1(rules.genesis_time, number))};
}
}  // namespace jiffy::sequencer
