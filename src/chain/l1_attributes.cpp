// SPDX-License-Identifier: Apache-2.0
#include "chain/l1_attributes.hpp"

namespace jiffy::chain
{
namespace
{
/// First bytes of keccak256("setL1BlockValuesIsthmus()").
constexpr FixedBytes<4> selector{{0x09, 0x89, 0x99, 0xbe}};
constexpr std::size_t call_data_size = 176;
/// Gas limit of the transaction since Regolith.
constexpr std::uint64_t gas_limit = 1'000'000;
/// Which kind of deposit a source hash stands for.
constexpr std::uint64_t l1_attributes_domain = 1;

/// Calls `visit` with each value of the call data in its order: packed, without the words of the ABI.
template <class Attributes, class Visit>
void visit_values(Attributes& attributes, Visit visit)
{
    visit(attributes.base_fee_scalar);
    visit(attributes.blob_base_fee_scalar);
    visit(attributes.sequence_number);
    visit(attributes.timestamp);
    visit(attributes.number);
    visit(attributes.base_fee);
    visit(attributes.blob_base_fee);
    visit(attributes.block_hash);
    visit(attributes.batcher_hash);
    visit(attributes.operator_fee_scalar);
    visit(attributes.operator_fee_constant);
}

/// Appends values, big-endian.
struct Writer
{
    Bytes& data;

    template <std::unsigned_integral Integer>
    void operator()(const Integer& value) const
    {
        for (std::size_t i = sizeof(Integer); i-- > 0;)
            data.push_back(static_cast<Byte>(value >> (8 * i)));
    }
    void operator()(const U256& value) const { append(data, to_hash(value).view()); }
    void operator()(const Hash& value) const { append(data, value.view()); }
};

/// Takes values off the front; there are enough bytes for all.
struct Reader
{
    BytesView& rest;

    template <std::unsigned_integral Integer>
    void operator()(Integer& value) const
    {
        value = 0;
        for (const auto byte : take(sizeof(Integer)))
            value = static_cast<Integer>((value << 8) | byte);
    }
    void operator()(U256& value) const { value = load_big_endian(take(32).data()); }
    void operator()(Hash& value) const { value = Hash::from(take(32)); }

    [[nodiscard]] BytesView take(std::size_t count) const
    {
        const auto taken = rest.first(count);
        rest = rest.subspan(count);
        return taken;
    }
};

/// keccak256(domain || keccak256(block hash || sequence number)), the numbers as words.
Hash source_hash_of(const L1Attributes& attributes)
{
    Bytes position = to_bytes(attributes.block_hash.view());
    append(position, to_hash(U256{attributes.sequence_number}).view());
    Bytes source = to_bytes(to_hash(U256{l1_attributes_domain}).view());
    append(source, crypto::keccak256(position).view());
    return crypto::keccak256(source);
}
}  // namespace

Bytes encode(const L1Attributes& attributes)
{
    Bytes data;
    data.reserve(call_data_size);
    append(data, selector.view());
    visit_values(attributes, Writer{data});
    return data;
}

std::optional<L1Attributes> decode_l1_attributes(BytesView call_data) noexcept
{
    if (call_data.size() != call_data_size || !equal(call_data.first(selector.size()), selector.view()))
        return std::nullopt;
    BytesView rest = call_data.subspan(selector.size());
    L1Attributes attributes;
    visit_values(attributes, Reader{rest});
    return attributes;
}

L1FeeParameters fee_parameters_of(const L1Attributes& attributes) noexcept
{
    return {.base_fee = attributes.base_fee,
        .blob_base_fee = attributes.blob_base_fee,
        .base_fee_scalar = attributes.base_fee_scalar,
        .blob_base_fee_scalar = attributes.blob_base_fee_scalar,
        .operator_fee_scalar = attributes.operator_fee_scalar,
        .operator_fee_constant = attributes.operator_fee_constant};
}

types::Transaction make_l1_attributes_transaction(const L1Attributes& attributes)
{
    types::Transaction transaction;
    transaction.type = types::TransactionType::deposit;
    transaction.deposit.source_hash = source_hash_of(attributes);
    transaction.deposit.from = predeploys::depositor_account;
    transaction.to = predeploys::l1_block;
    transaction.gas_limit = gas_limit;
    transaction.data = encode(attributes);
    return transaction;
}
}  // namespace jiffy::chain
