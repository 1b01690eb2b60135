// SPDX-License-Identifier: Apache-2.0
#include "sequencer/block_coding.hpp"

#include "sequencer/fragment_statements.hpp"
#include "sequencer/told_record.hpp"
#include "types/frame_coding.hpp"

namespace jiffy::sequencer
{
namespace
{
using types::FrameError;
using types::FrameReader;
using types::FrameWriter;

/// Flags of an outcome.
constexpr Byte succeeded = 1;
constexpr Byte has_post_state = 2;
constexpr Byte has_deposit_nonce = 4;
constexpr Byte has_deposit_version = 8;

/// The fewest bytes that each takes.
constexpr std::size_t smallest_transaction = 32;
constexpr std::size_t smallest_log = 22;
constexpr std::size_t signature_size = 65;
constexpr std::size_t smallest_fragment = signature_size + 4;
constexpr std::size_t smallest_mini_block = signature_size + 3 * Hash::size() + 4;

void put_signature(FrameWriter& writer, const crypto::RecoverableSignature& signature)
{
    writer.bytes(to_hash(signature.r).view());
    writer.bytes(to_hash(signature.s).view());
    writer.byte(signature.y_parity);
}

crypto::RecoverableSignature read_signature(FrameReader& reader) noexcept
{
    crypto::RecoverableSignature signature;
    signature.r = to_u256(reader.fixed<32>());
    signature.s = to_u256(reader.fixed<32>());
    signature.y_parity = reader.byte();
    reader.require(signature.y_parity <= 1);
    return signature;
}

types::Header read_header(FrameReader& reader)
{
    if (auto header = types::decode_header(reader.string()))
        return std::move(*header);
    reader.fail(FrameError::invalid_header);
    return {};
}

/// Terms, which seldom differ from those before them: written only where they do.
class Terms
{
public:
    void put(FrameWriter& writer, const types::StatementTerms& terms)
    {
        const bool differ = terms != before_;
        writer.byte(differ ? 1 : 0);
        if (!differ)
            return;
        writer.byte(static_cast<Byte>(terms.domain));
        writer.number(terms.chain_id);
        writer.number(terms.epoch);
        writer.byte(static_cast<Byte>(terms.durability));
        before_ = terms;
    }

