// SPDX-License-Identifier: Apache-2.0
#include "chain/block_context.hpp"

#include "chain/fees.hpp"

#include <algorithm>

namespace jiffy::chain
{
BlockContext make_block_context(const ChainSpecification& specification,
    const types::Header& header,
    evm::BlockHashes block_hashes) noexcept
{
    BlockContext context;
    auto& environment = context.environment;
    environment.revision = specification.revision_at(header.number, header.timestamp);
    environment.chain_id = specification.chain_id;
    environment.number = header.number;
    environment.timestamp = header.timestamp;
    environment.gas_limit = header.gas_limit;
    environment.coinbase = header.beneficiary;
    environment.prev_randao =
        environment.revision >= evm::Revision::paris ? to_u256(header.mix_hash) : header.difficulty;
    environment.base_fee = header.base_fee_per_gas.value_or(U256{});
    environment.block_hashes = block_hashes;

    context.blob_parameters = specification.blob_parameters_at(header.number, header.timestamp);
    if (context.blob_parameters)
        environment.blob_base_fee = blob_base_fee(*context.blob_parameters, header.excess_blob_gas.value_or(0));
    if (environment.revision >= evm::Revision::osaka)
        context.transaction_gas_cap = osaka_transaction_gas_cap;
    if (specification.jiffy && specification.jiffy->transaction_gas_cap)
        context.transaction_gas_cap = std::min(context.transaction_gas_cap, *specification.jiffy->transaction_gas_cap);
    if (specification.optimism)
    {
        context.optimism = optimism_rules_at(*specification.optimism, header.timestamp);
        environment.precompile_rules = precompile_rules_of(context.optimism->fork);
    }
    return context;
}
}  // namespace jiffy::chain
