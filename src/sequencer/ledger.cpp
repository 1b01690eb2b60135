// SPDX-License-Identifier: Apache-2.0
#include "sequencer/ledger.hpp"

#include "chain/fees.hpp"
#include "chain/system_contracts.hpp"
#include "rlp/rlp.hpp"

#include <stdexcept>

namespace jiffy::sequencer
{
namespace
{
/// A name for a block whose hash is not known yet; the leading text keeps it apart from every other hash.
Hash provisional_hash_of(const types::Header& opened)
{
    constexpr std::string_view domain = "jiffy provisional block";
    rlp::Writer writer;
    const auto list = writer.open_list();
    writer.bytes({reinterpret_cast<const Byte*>(domain.data()), domain.size()});
    writer.integer(opened.number);
    writer.integer(opened.timestamp);
    writer.fixed(opened.mix_hash);
    writer.close_list(list);
    return crypto::keccak256(writer.result());
}
}  // namespace

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
    execution_.emplace(
        specification_, world_.latest(), executor_, chain::StateRoot{}, chain::BlockExecution::Changes::handed_over);
    const auto opened = execution_->open_before_parent_hash(header, history_.block_hashes());
    if (!opened)
        throw std::logic_error{"a block of our own cannot be opened"};
    world_.apply(execution_->opening_difference());
    if (const auto& slot = execution_->awaited_slot())
        world_.reserve_slot(chain::system_contracts::history_storage, *slot);
    history_.open(block_);
    releaser_.push(BlockOpened{block_, execution_->opening_difference(), world_.id_counts()});
    provide_parent_hash_if_known();
}

void Ledger::provide_parent_hash_if_known()
{
    if (!execution_->awaits_parent_hash())
        return;
    const auto parent = history_.find(block_->number() - 1);
    if (parent->sealed() != nullptr)
        provide_parent_hash();
}

void Ledger::provide_parent_hash()
{
    const auto parent = history_.find(block_->number() - 1);
    auto difference = execution_->provide_parent_hash(parent->sealed()->hash);
    if (!difference)
        throw std::logic_error{"the parent's hash cannot be stored"};
    world_.apply(*difference);
    releaser_.push(ParentHashStored{std::move(*difference)});
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
        wait_for_seal_(block_->number() - 1);
        provide_parent_hash_if_known();
        executed = execution_->execute(ordered.transaction, ordered.sender);
    }
    if (!executed)
        return failure(std::get<chain::InvalidTransaction>(executed.error()));

    const chain::TransactionOutcome& outcome = **executed;
    Committed committed;
    world_.apply(outcome.difference, &committed.difference_ids);
    committed.difference = outcome.difference;
    committed.ids = world_.id_counts();

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
    if (execution_->awaits_parent_hash())
    {
        wait_for_seal_(block_->number() - 1);
        provide_parent_hash();
    }
    const auto closed = execution_->end();
    if (!closed)
        throw std::logic_error{"a block of our own cannot be closed"};
    world_.apply(execution_->closing_difference());
    block_->close(world_.commit_number());
    releaser_.push(BlockEnded{.requests = execution_->requests(),
        .difference = execution_->closing_difference(),
        .commits_to_withdrawals = chain::commits_to_withdrawals(specification_, block_->opening.timestamp),
        .time = time});
    metrics_.blocks.fetch_add(1, std::memory_order_relaxed);
    codes_.trim();
}

void Ledger::apply(const Entry& entry)
{
    struct Visitor
    {
        Ledger& ledger;

        void operator()(const OpenBlock& open) const { ledger.open_block(open.block->opening); }
        void operator()(const System& system) const { ledger.execute_system(system.place.record().transaction); }
        void operator()(const Tx& transaction) const
        {
            const auto& record = transaction.place.record();
            OrderedTransaction ordered{record.transaction, record.hash, record.sender};
            if (!ledger.execute(ordered, nullptr))
                throw std::logic_error{"a transaction of the log is not valid"};
        }
        void operator()(const SealMini& seal) const
        {
            ledger.releaser_.process_pending();
            ledger.releaser_.seal_mini(seal.time);
        }
        void operator()(const SealBlock& seal) const { ledger.end_block(seal.time); }
    };
    std::visit(Visitor{*this}, entry);
}
}  // namespace jiffy::sequencer
