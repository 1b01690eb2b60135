// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "base/uint256.hpp"
#include "crypto/secp256k1.hpp"

#include <optional>

namespace jiffy::types
{
/// EIP-2718 transaction types.
enum class TransactionType : std::uint8_t
{
    legacy = 0x00,
    /// EIP-2930
    access_list = 0x01,
    /// EIP-1559
    dynamic_fee = 0x02,
    /// EIP-4844
    blob = 0x03,
    /// EIP-7702
    set_code = 0x04,
    /// OP Stack deposit
    deposit = 0x7e,
};

/// True for the values that the enumeration names.
constexpr bool is_known(TransactionType type) noexcept
{
    return type <= TransactionType::set_code || type == TransactionType::deposit;
}

/// An address and its storage keys that a transaction declares (EIP-2930).
struct AccessListEntry
{
    Address address;
    std::vector<Hash> storage_keys;

    friend bool operator==(const AccessListEntry&, const AccessListEntry&) = default;
};

using AccessList = std::vector<AccessListEntry>;

/// A signed permission to delegate an account to code elsewhere (EIP-7702).
struct Authorization
{
    U256 chain_id;
    Address address;
    std::uint64_t nonce = 0;
    /// Not checked at decoding beyond 8 bits; an invalid one makes the authorization void, not the transaction.
    crypto::RecoverableSignature signature;

    friend bool operator==(const Authorization&, const Authorization&) = default;
};

/// What only a deposit has (OP Stack specification, "Deposited transaction type").
struct Deposit
{
    Hash source_hash;
    Address from;
    /// Wei minted to `from` before execution; it stays even if execution fails.
    U256 mint;
    bool is_system_transaction = false;

    friend bool operator==(const Deposit&, const Deposit&) = default;
};

/// A transaction of any type. Fields that its type does not have keep their defaults.
struct Transaction
{
    TransactionType type = TransactionType::legacy;
    /// Empty for a legacy transaction without replay protection (before EIP-155) and for deposits.
    std::optional<std::uint64_t> chain_id;
    std::uint64_t nonce = 0;
    /// Wei per gas; equal to `max_fee_per_gas` for types with a single gas price.
    U256 max_priority_fee_per_gas;
    U256 max_fee_per_gas;
    std::uint64_t gas_limit = 0;
    /// Empty for contract creation.
    std::optional<Address> to;
    U256 value;
    Bytes data;
    AccessList access_list;
    U256 max_fee_per_blob_gas;
    std::vector<Hash> blob_versioned_hashes;
    std::vector<Authorization> authorization_list;
    crypto::RecoverableSignature signature;
    Deposit deposit;

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

/// Why bytes are no transaction.
enum class TransactionError : std::uint8_t
{
    /// Malformed RLP, a wrong number of fields, or bytes after the end.
    malformed,
    unknown_type,
    /// A field has a value that its type cannot have: `to` of 3 bytes, gas limit above 64 bits, y parity of 2.
    invalid_field,
    /// EIP-4844: a blob transaction cannot create a contract. Likewise EIP-7702.
    creation_not_allowed,
    /// r or s is 0 or not below the group order, or v matches no rule. A high s passes: whether it may (EIP-2) depends
    /// on the fork.
    invalid_signature,
};

/// Decodes the canonical (EIP-2718) form. Everything about shape is checked; what depends on the fork or the state is
/// left to `chain`.
Result<Transaction, TransactionError> decode_transaction(BytesView encoded);

/// The canonical form, as in blocks and as `eth_sendRawTransaction` takes it.
Bytes encode(const Transaction& transaction);

/// Keccak-256 of the canonical form.
Hash transaction_hash(const Transaction& transaction);

/// The hash that the sender signs (EIP-155, EIP-2718). A deposit has none: zero.
Hash signing_hash(const Transaction& transaction);

/// Sender by its signature (`deposit.from` for a deposit). Empty if the signature is out of range, has a high s and
/// `allow_high_s` is false (EIP-2: Homestead), or belongs to no key.
std::optional<Address> recover_sender(const Transaction& transaction, bool allow_high_s = false);

/// Signs in place with `secret`; false if the secret is no valid key, or for a deposit, which nobody signs. `chain_id`
/// decides between both legacy forms.
bool sign(Transaction& transaction, const Hash& secret);

/// The hash that an authority signs (EIP-7702): of 0x05 || rlp([chain_id, address, nonce]).
Hash signing_hash(const Authorization& authorization);

/// Authority that signed the authorization; empty if the signature is out of range, has a high s, or belongs to no key.
std::optional<Address> recover_authority(const Authorization& authorization);

/// Size in bytes of the canonical form.
std::size_t encoded_size(const Transaction& transaction);
}  // namespace jiffy::types
