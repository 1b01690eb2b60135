// SPDX-License-Identifier: Apache-2.0
#include "types/field_reader.hpp"
#include "types/transaction.hpp"
#include "types/transaction_error.hpp"

namespace jiffy::types
{
namespace
{
using Failure = std::optional<TransactionError>;

/// The least bytes of an access list entry: header, address, empty list of keys.
constexpr std::size_t smallest_access_list_entry = 1 + 21 + 1;
/// The least bytes of an authorization: header, address, five integers.
constexpr std::size_t smallest_authorization = 1 + 21 + 5;

void read_recipient(FieldReader& fields, std::optional<Address>& to)
{
    BytesView string;
    fields.read(string);
    if (string.empty())
        return;
    if (string.size() == Address::size())
        to = Address::from(string);
    else
        fields.fail(rlp::Error::wrong_length);
}

void read_access_list(FieldReader& fields, AccessList& access_list)
{
    fields.read_list(access_list, smallest_access_list_entry,
        [](FieldReader& entries, AccessListEntry& entry)
        {
            FieldReader parts = entries.nested();
            parts.read(entry.address);
            parts.read_list(entry.storage_keys);
            entries.finish(parts);
        });
}

void read_authorization_list(FieldReader& fields, std::vector<Authorization>& authorizations)
{
    fields.read_list(authorizations, smallest_authorization,
        [](FieldReader& entries, Authorization& authorization)
        {
            FieldReader parts = entries.nested();
            parts.read(authorization.chain_id);
            parts.read(authorization.address);
            parts.read(authorization.nonce);
            parts.read(authorization.signature.y_parity);
            parts.read(authorization.signature.r);
            parts.read(authorization.signature.s);
            entries.finish(parts);
        });
}

/// True if r and s are scalars of the group other than 0. How high s may be depends on the fork.
bool in_range(const crypto::RecoverableSignature& signature) noexcept
{
    return !signature.r.is_zero() && signature.r < crypto::secp256k1_order && !signature.s.is_zero() &&
           signature.s < crypto::secp256k1_order;
}

/// Takes a legacy `v` apart (see `legacy_v`); false if it follows no rule.
bool set_legacy_v(Transaction& transaction, const U256& v) noexcept
{
    if (v == U256{27} || v == U256{28})
    {
        transaction.signature.y_parity = static_cast<std::uint8_t>(v.low() - 27);
        return true;
    }
    if (v < U256{35})
        return false;
    const U256 shifted = v - U256{35};
    const U256 chain_id = shifted >> 1;
    transaction.signature.y_parity = static_cast<std::uint8_t>(shifted.low() & 1);
    transaction.chain_id = chain_id.low();
    return chain_id.fits_64();
}

Failure decode_legacy(Transaction& transaction, BytesView encoded)
{
    FieldReader fields = FieldReader::of(encoded);
    U256 v;
    fields.read(transaction.nonce);
    fields.read(transaction.max_fee_per_gas);
    fields.read(transaction.gas_limit);
    read_recipient(fields, transaction.to);
    fields.read(transaction.value);
    fields.read(transaction.data);
    fields.read(v);
    fields.read(transaction.signature.r);
    fields.read(transaction.signature.s);
    if (const auto error = fields.final_error())
        return transaction_error(*error);

    transaction.max_priority_fee_per_gas = transaction.max_fee_per_gas;
    if (!set_legacy_v(transaction, v) || !in_range(transaction.signature))
        return TransactionError::invalid_signature;
    return {};
}

Failure decode_deposit(Transaction& transaction, BytesView encoded)
{
    FieldReader fields = FieldReader::of(encoded);
    fields.read(transaction.deposit.source_hash);
    fields.read(transaction.deposit.from);
    read_recipient(fields, transaction.to);
    fields.read(transaction.deposit.mint);
    fields.read(transaction.value);
    fields.read(transaction.gas_limit);
    fields.read(transaction.deposit.is_system_transaction);
    fields.read(transaction.data);
    if (const auto error = fields.final_error())
        return transaction_error(*error);
    return {};
}

Failure decode_typed(Transaction& transaction, BytesView encoded)
{
    FieldReader fields = FieldReader::of(encoded);
    bool y_is_odd = false;
    fields.read(transaction.chain_id);
    fields.read(transaction.nonce);
    fields.read(transaction.max_priority_fee_per_gas);
    if (transaction.type == TransactionType::access_list)
        transaction.max_fee_per_gas = transaction.max_priority_fee_per_gas;
    else
        fields.read(transaction.max_fee_per_gas);
    fields.read(transaction.gas_limit);
    read_recipient(fields, transaction.to);
    fields.read(transaction.value);
    fields.read(transaction.data);
    read_access_list(fields, transaction.access_list);
    if (transaction.type == TransactionType::blob)
    {
        fields.read(transaction.max_fee_per_blob_gas);
        fields.read_list(transaction.blob_versioned_hashes);
    }
    if (transaction.type == TransactionType::set_code)
        read_authorization_list(fields, transaction.authorization_list);
    fields.read(y_is_odd);
    fields.read(transaction.signature.r);
    fields.read(transaction.signature.s);
    if (const auto error = fields.final_error())
        return transaction_error(*error);

    const bool needs_recipient =
        transaction.type == TransactionType::blob || transaction.type == TransactionType::set_code;
    if (needs_recipient && !transaction.to)
        return TransactionError::creation_not_allowed;
    transaction.signature.y_parity = y_is_odd ? 1 : 0;
    if (!in_range(transaction.signature))
        return TransactionError::invalid_signature;
    return {};
}

Failure decode_into(Transaction& transaction, BytesView encoded)
{
    if (encoded.empty())
        return TransactionError::malformed;
    if (encoded[0] >= 0xc0)
        return decode_legacy(transaction, encoded);
    if (encoded[0] >= 0x80)
        return TransactionError::malformed;

    transaction.type = static_cast<TransactionType>(encoded[0]);
    switch (transaction.type)
    {
        case TransactionType::access_list:
        case TransactionType::dynamic_fee:
        case TransactionType::blob:
        case TransactionType::set_code:
            return decode_typed(transaction, encoded.subspan(1));
        case TransactionType::deposit:
            return decode_deposit(transaction, encoded.subspan(1));
        case TransactionType::legacy:
            break;
    }
    return TransactionError::unknown_type;
}
}  // namespace

Result<Transaction, TransactionError> decode_transaction(BytesView encoded)
{
    Result<Transaction, TransactionError> result{std::in_place};
    if (const auto error = decode_into(*result, encoded))
        result = failure(*error);
    return result;
}
}  // namespace jiffy::types
