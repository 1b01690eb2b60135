// SPDX-License-Identifier: Apache-2.0
#include "types/block.hpp"

#include "types/field_reader.hpp"
#include "types/hash_of.hpp"
#include "types/transaction_fields.hpp"

#include <algorithm>

namespace jiffy::types
{
namespace
{
using Failure = std::optional<BlockError>;

/// The bytes of a header whose integers are 0 and that has no extra data and none of the later fields.
constexpr std::size_t smallest_header = 3 + 5 * 33 + 21 + 259 + 6 + 33 + 9;
constexpr std::size_t smallest_withdrawal = 1 + 3 + 21;
/// A legacy transaction with nothing in it takes 75 bytes with the 32 of r and the 32 of s, of which chance may shorten
/// some; a deposit, which nobody signs, 65.
constexpr std::size_t smallest_signed_transaction = 64;
static_assert(sizeof(Transaction) <= 8 * smallest_signed_transaction);

/// Calls `action` with each field that later forks brought, in their order, until it returns false.
template <class AnyHeader, class Action>
void for_each_later_field(AnyHeader& header, const Action& action)
{
    static_cast<void>(action(header.base_fee_per_gas) && action(header.withdrawals_root) &&
                      action(header.blob_gas_used) && action(header.excess_blob_gas) &&
                      action(header.parent_beacon_block_root) && action(header.requests_hash));
}

template <class Sink>
void put_field(Sink& sink, std::uint64_t value)
{
    sink.integer(value);
}

template <class Sink>
void put_field(Sink& sink, const U256& value)
{
    sink.integer(value);
}

template <class Sink>
void put_field(Sink& sink, const Hash& value)
{
    sink.fixed(value);
}

template <class Sink>
void put_header(Sink& sink, const Header& header)
{
    rlp::put_list(sink,
        [&](auto& fields)
        {
            fields.fixed(header.parent_hash);
            fields.fixed(header.ommers_hash);
            fields.fixed(header.beneficiary);
            fields.fixed(header.state_root);
            fields.fixed(header.transactions_root);
            fields.fixed(header.receipts_root);
            fields.fixed(header.logs_bloom);
            fields.integer(header.difficulty);
            fields.integer(header.number);
            fields.integer(header.gas_limit);
            fields.integer(header.gas_used);
            fields.integer(header.timestamp);
            fields.bytes(header.extra_data);
            fields.fixed(header.mix_hash);
            fields.fixed(header.nonce);
            for_each_later_field(header,
                [&](const auto& field)
                {
                    if (field)
                        put_field(fields, *field);
                    return field.has_value();
                });
        });
}

template <class Sink>
void put_withdrawal(Sink& sink, const Withdrawal& withdrawal)
{
    rlp::put_list(sink,
        [&](auto& fields)
        {
            fields.integer(withdrawal.index);
            fields.integer(withdrawal.validator_index);
            fields.fixed(withdrawal.address);
            fields.integer(withdrawal.amount);
        });
}

/// A transaction inside a block: all but legacy are wrapped into a string (EIP-2718).
template <class Sink>
void put_block_transaction(Sink& sink, const Transaction& transaction)
{
    if (transaction.type != TransactionType::legacy)
        sink.string_header(encoded_size(transaction));
    put_transaction(sink, transaction);
}

template <class Sink>
void put_block(Sink& sink, const Block& block)
{
    rlp::put_list(sink,
        [&](auto& parts)
        {
            put_header(parts, block.header);
            rlp::put_list(parts,
                [&](auto& items)
                {
                    for (const auto& transaction : block.transactions)
                        put_block_transaction(items, transaction);
                });
            rlp::put_list(parts,
                [&](auto& items)
                {
                    for (const auto& ommer : block.ommers)
                        put_header(items, ommer);
                });
            if (block.withdrawals)
                rlp::put_list(parts,
                    [&](auto& items)
                    {
                        for (const auto& withdrawal : *block.withdrawals)
                            put_withdrawal(items, withdrawal);
                    });
        });
}

void read_header(FieldReader& fields, Header& header)
{
    fields.read(header.parent_hash);
    fields.read(header.ommers_hash);
    fields.read(header.beneficiary);
    fields.read(header.state_root);
    fields.read(header.transactions_root);
    fields.read(header.receipts_root);
    fields.read(header.logs_bloom);
    fields.read(header.difficulty);
    fields.read(header.number);
    fields.read(header.gas_limit);
    fields.read(header.gas_used);
    fields.read(header.timestamp);
    fields.read(header.extra_data);
    fields.read(header.mix_hash);
    fields.read(header.nonce);
    for_each_later_field(header,
        [&](auto& field)
        {
            if (fields.at_end())
                return false;
            fields.read(field);
            return true;
        });
}

void read_header_item(FieldReader& items, Header& header)
{
    FieldReader fields = items.nested();
    read_header(fields, header);
    items.finish(fields);
}

void read_withdrawal_item(FieldReader& items, Withdrawal& withdrawal)
{
    FieldReader fields = items.nested();
    fields.read(withdrawal.index);
    fields.read(withdrawal.validator_index);
    fields.read(withdrawal.address);
    fields.read(withdrawal.amount);
    items.finish(fields);
}

/// A legacy transaction is a list; any other is a string whose first byte is its type.
Failure read_transactions(FieldReader& parts, std::vector<Transaction>& transactions, std::size_t most)
{
    FieldReader list = parts.nested();
    if (!list.ok())
        return BlockError::malformed;

    const auto count = list.count(1);
    if (count > most)
        return BlockError::too_many_transactions;
    transactions.reserve(count);
    rlp::Reader items = list.items();
    while (!items.at_end())
    {
        const auto item = items.next();
        if (!item)
            return BlockError::malformed;
        if (!item->is_list && (item->payload.empty() || item->payload[0] >= 0x80))
            return BlockError::invalid_transaction;
        auto transaction = decode_transaction(item->is_list ? item->encoded : item->payload);
        if (!transaction)
            return BlockError::invalid_transaction;
        transactions.push_back(std::move(*transaction));
    }
    return {};
}

Failure decode_into(Block& block, BytesView encoded, std::size_t most_transactions)
{
    FieldReader parts = FieldReader::of(encoded);
    if (!parts.ok())
        return BlockError::malformed;
    read_header_item(parts, block.header);
    if (!parts.ok())
        return BlockError::invalid_header;
    const auto most_signed = encoded.size() / smallest_signed_transaction;
    if (const auto error = read_transactions(parts, block.transactions, std::max(most_signed, most_transactions)))
        return error;
    parts.read_list(block.ommers, smallest_header, read_header_item);
    if (!parts.ok())
        return BlockError::invalid_header;
    if (!parts.at_end())
    {
        parts.read_list(block.withdrawals.emplace(), smallest_withdrawal, read_withdrawal_item);
        if (!parts.ok())
            return BlockError::invalid_withdrawal;
    }
    if (parts.final_error())
        return BlockError::malformed;
    return {};
}
}  // namespace

Bytes encode(const Header& header)
{
    return rlp::collect([&](auto& sink) { put_header(sink, header); });
}

Result<Header, BlockError> decode_header(BytesView encoded)
{
    Result<Header, BlockError> result{std::in_place};
    FieldReader fields = FieldReader::of(encoded);
    if (!fields.ok())
        result = failure(BlockError::malformed);
    else
    {
        read_header(fields, *result);
        if (fields.final_error())
            result = failure(BlockError::invalid_header);
    }
    return result;
}

Hash header_hash(const Header& header)
{
    return hash_of([&](auto& sink) { put_header(sink, header); });
}

Bytes encode(const Withdrawal& withdrawal)
{
    return rlp::collect([&](auto& sink) { put_withdrawal(sink, withdrawal); });
}

Bytes encode(const Block& block)
{
    return rlp::collect([&](auto& sink) { put_block(sink, block); });
}

Result<Header, BlockError> decode_header_of_block(BytesView encoded)
{
    FieldReader parts = FieldReader::of(encoded);
    if (!parts.ok())
        return failure(BlockError::malformed);
    Result<Header, BlockError> result{std::in_place};
    read_header_item(parts, *result);
    if (!parts.ok())
        result = failure(BlockError::invalid_header);
    return result;
}

Result<Block, BlockError> decode_block(BytesView encoded, std::size_t most_transactions)
{
    Result<Block, BlockError> result{std::in_place};
    if (const auto error = decode_into(*result, encoded, most_transactions))
        result = failure(*error);
    return result;
}
}  // namespace jiffy::types
