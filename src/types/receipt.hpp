// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/transaction.hpp"

namespace jiffy::types
{
/// At most four topics, without an allocation.
struct Topics
{
    std::array<Hash, 4> values{};
    std::uint8_t count = 0;

    [[nodiscard]] std::span<const Hash> view() const noexcept { return {values.data(), count}; }
    friend bool operator==(const Topics& a, const Topics& b) noexcept
    {
        return a.count == b.count && std::memcmp(a.values.data(), b.values.data(), a.count * sizeof(Hash)) == 0;
    }
};

/// An entry that a contract wrote with LOG0 to LOG4.
struct Log
{
    Address address;
    Topics topics;
    Bytes data;

    friend bool operator==(const Log&, const Log&) = default;
};

/// Outcome of a transaction.
struct Receipt
{
    TransactionType type = TransactionType::legacy;
    /// False if execution failed. Before Byzantium `post_state` stands in the receipt instead.
    bool success = false;
    std::optional<Hash> post_state;
    /// Gas of the block up to and with this transaction.
    std::uint64_t cumulative_gas_used = 0;
    Bloom logs_bloom;
    std::vector<Log> logs;
    /// OP Stack deposits: the sender's nonce before it (Regolith), and the receipt version (Canyon).
    std::optional<std::uint64_t> deposit_nonce;
    std::optional<std::uint64_t> deposit_receipt_version;

    friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// Consensus form (EIP-2718) of a receipt. A deposit's nonce and version are both in it if the version is set, as since
/// Canyon; before, the receipts root left out the nonce that Regolith keeps.
Bytes encode(const Receipt& receipt);
Result<Receipt, TransactionError> decode_receipt(BytesView encoded);

/// Sets the three bits of an item (yellow paper 4.3.1).
void add_to_bloom(Bloom& bloom, BytesView item) noexcept;

/// Bloom of the addresses and topics of all logs.
Bloom bloom_of(std::span<const Log> logs) noexcept;

/// True if every bit of the item is set: it may be in the logs behind the bloom.
bool may_contain(const Bloom& bloom, BytesView item) noexcept;

/// Keccak-256 of the RLP list of the logs, as the state tests compare it.
Hash logs_hash(std::span<const Log> logs);
}  // namespace jiffy::types
