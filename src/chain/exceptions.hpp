// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

namespace jiffy::chain
{
/// Why a transaction cannot stand in a block: EEST's `TransactionException`, in the order of the checks.
enum class InvalidTransaction : std::uint8_t
{
    /// No transaction at all: `BlockException.RLP_STRUCTURES_ENCODING` in a block.
    malformed,
    type_not_supported,
    type_1_tx_pre_fork,
    type_2_tx_pre_fork,
    type_3_tx_pre_fork,
    type_4_tx_pre_fork,
    invalid_chain_id,
    invalid_signature_vrs,
    intrinsic_gas_too_low,
    intrinsic_gas_below_floor_gas_cost,
    nonce_is_max,
    initcode_size_exceeded,
    gas_limit_exceeds_maximum,
    gas_allowance_exceeded,
    priority_greater_than_max_fee_per_gas,
    insufficient_max_fee_per_gas,
    type_3_tx_contract_creation,
    type_3_tx_zero_blobs,
    type_3_tx_invalid_blob_versioned_hash,
    type_3_tx_blob_count_exceeded,
    type_3_tx_max_blob_gas_allowance_exceeded,
    type_3_tx_with_full_blobs,
    insufficient_max_fee_per_blob_gas,
    type_4_tx_contract_creation,
    type_4_empty_authorization_list,
    nonce_mismatch_too_low,
    nonce_mismatch_too_high,
    sender_not_eoa,
    insufficient_account_funds,
};

/// Why a block cannot stand on its parent: EEST's `BlockException`.
enum class InvalidBlock : std::uint8_t
{
    rlp_structures_encoding,
    rlp_block_limit_exceeded,
    incorrect_block_format,
    unknown_parent,
    invalid_block_number,
    invalid_block_timestamp_older_than_parent,
    invalid_gaslimit,
    gaslimit_too_big,
    gas_used_overflow,
    extra_data_too_big,
    extra_data_invalid_dao,
    /// Of the OP Stack's: no parameters of a base fee, as since Holocene.
    extra_data_invalid_holocene,
    invalid_basefee_per_gas,
    import_impossible_legacy,
    import_impossible_london_wrong_parent,
    import_impossible_difficulty_over_paris,
    import_impossible_uncles_over_paris,
    import_impossible_shanghai,
    import_impossible_paris_over_shanghai,
    invalid_difficulty,
    invalid_uncles_hash,
    too_many_uncles,
    uncle_in_chain,
    uncle_is_ancestor,
    uncle_unknown_parent,
    incorrect_excess_blob_gas,
    incorrect_blob_gas_used,
    invalid_transactions_root,
    invalid_withdrawals_root,
    invalid_gas_used,
    invalid_log_bloom,
    invalid_receipts_root,
    invalid_state_root,
    invalid_requests,
    invalid_deposit_event_layout,
    system_contract_empty,
    system_contract_call_failed,
};

/// A read could not be answered by the state below: no verdict, the shell fetches and runs again.
struct StateUnavailable
{
    friend bool operator==(StateUnavailable, StateUnavailable) = default;
};

/// Why a transaction has no outcome.
using TransactionFailure = std::variant<InvalidTransaction, StateUnavailable>;

/// Why a block has no outcome.
using BlockFailure = std::variant<InvalidBlock, InvalidTransaction, StateUnavailable>;

/// EEST's name of the exception, without its class: "INTRINSIC_GAS_TOO_LOW".
constexpr std::string_view name_of(InvalidTransaction reason) noexcept
{
    constexpr std::array<std::string_view, 29> names{"RLP_ERROR", "TYPE_NOT_SUPPORTED", "TYPE_1_TX_PRE_FORK",
        "TYPE_2_TX_PRE_FORK", "TYPE_3_TX_PRE_FORK", "TYPE_4_TX_PRE_FORK", "INVALID_CHAINID", "INVALID_SIGNATURE_VRS",
        "INTRINSIC_GAS_TOO_LOW", "INTRINSIC_GAS_BELOW_FLOOR_GAS_COST", "NONCE_IS_MAX", "INITCODE_SIZE_EXCEEDED",
        "GAS_LIMIT_EXCEEDS_MAXIMUM", "GAS_ALLOWANCE_EXCEEDED", "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS",
        "INSUFFICIENT_MAX_FEE_PER_GAS", "TYPE_3_TX_CONTRACT_CREATION", "TYPE_3_TX_ZERO_BLOBS",
        "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH", "TYPE_3_TX_BLOB_COUNT_EXCEEDED",
        "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", "TYPE_3_TX_WITH_FULL_BLOBS", "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS",
        "TYPE_4_TX_CONTRACT_CREATION", "TYPE_4_EMPTY_AUTHORIZATION_LIST", "NONCE_MISMATCH_TOO_LOW",
        "NONCE_MISMATCH_TOO_HIGH", "SENDER_NOT_EOA", "INSUFFICIENT_ACCOUNT_FUNDS"};
    return names[static_cast<std::size_t>(reason)];
}

/// EEST's name of the exception, without its class: "INVALID_GASLIMIT".
constexpr std::string_view name_of(InvalidBlock reason) noexcept
{
    constexpr std::array<std::string_view, 37> names{"RLP_STRUCTURES_ENCODING", "RLP_BLOCK_LIMIT_EXCEEDED",
        "INCORRECT_BLOCK_FORMAT", "UNKNOWN_PARENT", "INVALID_BLOCK_NUMBER", "INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT",
        "INVALID_GASLIMIT", "GASLIMIT_TOO_BIG", "GAS_USED_OVERFLOW", "EXTRA_DATA_TOO_BIG", "EXTRA_DATA_INVALID_DAO",
        "EXTRA_DATA_INVALID_HOLOCENE", "INVALID_BASEFEE_PER_GAS", "IMPORT_IMPOSSIBLE_LEGACY",
        "IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT", "IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS",
        "IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS", "IMPORT_IMPOSSIBLE_SHANGHAI", "IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI",
        "INVALID_DIFFICULTY", "INVALID_UNCLES_HASH", "TOO_MANY_UNCLES", "UNCLE_IN_CHAIN", "UNCLE_IS_ANCESTOR",
        "UNCLE_UNKNOWN_PARENT", "INCORRECT_EXCESS_BLOB_GAS", "INCORRECT_BLOB_GAS_USED", "INVALID_TRANSACTIONS_ROOT",
        "INVALID_WITHDRAWALS_ROOT", "INVALID_GAS_USED", "INVALID_LOG_BLOOM", "INVALID_RECEIPTS_ROOT",
        "INVALID_STATE_ROOT", "INVALID_REQUESTS", "INVALID_DEPOSIT_EVENT_LAYOUT", "SYSTEM_CONTRACT_EMPTY",
        "SYSTEM_CONTRACT_CALL_FAILED"};
    return names[static_cast<std::size_t>(reason)];
}
}  // namespace jiffy::chain