    const types::StatementTerms& read(FrameReader& reader) noexcept
    {
        const auto differ = reader.byte();
        reader.require(differ <= 1);
        if (differ == 0)
            return before_;
        const auto last = before_;
        const auto domain = reader.byte();
        before_.chain_id = reader.number();
        before_.epoch = reader.number();
        const auto durability = reader.byte();
        reader.require(domain <= static_cast<Byte>(types::StatementDomain::development) &&
                       durability <= static_cast<Byte>(types::Durability::standby_and_disk));
        before_.domain = static_cast<types::StatementDomain>(domain);
        before_.durability = static_cast<types::Durability>(durability);
        reader.require(before_ != last);
        return before_;
    }

private:
    types::StatementTerms before_;
};

void put_outcome(FrameWriter& writer, const TransactionRecord& record)
{
    const auto& receipt = record.receipt;
    Byte flags = receipt.success ? succeeded : Byte{0};
    flags |= receipt.post_state ? has_post_state : Byte{0};
    flags |= receipt.deposit_nonce ? has_deposit_nonce : Byte{0};
    flags |= receipt.deposit_receipt_version ? has_deposit_version : Byte{0};
    writer.byte(flags);
    writer.number(record.gas_used);
    if (receipt.post_state)
        writer.bytes(receipt.post_state->view());
    if (receipt.deposit_nonce)
        writer.number(*receipt.deposit_nonce);
    if (receipt.deposit_receipt_version)
        writer.number(*receipt.deposit_receipt_version);
    writer.number(receipt.logs.size());
    for (const auto& log : receipt.logs)
    {
        writer.bytes(log.address.view());
        writer.byte(log.topics.count);
        for (const auto& topic : log.topics.view())
            writer.bytes(topic.view());
        writer.string(log.data);
    }
}

void read_log(FrameReader& reader, types::Log& log)
{
    log.address = reader.fixed<20>();
    const auto topics = reader.byte();
    reader.require(topics <= log.topics.values.size());
    for (; log.topics.count < topics && !reader.error(); ++log.topics.count)
        log.topics.values[log.topics.count] = reader.fixed<32>();
    const auto data = reader.string();
    log.data.assign(data.begin(), data.end());
}

ToldOutcome read_outcome(FrameReader& reader)
{
    ToldOutcome outcome;
    const auto flags = reader.byte();
    reader.require(flags < 2 * has_deposit_version);
    outcome.success = (flags & succeeded) != 0;
    outcome.gas_used = reader.number();
    if ((flags & has_post_state) != 0)
        outcome.post_state = reader.fixed<32>();
    if ((flags & has_deposit_nonce) != 0)
        outcome.deposit_nonce = reader.number();
    if ((flags & has_deposit_version) != 0)
        outcome.deposit_receipt_version = reader.number();
    const auto logs = reader.count(smallest_log);
    outcome.logs.reserve(logs);
    while (outcome.logs.size() < logs && !reader.error())
        read_log(reader, outcome.logs.emplace_back());
    return outcome;
}

void put_transactions(FrameWriter& writer, const BlockRecord& block)
{
    const auto count = block.transactions.size();
    writer.number(count);
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto& record = block.transactions[i];
        writer.string(types::encode(record.transaction));
        writer.bytes(record.sender.view());
        put_outcome(writer, record);
    }
}

void read_transactions(FrameReader& reader, BlockRecord& block)
{
    for (auto left = reader.count(smallest_transaction); left != 0 && !reader.error(); --left)
    {
        auto transaction = types::decode_transaction(reader.string());
        if (!transaction)
            return reader.fail(FrameError::invalid_transaction);
        const auto sender = reader.fixed<20>();
        auto outcome = read_outcome(reader);
        if (!reader.error())
            block.transactions.push_back(told_record(block, std::move(*transaction), sender, std::move(outcome)));
    }
}

void put_fragments(FrameWriter& writer, const BlockRecord& block)
{
    const auto count = block.fragments.size();
    writer.number(count);
    Terms terms;
    auto mini_block = block.release_start()->first_mini_block;
    std::uint64_t time = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto& fragment = *block.fragments[i];
        terms.put(writer, fragment.terms);
        writer.number(fragment.mini_block - std::exchange(mini_block, fragment.mini_block));
        writer.number(fragment.time - std::exchange(time, fragment.time));
        writer.number(fragment.transaction_count);
        put_signature(writer, fragment.signature);
    }
}

void read_fragments(FrameReader& reader, BlockRecord& block)
{
    Terms terms;
    FragmentStatements statements;
    std::vector<Bytes> receipts;
    auto mini_block = block.release_start()->first_mini_block;
    auto prefix = block.release_start()->environment;
    std::uint64_t time = 0;
    std::uint32_t next = 0;
    const auto transactions = block.transactions.size();
    for (auto left = reader.count(smallest_fragment); left != 0 && !reader.error(); --left)
    {
        const auto& fragment_terms = terms.read(reader);
        mini_block += reader.number();
        time += reader.number();
        const auto count = reader.number();
        const auto signature = read_signature(reader);
        reader.require(count != 0 && count <= types::most_leaves && count <= transactions - next);
        if (reader.error())
            return;
        statements.begin(fragment_terms, mini_block, time);
        receipts.clear();
        for (const auto end = next + count; next < end; ++next)
        {
            statements.add(block.transactions[next].hash);
            receipts.push_back(types::encode(block.transactions[next].receipt));
        }
        auto fragment = statements.finish(block, next, receipts, prefix, crypto::scalar_kernels());
        fragment.signature = signature;
        block.fragments.push_back(std::make_shared<const FragmentRecord>(std::move(fragment)));
    }
    reader.require(next == transactions);
}

void put_mini_blocks(FrameWriter& writer, const BlockRecord& block)
{
    const auto count = block.mini_blocks.size();
    writer.number(count);
    Terms terms;
    std::uint64_t time = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto& record = block.mini_blocks[i];
        if (i == 0)
            writer.bytes(record.header.parent.view());
        terms.put(writer, record.terms);
        writer.number(record.header.time - std::exchange(time, record.header.time));
        writer.number(record.header.gas_used);
        writer.bytes(record.header.transactions_root.view());
        writer.bytes(record.header.receipts_root.view());
        writer.bytes(record.header.difference.view());
        writer.number(record.transaction_count);
        put_signature(writer, record.signature);
    }
}

