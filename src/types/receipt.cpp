// SPDX-License-Identifier: Apache-2.0
#include "types/receipt.hpp"

#include "types/field_reader.hpp"
#include "types/hash_of.hpp"
#include "types/transaction_error.hpp"

namespace jiffy::types
{
namespace
{
/// The least bytes of a log: header, address, empty topics, empty data.
constexpr std::size_t smallest_log = 1 + 21 + 1 + 1;

template <class Sink>
void put_logs(Sink& sink, std::span<const Log> logs)
{
    rlp::put_list(sink,
        [&](auto& entries)
        {
            for (const auto& log : logs)
                rlp::put_list(entries,
                    [&](auto& fields)
                    {
                        fields.fixed(log.address);
                        rlp::put_list(fields,
                            [&](auto& topics)
                            {
                                for (const auto& topic : log.topics.view())
                                    topics.fixed(topic);
                            });
                        fields.bytes(log.data);
                    });
        });
}

template <class Sink>
void put_receipt(Sink& sink, const Receipt& receipt)
{
    if (receipt.type != TransactionType::legacy)
    {
        const auto type = static_cast<Byte>(receipt.type);
        sink.raw({&type, 1});
    }
    rlp::put_list(sink,
        [&](auto& fields)
        {
            if (receipt.post_state)
                fields.fixed(*receipt.post_state);
            else
                fields.integer(std::uint64_t{receipt.success});
            fields.integer(receipt.cumulative_gas_used);
            fields.fixed(receipt.logs_bloom);
            put_logs(fields, receipt.logs);
            if (receipt.type == TransactionType::deposit && receipt.deposit_receipt_version)
            {
                fields.integer(receipt.deposit_nonce.value_or(0));
                fields.integer(*receipt.deposit_receipt_version);
            }
        });
}

void read_topics(FieldReader& fields, Topics& topics)
{
    FieldReader items = fields.nested();
    while (!items.at_end())
    {
        if (topics.count == topics.values.size())
            return fields.fail(rlp::Error::wrong_length);
        items.read(topics.values[topics.count++]);
    }
    fields.finish(items);
}

void read_logs(FieldReader& fields, std::vector<Log>& logs)
{
    fields.read_list(logs, smallest_log,
        [](FieldReader& entries, Log& log)
        {
            FieldReader parts = entries.nested();
            parts.read(log.address);
            read_topics(parts, log.topics);
            parts.read(log.data);
            entries.finish(parts);
        });
}

/// The first field: the status, or in a legacy receipt from before Byzantium the state root.
void read_outcome(FieldReader& fields, Receipt& receipt)
{
    BytesView string;
    fields.read(string);
    if (string.size() == Hash::size() && receipt.type == TransactionType::legacy)
        receipt.post_state = Hash::from(string);
    else if (string.size() == 1 && string[0] == 1)
        receipt.success = true;
    else if (!string.empty())
        fields.fail(rlp::Error::wrong_length);
}

std::optional<TransactionError> decode_into(Receipt& receipt, BytesView encoded)
{
    if (encoded.empty())
        return TransactionError::malformed;
    if (encoded[0] < 0xc0)
    {
        if (encoded[0] >= 0x80)
            return TransactionError::malformed;
        receipt.type = static_cast<TransactionType>(encoded[0]);
        if (receipt.type == TransactionType::legacy || !is_known(receipt.type))
            return TransactionError::unknown_type;
        encoded = encoded.subspan(1);
    }

    FieldReader fields = FieldReader::of(encoded);
    read_outcome(fields, receipt);
    fields.read(receipt.cumulative_gas_used);
    fields.read(receipt.logs_bloom);
    read_logs(fields, receipt.logs);
    if (receipt.type == TransactionType::deposit && !fields.at_end())
    {
        fields.read(receipt.deposit_nonce);
        fields.read(receipt.deposit_receipt_version);
    }
    if (const auto error = fields.final_error())
        return transaction_error(*error);
    return {};
}

/// The three bits that stand for an item.
struct BloomBits
{
    std::array<std::size_t, 3> bytes;
    std::array<Byte, 3> masks;
};

BloomBits bloom_bits(BytesView item) noexcept
{
    const Hash hash = crypto::keccak256(item);
    BloomBits bits{};
    for (std::size_t i = 0; i < 3; ++i)
    {
        const auto position = static_cast<std::size_t>(hash[2 * i] << 8 | hash[2 * i + 1]) % 2048;
        bits.bytes[i] = Bloom::size() - 1 - position / 8;
        bits.masks[i] = static_cast<Byte>(1U << (position % 8));
    }
    return bits;
}
}  // namespace

Bytes encode(const Receipt& receipt)
{
    return rlp::collect([&](auto& sink) { put_receipt(sink, receipt); });
}

Result<Receipt, TransactionError> decode_receipt(BytesView encoded)
{
    Result<Receipt, TransactionError> result{std::in_place};
    if (const auto error = decode_into(*result, encoded))
        result = failure(*error);
    return result;
}

void add_to_bloom(Bloom& bloom, BytesView item) noexcept
{
    const auto bits = bloom_bits(item);
    for (std::size_t i = 0; i < 3; ++i)
        bloom[bits.bytes[i]] |= bits.masks[i];
}

Bloom bloom_of(std::span<const Log> logs) noexcept
{
    Bloom bloom;
    for (const auto& log : logs)
    {
        add_to_bloom(bloom, log.address.view());
        for (const auto& topic : log.topics.view())
            add_to_bloom(bloom, topic.view());
    }
    return bloom;
}

bool may_contain(const Bloom& bloom, BytesView item) noexcept
{
    const auto bits = bloom_bits(item);
    for (std::size_t i = 0; i < 3; ++i)
        if ((bloom[bits.bytes[i]] & bits.masks[i]) == 0)
            return false;
    return true;
}

Hash logs_hash(std::span<const Log> logs)
{
    return hash_of([&](auto& sink) { put_logs(sink, logs); });
}
}  // namespace jiffy::types
