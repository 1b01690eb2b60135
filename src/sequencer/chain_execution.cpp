// SPDX-License-Identifier: Apache-2.0
#include "sequencer/chain_execution.hpp"

#include "chain/system_contracts.hpp"

namespace jiffy::sequencer
{
ChainExecution::ChainExecution(const chain::ChainSpecification& specification,
    world::World& world,
    std::uint64_t hash_seed)
  : specification_{specification}
  , world_{world}
  , codes_{std::size_t{64} << 20, hash_seed}
  , executor_{codes_, hash_seed}
{
}

void ChainExecution::begin_block()
{
    log_count_ = 0;
    execution_.emplace(
        specification_, world_.latest(), executor_, chain::StateRoot{}, chain::BlockExecution::Changes::handed_over);
}

Result<BlockStep, chain::BlockFailure> ChainExecution::open(const types::Header& header, evm::BlockHashes block_hashes)
{
    begin_block();
    if (const auto opened = execution_->open_before_parent_hash(header, block_hashes); !opened)
        return failure(opened.error());
    BlockStep step{execution_->opening_difference(), {}};
    const auto before = world_.id_counts();
    world::DifferenceIds ids;
    world_.apply(step.difference, &ids);
    frame_builder_.begin(before);
    frame_builder_.add(step.difference, ids);
    if (const auto& slot = execution_->awaited_slot())
    {
        const auto reserved = world_.reserve_slot(chain::system_contracts::history_storage, *slot);
        frame_builder_.add(reserved, world_.slot_accounts(reserved));
    }
    step.frame = frame_builder_.finish(world_.id_counts());
    return step;
}

void ChainExecution::resume(const BlockRecord& block, evm::BlockHashes block_hashes, bool knows_parent)
{
    begin_block();
    execution_->resume(block.opening, block_hashes, !knows_parent);
    for (std::size_t i = 0; i < block.transactions.size(); ++i)
    {
        const auto& record = block.transactions[i];
        execution_->skip(record.receipt, record.gas_used, record.blob_gas_used);
        log_count_ += record.receipt.logs.size();
    }
}

Result<BlockStep, chain::BlockFailure> ChainExecution::provide_parent_hash(const Hash& hash)
{
    if (!execution_->awaits_parent_hash())
        return step_of({});
    auto difference = execution_->provide_parent_hash(hash);
    if (!difference)
        return failure(difference.error());
    return step_of(std::move(*difference));
}

BlockStep ChainExecution::step_of(types::StateDifference difference)
{
    BlockStep step{std::move(difference), {}};
    frame_builder_.begin(world_.id_counts());
    world::DifferenceIds ids;
    world_.apply(step.difference, &ids);
    frame_builder_.add(step.difference, ids);
    step.frame = frame_builder_.finish(world_.id_counts());
    return step;
}

Result<const chain::TransactionOutcome*, chain::TransactionFailure> ChainExecution::execute(
    const types::Transaction& transaction,
    const Address& sender,
    world::DifferenceIds& ids)
{
    auto executed = execution_->execute(transaction, sender);
    if (executed)
        world_.apply((*executed)->difference, &ids);
    return executed;
}

TransactionRecord ChainExecution::take_record(const chain::TransactionOutcome& outcome)
{
    TransactionRecord record;
    record.receipt = execution_->take_receipt();
    record.gas_used = outcome.gas_used;
    record.effective_gas_price = outcome.effective_gas_price;
    record.blob_gas_used = outcome.blob_gas_used;
    record.created = outcome.created;
    record.first_log = log_count_;
    log_count_ += record.receipt.logs.size();
    return record;
}

Result<ChainExecution::Ending, chain::BlockFailure> ChainExecution::end()
{
    if (const auto ended = execution_->end(); !ended)
        return failure(ended.error());
    Ending ending{execution_->requests(), step_of(execution_->closing_difference())};
    codes_.trim();
    return ending;
}
}  // namespace jiffy::sequencer
