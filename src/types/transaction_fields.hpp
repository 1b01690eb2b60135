// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rlp/sinks.hpp"
#include "types/transaction.hpp"

namespace jiffy::types
{
/// Which form of a transaction is written: what its sender signs, or the whole.
enum class TransactionForm : std::uint8_t
{
    unsigned_form,
    signed_form,
};

/// The `v` of a legacy signature: 27 + parity, or 35 + 2 * chain id + parity (EIP-155).
inline U256 legacy_v(const Transaction& transaction) noexcept
{
    const std::uint64_t parity = transaction.signature.y_parity;
    if (!transaction.chain_id)
        return U256{27 + parity};
    return (U256{*transaction.chain_id} << 1) + U256{35 + parity};
}

template <class Sink>
void put_recipient(Sink& sink, const std::optional<Address>& to)
{
    if (to)
        sink.fixed(*to);
    else
        sink.bytes({});
}

template <class Sink>
void put_hashes(Sink& sink, std::span<const Hash> hashes)
{
    sink.list_header(hashes.size() * (1 + sizeof(Hash)));
    if constexpr (std::is_same_v<Sink, rlp::Measure>)
        sink.skip(hashes.size() * (1 + sizeof(Hash)));
    else
        for (const auto& hash : hashes)
            sink.fixed(hash);
}

template <class Sink>
void put_access_list(Sink& sink, const AccessList& access_list)
{
    rlp::put_list(sink,
        [&](auto& entries)
        {
            for (const auto& entry : access_list)
                rlp::put_list(entries,
                    [&](auto& fields)
                    {
                        fields.fixed(entry.address);
                        put_hashes(fields, entry.storage_keys);
                    });
        });
}

template <class Sink>
void put_authorization_list(Sink& sink, std::span<const Authorization> authorizations)
{
    rlp::put_list(sink,
        [&](auto& entries)
        {
            for (const auto& authorization : authorizations)
                rlp::put_list(entries,
                    [&](auto& fields)
                    {
                        fields.integer(authorization.chain_id);
                        fields.fixed(authorization.address);
                        fields.integer(authorization.nonce);
                        fields.integer(std::uint64_t{authorization.signature.y_parity});
                        fields.integer(authorization.signature.r);
                        fields.integer(authorization.signature.s);
                    });
        });
}

template <class Sink>
void put_legacy_fields(Sink& sink, const Transaction& transaction, TransactionForm form)
{
    sink.integer(transaction.nonce);
    sink.integer(transaction.max_fee_per_gas);
    sink.integer(transaction.gas_limit);
    put_recipient(sink, transaction.to);
    sink.integer(transaction.value);
    sink.bytes(transaction.data);
    if (form == TransactionForm::signed_form)
    {
        sink.integer(legacy_v(transaction));
        sink.integer(transaction.signature.r);
        sink.integer(transaction.signature.s);
    }
    else if (transaction.chain_id)
    {
        sink.integer(*transaction.chain_id);
        sink.integer(std::uint64_t{0});
        sink.integer(std::uint64_t{0});
    }
}

template <class Sink>
void put_deposit_fields(Sink& sink, const Transaction& transaction)
{
    sink.fixed(transaction.deposit.source_hash);
    sink.fixed(transaction.deposit.from);
    put_recipient(sink, transaction.to);
    sink.integer(transaction.deposit.mint);
    sink.integer(transaction.value);
    sink.integer(transaction.gas_limit);
    sink.integer(std::uint64_t{transaction.deposit.is_system_transaction});
    sink.bytes(transaction.data);
}

/// The fields of the types that EIP-2930 began: each later type adds to the one before.
template <class Sink>
void put_typed_fields(Sink& sink, const Transaction& transaction, TransactionForm form)
{
    sink.integer(transaction.chain_id.value_or(0));
    sink.integer(transaction.nonce);
    if (transaction.type != TransactionType::access_list)
        sink.integer(transaction.max_priority_fee_per_gas);
    sink.integer(transaction.max_fee_per_gas);
    sink.integer(transaction.gas_limit);
    put_recipient(sink, transaction.to);
    sink.integer(transaction.value);
    sink.bytes(transaction.data);
    put_access_list(sink, transaction.access_list);
    if (transaction.type == TransactionType::blob)
    {
        sink.integer(transaction.max_fee_per_blob_gas);
        put_hashes(sink, transaction.blob_versioned_hashes);
    }
    if (transaction.type == TransactionType::set_code)
        put_authorization_list(sink, transaction.authorization_list);
    if (form == TransactionForm::signed_form)
    {
        sink.integer(std::uint64_t{transaction.signature.y_parity});
        sink.integer(transaction.signature.r);
        sink.integer(transaction.signature.s);
    }
}

/// The EIP-2718 form: a list, for all but legacy behind the type byte.
template <class Sink>
void put_transaction(Sink& sink, const Transaction& transaction, TransactionForm form = TransactionForm::signed_form)
{
    if (transaction.type != TransactionType::legacy)
    {
        const auto type = static_cast<Byte>(transaction.type);
        sink.raw({&type, 1});
    }
    rlp::put_list(sink,
        [&](auto& fields)
        {
            switch (transaction.type)
            {
                case TransactionType::legacy:
                    return put_legacy_fields(fields, transaction, form);
                case TransactionType::deposit:
                    return put_deposit_fields(fields, transaction);
                case TransactionType::access_list:
                case TransactionType::dynamic_fee:
                case TransactionType::blob:
                case TransactionType::set_code:
                    return put_typed_fields(fields, transaction, form);
            }
        });
}
}  // namespace jiffy::types
