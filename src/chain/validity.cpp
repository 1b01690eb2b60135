// SPDX-License-Identifier: Apache-2.0
#include "chain/validity.hpp"

#include "chain/fees.hpp"
#include "evm/machine.hpp"

#include <algorithm>

namespace jiffy::chain
{
namespace
{
using evm::Revision;
using types::TransactionType;
using Verdict = Result<void, InvalidTransaction>;

constexpr std::uint64_t transaction_gas = 21'000;
constexpr std::uint64_t creation_gas = 32'000;
constexpr std::uint64_t zero_byte_gas = 4;
constexpr std::uint64_t frontier_byte_gas = 68;
/// EIP-2028
constexpr std::uint64_t istanbul_byte_gas = 16;
/// EIP-2930
constexpr std::uint64_t access_list_address_gas = 2'400;
constexpr std::uint64_t access_list_key_gas = 1'900;
/// EIP-3860
constexpr std::uint64_t init_code_word_gas = 2;
constexpr std::size_t largest_init_code = 49'152;
/// EIP-7702
constexpr std::uint64_t authorization_gas = 25'000;
/// EIP-7623: the floor's gas for a zero byte; other bytes count four times.
constexpr std::uint64_t floor_token_gas = 10;
constexpr std::uint64_t tokens_of_other_byte = 4;
/// EIP-7594: blobs of one transaction since Osaka.
constexpr std::size_t osaka_blob_limit = 6;
/// EIP-4844: first byte of a KZG commitment's versioned hash.
constexpr Byte kzg_hash_version = 1;

std::optional<InvalidTransaction> missing_fork(const BlockContext& context, TransactionType type) noexcept
{
    const auto revision = context.environment.revision;
    switch (type)
    {
        case TransactionType::legacy:
            return std::nullopt;
        case TransactionType::access_list:
            return revision < Revision::berlin ? std::optional{InvalidTransaction::type_1_tx_pre_fork} : std::nullopt;
        case TransactionType::dynamic_fee:
            return revision < Revision::london ? std::optional{InvalidTransaction::type_2_tx_pre_fork} : std::nullopt;
        case TransactionType::blob:
            // The OP Stack has no blobs of its own.
            if (context.optimism)
                return InvalidTransaction::type_not_supported;
            return revision < Revision::cancun ? std::optional{InvalidTransaction::type_3_tx_pre_fork} : std::nullopt;
        case TransactionType::set_code:
            return revision < Revision::prague ? std::optional{InvalidTransaction::type_4_tx_pre_fork} : std::nullopt;
        case TransactionType::deposit:
            return context.optimism ? std::nullopt : std::optional{InvalidTransaction::type_not_supported};
    }
    return InvalidTransaction::type_not_supported;
}

Verdict validate_blobs(const BlockContext& context, const types::Transaction& transaction) noexcept
{
    const auto& hashes = transaction.blob_versioned_hashes;
    if (!transaction.to)
        return failure(InvalidTransaction::type_3_tx_contract_creation);
    if (hashes.empty())
        return failure(InvalidTransaction::type_3_tx_zero_blobs);
    const auto maximum = context.blob_parameters ? context.blob_parameters->maximum : 0;
    const bool is_osaka = context.environment.revision >= Revision::osaka;
    if (hashes.size() > maximum)
        return failure(is_osaka ? InvalidTransaction::type_3_tx_max_blob_gas_allowance_exceeded
                                : InvalidTransaction::type_3_tx_blob_count_exceeded);
    if (is_osaka && hashes.size() > osaka_blob_limit)
        return failure(InvalidTransaction::type_3_tx_blob_count_exceeded);
    if (std::ranges::any_of(hashes, [](const Hash& hash) { return hash[0] != kzg_hash_version; }))
        return failure(InvalidTransaction::type_3_tx_invalid_blob_versioned_hash);
    return {};
}

Verdict validate_authorizations(const types::Transaction& transaction) noexcept
{
    if (!transaction.to)
        return failure(InvalidTransaction::type_4_tx_contract_creation);
    if (transaction.authorization_list.empty())
        return failure(InvalidTransaction::type_4_empty_authorization_list);
    return {};
}

/// EIP-155 before its fork, and the chain id itself.
bool has_valid_chain_id(const BlockContext& context, const types::Transaction& transaction) noexcept
{
    if (!transaction.chain_id)
        return true;
    if (transaction.type == TransactionType::legacy && context.environment.revision < Revision::spurious_dragon)
        return false;
    return *transaction.chain_id == context.environment.chain_id;
}
}  // namespace

InvalidTransaction reason_of(types::TransactionError error, BytesView encoded) noexcept
{
    using types::TransactionError;
    switch (error)
    {
        case TransactionError::unknown_type:
            return InvalidTransaction::type_not_supported;
        case TransactionError::creation_not_allowed:
            return encoded[0] == static_cast<Byte>(types::TransactionType::blob)
                       ? InvalidTransaction::type_3_tx_contract_creation
                       : InvalidTransaction::type_4_tx_contract_creation;
        case TransactionError::invalid_signature:
            return InvalidTransaction::invalid_signature_vrs;
        case TransactionError::malformed:
        case TransactionError::invalid_field:
            break;
    }
    return InvalidTransaction::malformed;
}

IntrinsicGas intrinsic_gas(Revision revision, const types::Transaction& transaction) noexcept
{
    const auto& data = transaction.data;
    const auto zeros = static_cast<std::uint64_t>(std::count(data.begin(), data.end(), Byte{0}));
    const std::uint64_t others = data.size() - zeros;

    IntrinsicGas result;
    result.gas = transaction_gas + zero_byte_gas * zeros +
                 (revision >= Revision::istanbul ? istanbul_byte_gas : frontier_byte_gas) * others;
    if (!transaction.to && revision >= Revision::homestead)
        result.gas += creation_gas;
    if (!transaction.to && revision >= Revision::shanghai)
        result.gas += init_code_word_gas * ((data.size() + 31) / 32);
    for (const auto& entry : transaction.access_list)
        result.gas += access_list_address_gas + access_list_key_gas * entry.storage_keys.size();
    result.gas += authorization_gas * transaction.authorization_list.size();
    if (revision >= Revision::prague)
        result.floor = transaction_gas + floor_token_gas * (zeros + tokens_of_other_byte * others);
    return result;
}

Result<IntrinsicGas, InvalidTransaction> validate_static(const BlockContext& context,
    const types::Transaction& transaction,
    bool check_gas_cap) noexcept
{
    const auto revision = context.environment.revision;
    if (const auto missing = missing_fork(context, transaction.type))
        return failure(*missing);
    const auto intrinsic = intrinsic_gas(revision, transaction);
    if (transaction.type == TransactionType::deposit)
        return intrinsic;
    if (!has_valid_chain_id(context, transaction))
        return failure(InvalidTransaction::invalid_chain_id);
    if (transaction.gas_limit < intrinsic.gas)
        return failure(InvalidTransaction::intrinsic_gas_too_low);
    if (transaction.gas_limit < intrinsic.floor)
        return failure(InvalidTransaction::intrinsic_gas_below_floor_gas_cost);
    if (transaction.nonce == ~std::uint64_t{0})
        return failure(InvalidTransaction::nonce_is_max);
    if (!transaction.to && revision >= Revision::shanghai && transaction.data.size() > largest_init_code)
        return failure(InvalidTransaction::initcode_size_exceeded);
    if (check_gas_cap && transaction.gas_limit > context.transaction_gas_cap)
        return failure(InvalidTransaction::gas_limit_exceeds_maximum);
    if (transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas)
        return failure(InvalidTransaction::priority_greater_than_max_fee_per_gas);
    if (transaction.type == TransactionType::blob)
        if (const auto verdict = validate_blobs(context, transaction); !verdict)
            return failure(verdict.error());
    if (transaction.type == TransactionType::set_code)
        if (const auto verdict = validate_authorizations(transaction); !verdict)
            return failure(verdict.error());
    return intrinsic;
}

Verdict validate_against_block(const types::Transaction& transaction, const BlockCapacity& capacity) noexcept
{
    if (transaction.gas_limit > capacity.gas)
        return failure(InvalidTransaction::gas_allowance_exceeded);
    if (blob_gas_of(transaction) > capacity.blob_gas)
        return failure(InvalidTransaction::type_3_tx_max_blob_gas_allowance_exceeded);
    return {};
}

Verdict validate_fees(const BlockContext& context, const types::Transaction& transaction) noexcept
{
    if (transaction.max_fee_per_gas < context.environment.base_fee)
        return failure(InvalidTransaction::insufficient_max_fee_per_gas);
    if (transaction.type == TransactionType::blob &&
        transaction.max_fee_per_blob_gas < context.environment.blob_base_fee)
        return failure(InvalidTransaction::insufficient_max_fee_per_blob_gas);
    return {};
}

Verdict validate_nonce(const types::Transaction& transaction, const types::Account& sender) noexcept
{
    if (transaction.nonce < sender.nonce)
        return failure(InvalidTransaction::nonce_mismatch_too_low);
    if (transaction.nonce > sender.nonce)
        return failure(InvalidTransaction::nonce_mismatch_too_high);
    return {};
}

Verdict validate_sender_code(BytesView sender_code) noexcept
{
    if (!sender_code.empty() && !evm::delegation_target(sender_code))
        return failure(InvalidTransaction::sender_not_eoa);
    return {};
}

Verdict validate_funds(const types::Transaction& transaction,
    const types::Account& sender,
    const U256& additional_cost) noexcept
{
    const auto cost = maximum_cost(transaction);
    if (!cost)
        return failure(InvalidTransaction::insufficient_account_funds);
    const auto total = add_with_carry(*cost, additional_cost);
    if (total.carry || sender.balance < total.value)
        return failure(InvalidTransaction::insufficient_account_funds);
    return {};
}

std::optional<U256> maximum_cost(const types::Transaction& transaction) noexcept
{
    const auto product = [](const U256& price, std::uint64_t amount) -> std::optional<U256>
    {
        if (price.bit_length() + U256{amount}.bit_length() <= 256)
            return price * U256{amount};
        const auto result = price * U256{amount};
        return divide(result, U256{amount}).quotient == price ? std::optional{result} : std::nullopt;
    };
    const auto gas_cost = product(transaction.max_fee_per_gas, transaction.gas_limit);
    const auto blob_cost = product(transaction.max_fee_per_blob_gas, blob_gas_of(transaction));
    if (!gas_cost || !blob_cost)
        return std::nullopt;
    const auto fees = add_with_carry(*gas_cost, *blob_cost);
    const auto total = add_with_carry(fees.value, transaction.value);
    if (fees.carry || total.carry)
        return std::nullopt;
    return total.value;
}
}  // namespace jiffy::chain