void read_mini_blocks(FrameReader& reader, BlockRecord& block)
{
    Terms terms;
    auto number = block.release_start()->first_mini_block;
    Hash parent;
    std::uint64_t time = 0;
    std::uint32_t next = 0;
    const auto transactions = block.transactions.size();
    const auto count = reader.count(smallest_mini_block);
    if (count != 0)
        parent = reader.fixed<32>();
    for (std::size_t index = 0; index < count && !reader.error(); ++index)
    {
        MiniBlockRecord record;
        record.terms = terms.read(reader);
        time += reader.number();
        record.header = {.number = number++,
            .parent = parent,
            .block_number = block.number(),
            .block_timestamp = block.opening.timestamp,
            .index = index,
            .time = time,
            .gas_used = reader.number(),
            .transactions_root = reader.fixed<32>(),
            .receipts_root = reader.fixed<32>(),
            .difference = reader.fixed<32>()};
        const auto size = reader.number();
        record.signature = read_signature(reader);
        reader.require(size <= transactions - next);
        if (reader.error())
            return;
        record.hash = types::mini_block_hash(record.terms, record.header);
        record.first_transaction = next;
        record.transaction_count = static_cast<std::uint32_t>(size);
        next += record.transaction_count;
        parent = record.hash;
        block.mini_blocks.push_back(std::move(record));
    }
    reader.require(next == transactions);
}

/// Each fragment lies within the mini-block that it names.
bool fragments_fit_mini_blocks(const BlockRecord& block) noexcept
{
    const auto first = block.release_start()->first_mini_block;
    for (std::size_t i = 0; i < block.fragments.size(); ++i)
    {
        const auto& fragment = *block.fragments[i];
        const auto index = fragment.mini_block - first;
        if (fragment.mini_block < first || index >= block.mini_blocks.size())
            return false;
        const auto& mini_block = block.mini_blocks[index];
        if (fragment.first_transaction < mini_block.first_transaction ||
            fragment.first_transaction + fragment.transaction_count >
                mini_block.first_transaction + mini_block.transaction_count)
            return false;
    }
    return true;
}
}  // namespace

Bytes encode_block(const BlockRecord& block)
{
    constexpr std::size_t usual_transaction_size = 160;
    constexpr std::size_t usual_mini_block_size = 176;
    Bytes encoded;
    encoded.reserve(
        4096 + usual_transaction_size * block.transactions.size() + usual_mini_block_size * block.mini_blocks.size());
    FrameWriter writer{encoded};
    const auto& sealed = *block.sealed();
    writer.byte(block_coding_version);
    writer.string(types::encode(block.opening));
    writer.string(types::encode(sealed.header));
    writer.bytes(sealed.hash.view());
    writer.number(sealed.size);
    writer.number(block.release_start()->first_mini_block);
    writer.bytes(block.release_start()->environment.view());
    put_transactions(writer, block);
    put_fragments(writer, block);
    put_mini_blocks(writer, block);
    return encoded;
}

Result<std::shared_ptr<BlockRecord>, FrameError> decode_block_record(BytesView encoded)
{
    FrameReader reader{encoded};
    if (reader.byte() != block_coding_version)
        return failure(FrameError::unknown_version);
    auto opening = read_header(reader);
    SealedBlock sealed;
    sealed.header = read_header(reader);
    sealed.hash = reader.fixed<32>();
    sealed.size = reader.number();
    if (reader.error())
        return failure(*reader.error());
    if (sealed.header.number != opening.number || sealed.header.timestamp != opening.timestamp ||
        types::header_hash(sealed.header) != sealed.hash)
        return failure(FrameError::invalid_header);
    // Genesis is never open, and so has no name but its hash.
    const auto provisional = opening.number == 0 ? sealed.hash : provisional_hash_of(opening);
    auto block = std::make_shared<BlockRecord>(std::move(opening), provisional);
    ReleaseStart start;
    start.first_mini_block = reader.number();
    start.environment = reader.fixed<32>();
    block->start_release(start);
    read_transactions(reader, *block);
    if (!reader.error())
        read_fragments(reader, *block);
    if (!reader.error())
        read_mini_blocks(reader, *block);
    if (reader.error())
        return failure(*reader.error());
    if (reader.left() != 0)
        return failure(FrameError::trailing_bytes);
    if (!fragments_fit_mini_blocks(*block))
        return failure(FrameError::malformed);
    block->seal(std::move(sealed));
    return block;
}
}  // namespace jiffy::sequencer
