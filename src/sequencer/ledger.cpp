// SPDX-License-Identifier: Apache-2.0
#include "sequencer/ledger.hpp"

#include "chain/fees.hpp"
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
    Sealer& sealer,
    std::uint64_t hash_seed,
    std::function<void(std::uint64_t)> wait_for_seal)
  : specification_{specification}
  , world_{world}
  , history_{history}
  , sealer_{sealer}
  , wait_for_seal_{std::move(wait_for_seal)}
  , codes_{std::size_t{64} << 20, hash_seed}
  , executor_{codes_, hash_seed}
{
}

void Ledger::open_block(const OpenBlock& entry)
{
    block_ = std::make_shared<BlockRecord>(entry.header, provisional_hash_of(entry.header), next_mini_block_);
    log_count_ = 0;
    execution_.emplace(specification_, world_.latest(), executor_);
    const auto opened = execution_->open_before_parent_hash(entry.header, history_.block_hashes());
    if (!opened)
        throw std::logic_error{"a block of our own cannot be opened"};
    commit(execution_->opening_difference());
    history_.open(block_);
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
    const auto difference = execution_->provide_parent_hash(parent->sealed()->hash);
    if (!difference)
        throw std::logic_error{"the parent's hash cannot be stored"};
    commit(*difference);
}

void Ledger::commit(const types::StateDifference& difference)
{
    if (difference.accounts.empty())
        return;
    world_.apply(difference);
    differences_.push_back(difference);
}

types::Account Ledger::account(const Address& address) const
{
    types::Account account;
    return world_.latest().account(address, account) == state::Presence::present ? account : types::Account{};
}

Result<TransactionPlace, chain::InvalidTransaction> Ledger::execute(Tx entry)
{
    auto executed = execution_->execute(entry.transaction, entry.sender);
    if (!executed && std::holds_alternative<chain::StateUnavailable>(executed.error()))
    {
        // The world is complete: it can only be the parent's hash.
        ++metrics_.parent_hash_waits;
        wait_for_seal_(block_->number() - 1);
        provide_parent_hash_if_known();
        executed = execution_->execute(entry.transaction, entry.sender);
    }
    if (!executed)
        return failure(std::get<chain::InvalidTransaction>(executed.error()));

    const chain::TransactionOutcome& outcome = **executed;
    commit(outcome.difference);

    TransactionRecord record;
    record.transaction = std::move(entry.transaction);
    record.hash = entry.hash;
    record.sender = entry.sender;
    record.receipt = execution_->receipts().back();
    record.gas_used = outcome.gas_used;
    record.effective_gas_price = outcome.effective_gas_price;
    record.blob_gas_used = outcome.blob_gas_used;
    record.created = outcome.created;
    record.first_log = log_count_;
    record.mini_block = next_mini_block_;
    log_count_ += outcome.logs.size();
    block_->transactions.push_back(std::move(record));
    history_.index_newest_transaction(block_);
    metrics_.transactions.fetch_add(1, std::memory_order_relaxed);
    return TransactionPlace{block_, static_cast<std::uint32_t>(block_->transactions.size() - 1)};
}

void Ledger::execute(System entry)
{
    const auto hash = types::transaction_hash(entry.transaction);
    const auto sender = entry.transaction.deposit.from;
    if (!execute(Tx{std::move(entry.transaction), hash, sender}))
        throw std::logic_error{"a transaction of the protocol is not valid"};
}

void Ledger::seal_mini(const SealMini& entry)
{
    const auto sealed_count = block_->mini_blocks.size();
    std::uint32_t first = 0;
    if (sealed_count != 0)
    {
        const auto& last = block_->mini_blocks[sealed_count - 1];
        first = last.first_transaction + last.transaction_count;
    }
    block_->mini_blocks.push_back({entry.time, first, static_cast<std::uint32_t>(block_->transactions.size()) - first});
    ++next_mini_block_;
    metrics_.mini_blocks.fetch_add(1, std::memory_order_relaxed);
    if (!differences_.empty())
        sealer_.push(TrieUpdate{std::exchange(differences_, {})});
}

void Ledger::seal_block()
{
    if (execution_->awaits_parent_hash())
    {
        wait_for_seal_(block_->number() - 1);
        provide_parent_hash();
    }
    const auto closed = execution_->end();
    if (!closed)
        throw std::logic_error{"a block of our own cannot be closed"};
    commit(execution_->closing_difference());
    if (!differences_.empty())
        sealer_.push(TrieUpdate{std::exchange(differences_, {})});
    block_->close(world_.commit_number());
    const bool commits_to_withdrawals = chain::commits_to_withdrawals(specification_, block_->opening.timestamp);
    sealer_.push(SealRequest{block_, execution_->requests(), commits_to_withdrawals});
    metrics_.blocks.fetch_add(1, std::memory_order_relaxed);
    codes_.trim();
}

void Ledger::apply(Entry entry)
{
    struct Visitor
    {
        Ledger& ledger;

        void operator()(OpenBlock& open) const { ledger.open_block(open); }
        void operator()(System& transaction) const { ledger.execute(std::move(transaction)); }
        void operator()(Tx& transaction) const
        {
            if (!ledger.execute(std::move(transaction)))
                throw std::logic_error{"a transaction of the log is not valid"};
        }
        void operator()(SealMini& seal) const { ledger.seal_mini(seal); }
        void operator()(SealBlock&) const { ledger.seal_block(); }
    };
    std::visit(Visitor{*this}, entry);
}
}  // namespace jiffy::sequencer
