// SPDX-License-Identifier: Apache-2.0
#include "sequencer/ledger.hpp"

#include "chain/optimism.hpp"

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
  , execution_{specification, world, hash_seed}
{
}

void Ledger::open_block(const types::Header& header)
{
    if (const auto number = history_.sealed_before_opening(header.number); history_.sealed_number() < number)
        wait_for_seal_(number);
    block_ = std::make_shared<BlockRecord>(header, provisional_hash_of(header));
    knows_parent_ = false;
    auto opened = execution_.open(header, history_.block_hashes());
    if (!opened)
        throw std::logic_error{"a block of our own cannot be opened"};
    history_.open(block_);
    releaser_.push(BlockOpened{block_, std::move(opened->difference), std::move(opened->frame)});
    provide_parent_if_sealed();
}

void Ledger::resume_block(std::shared_ptr<BlockRecord> block, bool knows_parent)
{
    block_ = std::move(block);
    knows_parent_ = knows_parent;
    execution_.resume(*block_, history_.block_hashes(), knows_parent);
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
    auto provided = execution_.provide_parent_hash(parent->sealed()->hash);
    if (!provided)
        throw std::logic_error{"the parent's hash cannot be stored"};
    releaser_.push(ParentSealed{parent, std::move(provided->difference), std::move(provided->frame)});
}

types::Account Ledger::account(const Address& address) const
{
    types::Account account;
    return world_.latest().account(address, account) == state::Presence::present ? account : types::Account{};
}

Result<TransactionPlace, chain::InvalidTransaction> Ledger::execute(OrderedTransaction& ordered, Completion* complete)
{
    Committed committed;
    auto executed = execution_.execute(ordered.transaction, ordered.sender, committed.difference_ids);
    if (!executed && std::holds_alternative<chain::StateUnavailable>(executed.error()))
    {
        // The world is complete: it can only be the parent's hash.
        ++metrics_.parent_hash_waits;
        wait_for_parent();
        executed = execution_.execute(ordered.transaction, ordered.sender, committed.difference_ids);
    }
    if (!executed)
        return failure(std::get<chain::InvalidTransaction>(executed.error()));

    const chain::TransactionOutcome& outcome = **executed;
    committed.difference = outcome.difference;
    committed.ids = world_.id_counts();
    committed.sender = world_.account_id(ordered.sender);
    if (ordered.transaction.to)
        committed.recipient = world_.account_id(*ordered.transaction.to);

    auto record = execution_.take_record(outcome);
    record.transaction = std::move(ordered.transaction);
    record.hash = ordered.hash;
    record.sender = ordered.sender;
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
    auto ending = execution_.end();
    if (!ending)
        throw std::logic_error{"a block of our own cannot be closed"};
    BlockEnded commit{.requests = std::move(ending->requests),
        .difference = std::move(ending->step.difference),
        .frame = std::move(ending->step.frame),
        .commits_to_withdrawals = chain::commits_to_withdrawals(specification_, block_->opening.timestamp),
        .time = time};
    block_->close(world_.commit_number());
    releaser_.push(std::move(commit));
    metrics_.blocks.fetch_add(1, std::memory_order_relaxed);
}
}  // namespace jiffy::sequencer
