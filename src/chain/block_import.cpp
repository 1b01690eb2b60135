// SPDX-License-Identifier: Apache-2.0
#include "chain/block_import.hpp"

#include "rlp/rlp.hpp"

#include <algorithm>

namespace jiffy::chain
{
namespace
{
/// EIP-7934: 10 MiB less 2 MiB for the beacon block around it.
constexpr std::size_t largest_block = (std::size_t{10} << 20) - (std::size_t{2} << 20);

BlockFailure of(InvalidBlock reason)
{
    return BlockFailure{reason};
}

BlockFailure of(const TransactionFailure& reason)
{
    return std::visit([](const auto& value) { return BlockFailure{value}; }, reason);
}

/// How many transactions the block's gas pays for if it is valid: every one takes 21000 of the gas limit, and by that,
/// outside the OP Stack, a block can no more than double what its parent allows (EIP-1559: at London).
std::size_t most_transactions(const ChainSpecification& specification, const ImportInput& input)
{
    constexpr std::uint64_t gas_per_transaction = 21'000;
    const auto header = types::decode_header_of_block(input.encoded);
    if (!header || input.ancestors.empty())
        return 0;
    const auto claimed = header->gas_limit / gas_per_transaction;
    const auto allowed = input.ancestors.front().header->gas_limit / gas_per_transaction;
    return specification.optimism ? claimed : std::min(claimed, 2 * allowed);
}

/// Why the bytes are no block: the first transaction that is none, or the form as such.
BlockFailure decoding_failure(BytesView encoded, types::BlockError error)
{
    rlp::Reader input{encoded};
    auto block = input.list();
    if (!block || !block->next())
        return of(InvalidBlock::rlp_structures_encoding);
    auto transactions = block->list();
    while (transactions && !transactions->at_end())
    {
        const auto item = transactions->next();
        if (!item)
            break;
        const auto canonical = item->is_list ? item->encoded : item->payload;
        const auto decoded = types::decode_transaction(canonical);
        if (!decoded)
        {
            const auto reason = reason_of(decoded.error(), canonical);
            return reason == InvalidTransaction::malformed ? of(InvalidBlock::rlp_structures_encoding)
                                                           : BlockFailure{reason};
        }
    }
    return error == types::BlockError::too_many_transactions ? BlockFailure{InvalidTransaction::gas_allowance_exceeded}
                                                             : of(InvalidBlock::rlp_structures_encoding);
}

Result<void, BlockFailure> execute_transactions(BlockExecution& execution,
    const types::Block& block,
    evm::Tracer* tracer)
{
    const bool allow_high_s = execution.context().environment.revision < evm::Revision::homestead;
    for (const auto& transaction : block.transactions)
    {
        const auto sender = types::recover_sender(transaction, allow_high_s);
        if (!sender)
            return failure(BlockFailure{InvalidTransaction::invalid_signature_vrs});
        if (const auto executed = execution.execute(transaction, *sender, {.tracer = tracer}); !executed)
            return failure(of(executed.error()));
    }
    return {};
}

/// The first field in which the header differs from what execution gave; the state root is known apart.
std::optional<InvalidBlock> find_difference(const types::Header& header,
    const types::Header& computed,
    const Hash& state_root) noexcept
{
    if (header.gas_used != computed.gas_used)
        return InvalidBlock::invalid_gas_used;
    if (header.transactions_root != computed.transactions_root)
        return InvalidBlock::invalid_transactions_root;
    if (header.withdrawals_root != computed.withdrawals_root)
        return InvalidBlock::invalid_withdrawals_root;
    if (header.ommers_hash != computed.ommers_hash)
        return InvalidBlock::invalid_uncles_hash;
    if (header.blob_gas_used != computed.blob_gas_used)
        return InvalidBlock::incorrect_blob_gas_used;
    if (header.requests_hash != computed.requests_hash)
        return InvalidBlock::invalid_requests;
    if (header.receipts_root != computed.receipts_root)
        return InvalidBlock::invalid_receipts_root;
    if (header.logs_bloom != computed.logs_bloom)
        return InvalidBlock::invalid_log_bloom;
    if (header.state_root != state_root)
        return InvalidBlock::invalid_state_root;
    return std::nullopt;
}
}  // namespace

Result<ImportedBlock, BlockFailure> import_block(const ChainSpecification& specification,
    const ImportInput& input,
    Executor& executor)
{
    auto decoded = types::decode_block(input.encoded, most_transactions(specification, input));
    if (!decoded)
        return failure(decoding_failure(input.encoded, decoded.error()));
    ImportedBlock imported{.block = std::move(*decoded), .hash = {}, .receipts = {}, .difference = {}};
    const auto& block = imported.block;
    const auto& header = block.header;
    imported.hash = types::header_hash(header);

    if (input.ancestors.empty() || header.parent_hash != types::header_hash(*input.ancestors.front().header))
        return failure(of(InvalidBlock::unknown_parent));
    if (specification.is_active(Fork::osaka, header.number, header.timestamp) && input.encoded.size() > largest_block)
        return failure(of(InvalidBlock::rlp_block_limit_exceeded));
    if (const auto verdict = validate_header(specification, header, *input.ancestors.front().header); !verdict)
        return failure(of(verdict.error()));
    if (block.withdrawals.has_value() != header.withdrawals_root.has_value())
        return failure(of(InvalidBlock::incorrect_block_format));
    // The OP Stack's withdrawals are transactions and storage: the body has none.
    if (specification.optimism && block.withdrawals && !block.withdrawals->empty())
        return failure(of(InvalidBlock::incorrect_block_format));
    if (specification.is_active(Fork::paris, header.number, header.timestamp))
    {
        if (!block.ommers.empty())
            return failure(of(InvalidBlock::import_impossible_uncles_over_paris));
    }
    else if (const auto verdict = validate_ommers(specification, header, block.ommers, input.ancestors); !verdict)
    {
        return failure(of(verdict.error()));
    }

    BlockExecution execution{specification, input.parent_state, executor, input.state_root};
    if (const auto opened = execution.open(header, input.block_hashes); !opened)
        return failure(opened.error());
    if (const auto executed = execute_transactions(execution, block, input.tracer); !executed)
        return failure(executed.error());
    auto computed = execution.close(block);
    if (!computed)
        return failure(computed.error());
    imported.difference = execution.difference();
    if (commits_to_withdrawals(specification, header.timestamp))
    {
        if (input.state_root.storage_after == nullptr)
            return failure(BlockFailure{StateUnavailable{}});
        computed->withdrawals_root =
            input.state_root.storage_after(input.state_root.context, imported.difference, predeploys::message_passer);
    }
    const auto state_root = input.state_root.after(input.state_root.context, imported.difference);
    if (const auto difference = find_difference(header, *computed, state_root))
        return failure(of(*difference));
    imported.receipts = execution.take_receipts();
    return imported;
}
}  // namespace jiffy::chain
