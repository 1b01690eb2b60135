// SPDX-License-Identifier: Apache-2.0
#include "sequencer/ledger.hpp"

#include "chain/fees.hpp"
#include "chain/system_contracts.hpp"

#include <stdexcept>

namespace jiffy::sequencer
{
Ledger::Ledger(const chain::ChainSpecification& specification,
    world::World& world,
    History& history,
    Releaser& releaser,
    std::uint64_t hash_seed,
    std::function<void(std::uint64_t)> wait_for_seal)
  : specification_{specification}
  , world_{world}
  , history_{history}
  , releaser_{releaser}
  , wait_for_seal_{std::move(wait_for_seal)}
  , codes_{std::size_t{64} << 20, hash_seed}
  , executor_{codes_, hash_seed}
{
}

void Ledger::open_block(const types::Header& header)
{
    if (const auto number = history_.sealed_before_opening(header.number); history_.sealed_number() < number)
        wait_for_seal_(number);
    block_ = std::make_shared<BlockRecord>(header, provisional_hash_of(header));
    log_count_ = 0;
    knows_parent_ = false;
    execution_.emplace(
        specification_, world_.latest(), executor_, chain::StateRoot{}, chain::BlockExecution::Changes::handed_over);
    const auto opened = execution_->open_before_parent_hash(header, history_.block_hashes());
    if (!opened)
        throw std::logic_error{"a block of our own cannot be opened"};
    BlockOpened commit{block_, execution_->opening_difference(), {}};
    const auto before = world_.id_counts();
    world::DifferenceIds ids;
    world_.apply(commit.difference, &ids);
    frame_builder_.begin(before);
    frame_builder_.add(commit.difference, ids);
    if (const auto& slot = execution_->awaited_slot())
    {
        const auto reserved = world_.reserve_slot(chain::system_contracts::history_storage, *slot);
        frame_builder_.add(reserved, world_.slot_accounts(reserved));
    }
    commit.frame = frame_builder_.finish(world_.id_counts());
    history_.open(block_);
    releaser_.push(std::move(commit));
    provide_parent_if_sealed();
}

void Ledger::resume_block(std::shared_ptr<BlockRecord> block, bool knows_parent)
{
    block_ = std::move(block);
    knows_parent_ = knows_parent;
    execution_.emplace(
        specification_, world_.latest(), executor_, chain::StateRoot{}, chain::BlockExecution::Changes::handed_over);
    execution_->resume(block_->opening, history_.block_hashes(), !knows_parent);
    log_count_ = 0;
    for (std::size_t i = 0; i < block_->transactions.size(); ++i)
    {
        const auto& record = block_->transactions[i];
        execution_->skip(record.receipt, record.gas_used, record.blob_gas_used);
        log_count_ += record.receipt.logs.size();
    }
}

void Ledger::provide_parent_if_sealed()
{
    if (knows_parent_)
        return;
    if (const auto parent = history_.find(block_->number() - 1); parent->sealed() != nullptr)
        provide_parent(parent);
}

void Ledger::wait_for_parent()
{
    if (knows_parent_)
        return;
    wait_for_seal_(block_->number() - 1);
    provide_parent(history_.find(block_->number() - 1));
}

void Ledger::provide_parent(const BlockPointer& parent)
{
    knows_parent_ = true;
    ParentSealed commit{parent, {}, {}};
    const auto before = world_.id_counts();
    world::DifferenceIds ids;
    if (execution_->awaits_parent_hash())
    {
        auto difference = execution_->provide_parent_hash(parent->sealed()->hash);
        if (!difference)
            throw std::logic_error{"the parent's hash cannot be stored"};
        commit.difference = std::move(*difference);
        world_.apply(commit.difference, &ids);
    }
    commit.frame = frame_of(commit.difference, ids, before);
    releaser_.push(std::move(commit));
}

types::DifferenceFrame Ledger::frame_of(const types::StateDifference& difference,
    const world::DifferenceIds& ids,
    const types::IdCounts& before)
{
    frame_builder_.begin(before);
    frame_builder_.add(difference, ids);
    return frame_builder_.finish(world_.id_counts());
}

types::Account Ledger::account(const Address& address) const
{
    types::Account account;
    return world_.latest().account(address, account) == state::Presence::present ? account : types::Account{};
}

Result<TransactionPlace, chain::InvalidTransaction> Ledger::execute(OrderedTransaction& ordered, Completion* complete)
{
    auto executed = execution_->execute(ordered.transaction, ordered.sender);
    if (!executed && std::holds_alternative<chain::StateUnavailable>(executed.error()))
    {
        // The world is complete: it can only be the parent's hash.
        ++metrics_.parent_hash_waits;
        wait_for_parent();
        executed = execution_->execute(ordered.transaction, ordered.sender);
    }
    if (!executed)
        return failure(std::get<chain::InvalidTransaction>(executed.error()));

    const chain::TransactionOutcome& outcome = **executed;
    Committed committed;
    world_.apply(outcome.difference, &committed.difference_ids);
    committed.difference = outcome.difference;
    committed.ids = world_.id_counts();
    committed.sender = world_.account_id(ordered.sender);
    if (ordered.transaction.to)
        committed.recipient = world_.account_id(*ordered.transaction.to);

    TransactionRecord record;
    record.transaction = std::move(ordered.transaction);
    record.hash = ordered.hash;
    record.sender = ordered.sender;
    record.receipt = execution_->take_receipt();
    record.gas_used = outcome.gas_used;
    record.effective_gas_price = outcome.effective_gas_price;
    record.blob_gas_used = outcome.blob_gas_used;
    record.created = outcome.created;
    record.first_log = log_count_;
    log_count_ += outcome.logs.size();
    block_->transactions.push_back(std::move(record));
    history_.index_newest_transaction(block_);
    metrics_.transactions.fetch_add(1, std::memory_order_relaxed);
    if (complete != nullptr)
        committed.complete = std::move(*complete);
    committed.executed = read_stopwatch();
    releaser_.push(std::move(committed));
    return TransactionPlace{block_, static_cast<std::uint32_t>(block_->transactions.size() - 1)};
}

void Ledger::execute_system(types::Transaction transaction)
{
    const auto hash = types::transaction_hash(transaction);
    const auto sender = transaction.deposit.from;
    OrderedTransaction ordered{std::move(transaction), hash, sender};
    if (!execute(ordered, nullptr))
        throw std::logic_error{"a transaction of the protocol is not valid"};
}

void Ledger::end_block(std::optional<std::uint64_t> time)
{
    wait_for_parent();
    const auto closed = execution_->end();
    if (!closed)
        throw std::logic_error{"a block of our own cannot be closed"};
    BlockEnded commit{.requests = execution_->requests(),
        .difference = execution_->closing_difference(),
        .frame = {},
        .commits_to_withdrawals = chain::commits_to_withdrawals(specification_, block_->opening.timestamp),
        .time = time};
    const auto before = world_.id_counts();
    world::DifferenceIds ids;
    world_.apply(commit.difference, &ids);
    commit.frame = frame_of(commit.difference, ids, before);
    block_->close(world_.commit_number());
    releaser_.push(std::move(commit));
    metrics_.blocks.fetch_add(1, std::memory_order_relaxed);
    codes_.trim();
}
}  // namespace jiffy::sequencer
