// SPDX-License-Identifier: Apache-2.0
#include "sequencer/assembler.hpp"

#include "trie/root.hpp"

#include <algorithm>
#include <iterator>

namespace jiffy::sequencer
{
void Assembler::open(std::shared_ptr<BlockRecord> block, const types::IdCounts& ids)
{
    block_ = std::move(block);
    taken_count_ = 0;
    mini_block_first_ = 0;
    frame_.begin(ids);
    position_.prefix = types::environment_commitment(block_->opening, position_.prefix);
    block_->start_release({position_.mini_block, position_.prefix});
}

void Assembler::begin_fragment(const types::StatementTerms& terms, std::uint64_t time)
{
    statements_.begin(terms, position_.mini_block, time);
    position_.fragment_time = time;
}

void Assembler::add(const TransactionRecord& record)
{
    ++taken_count_;
    receipts_.push_back(types::encode(record.receipt));
    fragment_bytes_ += receipts_.back().size() + record.transaction.data.size();
    statements_.add(record.hash);
}

Assembler::UnsignedFragment Assembler::end_fragment(const types::DifferenceFrame& difference,
    std::span<const std::uint32_t> slot_accounts)
{
    fragment_bytes_ = 0;
    frame_.add(difference, slot_accounts);
    const auto receipts = std::span{receipts_}.last(statements_.size());
    auto record = statements_.finish(*block_, taken_count_, receipts, position_.prefix, kernels_);
    const auto digest = digest_of(record);
    return {std::move(record), digest};
}

Assembler::ToldFragment Assembler::tell_fragment(const types::StatementTerms& terms,
    std::uint64_t time,
    std::span<const TransactionRecord> transactions) const
{
    auto prefix = position_.prefix;
    std::vector<Bytes> receipts;
    receipts.reserve(transactions.size());
    FragmentStatements statements;
    statements.begin(terms, position_.mini_block, time);
    for (const auto& transaction : transactions)
    {
        receipts.push_back(types::encode(transaction.receipt));
        statements.add(transaction.hash);
    }
    auto record = statements.finish(*block_, taken_count_ + statements.size(), receipts, prefix, kernels_);
    const auto digest = digest_of(record);
    return {{std::move(record), digest}, prefix, std::move(receipts)};
}

FragmentRecord Assembler::take_fragment(ToldFragment told,
    const types::DifferenceFrame& difference,
    std::span<const std::uint32_t> slot_accounts)
{
    auto& record = told.fragment.record;
    position_.prefix = told.prefix;
    position_.fragment_time = record.time;
    taken_count_ += record.transaction_count;
    std::ranges::move(told.receipts, std::back_inserter(receipts_));
    frame_.add(difference, slot_accounts);
    return std::move(record);
}

MiniBlockRecord Assembler::end_mini_block(const types::StatementTerms& terms,
    std::uint64_t time,
    const types::IdCounts& ids)
{
    OpenMiniBlock open;
    return end_mini_block(terms, time, ids, open);
}

void Assembler::reopen(OpenMiniBlock open)
{
    position_ = open.position;
    mini_block_first_ = open.first;
    receipts_ = std::move(open.receipts);
    frame_.begin(open.frame.before);
    frame_.add(open.frame, open.slot_accounts);
}

MiniBlockRecord Assembler::end_mini_block(const types::StatementTerms& terms,
    std::uint64_t time,
    const types::IdCounts& ids,
    OpenMiniBlock& open)
{
    open.position = position_;
    open.first = mini_block_first_;
    open.frame = frame_.finish(ids);
    const auto slot_accounts = frame_.slot_accounts();
    open.slot_accounts.assign(slot_accounts.begin(), slot_accounts.end());
    std::vector<Bytes> transactions;
    transactions.reserve(mini_block_size());
    std::uint64_t gas_used = 0;
    for (auto i = mini_block_first_; i < taken_count_; ++i)
    {
        transactions.push_back(types::encode(block_->transactions[i].transaction));
        gas_used += block_->transactions[i].gas_used;
    }
    MiniBlockRecord record;
    record.terms = terms;
    record.header = {.number = position_.mini_block,
        .parent = position_.mini_block_parent,
        .block_number = block_->number(),
        .block_timestamp = block_->opening.timestamp,
        .index = block_->mini_blocks.size(),
        .time = time,
        .gas_used = gas_used,
        .transactions_root = trie::ordered_root(transactions, kernels_),
        .receipts_root = trie::ordered_root(receipts_, kernels_),
        .difference = crypto::keccak256(types::encode(open.frame))};
    record.hash = types::mini_block_hash(terms, record.header);
    record.first_transaction = mini_block_first_;
    record.transaction_count = mini_block_size();
    position_.mini_block_parent = record.hash;
    position_.mini_block_start = time;
    ++position_.mini_block;
    mini_block_first_ = taken_count_;
    open.receipts = std::exchange(receipts_, {});
    return record;
}

void Assembler::restate(MiniBlockRecord& record, const types::StatementTerms& terms)
{
    record.terms = terms;
    record.hash = types::mini_block_hash(terms, record.header);
    position_.mini_block_parent = record.hash;
}

std::shared_ptr<BlockRecord> Assembler::end_block() noexcept
{
    block_->end_release(position_);
    return std::move(block_);
}
}  // namespace jiffy::sequencer
