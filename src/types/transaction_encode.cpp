// SPDX-License-Identifier: Apache-2.0
#include "types/hash_of.hpp"
#include "types/transaction_fields.hpp"

namespace jiffy::types
{
Bytes encode(const Transaction& transaction)
{
    return rlp::collect([&](auto& sink) { put_transaction(sink, transaction); });
}

std::size_t encoded_size(const Transaction& transaction)
{
    rlp::Measure measure;
    put_transaction(measure, transaction);
    return measure.size();
}

Hash transaction_hash(const Transaction& transaction)
{
    return hash_of([&](auto& sink) { put_transaction(sink, transaction); });
}

Hash signing_hash(const Transaction& transaction)
{
    if (transaction.type == TransactionType::deposit)
        return {};
    return hash_of([&](auto& sink) { put_transaction(sink, transaction, TransactionForm::unsigned_form); });
}
}  // namespace jiffy::types
