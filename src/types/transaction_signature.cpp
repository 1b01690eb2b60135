// SPDX-License-Identifier: Apache-2.0
#include "types/hash_of.hpp"
#include "types/transaction.hpp"

namespace jiffy::types
{
namespace
{
/// The byte before what an authority signs (EIP-7702: MAGIC).
constexpr Byte authorization_magic = 0x05;
}  // namespace

std::optional<Address> recover_sender(const Transaction& transaction, bool allow_high_s)
{
    if (transaction.type == TransactionType::deposit)
        return transaction.deposit.from;
    if (!allow_high_s && transaction.signature.s > crypto::secp256k1_half_order)
        return std::nullopt;
    return crypto::recover_address(signing_hash(transaction), transaction.signature);
}

bool sign(Transaction& transaction, const Hash& secret)
{
    if (transaction.type == TransactionType::deposit)
        return false;
    const auto signature = crypto::sign(signing_hash(transaction), secret);
    if (!signature)
        return false;
    transaction.signature = *signature;
    return true;
}

Hash signing_hash(const Authorization& authorization)
{
    return hash_of(
        [&](auto& sink)
        {
            sink.raw({&authorization_magic, 1});
            rlp::put_list(sink,
                [&](auto& fields)
                {
                    fields.integer(authorization.chain_id);
                    fields.fixed(authorization.address);
                    fields.integer(authorization.nonce);
                });
        });
}

std::optional<Address> recover_authority(const Authorization& authorization)
{
    const auto& signature = authorization.signature;
    if (signature.y_parity > 1 || signature.s > crypto::secp256k1_half_order)
        return std::nullopt;
    return crypto::recover_address(signing_hash(authorization), signature);
}
}  // namespace jiffy::types
