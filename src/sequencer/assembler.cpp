// SPDX-License-Identifier: Apache-2.0
#include "sequencer/assembler.hpp"

#include "trie/root.hpp"

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

MiniBlockRecord Assembler::end_mini_block(const types::StatementTerms& terms,
    std::uint64_t time,
    const types::IdCounts& ids)
{
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
        .difference = crypto::keccak256(types::encode(frame_.finish(ids)))};
    record.hash = types::mini_block_hash(terms, record.header);
    record.first_transaction = mini_block_first_;
    record.transaction_count = mini_block_size();
    position_.mini_block_parent = record.hash;
    position_.mini_block_start = time;
    ++position_.mini_block;
    mini_block_first_ = taken_count_;
    receipts_.clear();
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
