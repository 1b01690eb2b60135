// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/transaction.hpp"

namespace jiffy::types
{
/// Block header. Fields after `nonce` came with later forks and stand in this order in RLP.
struct Header
{
    Hash parent_hash;
    Hash ommers_hash;
    Address beneficiary;
    Hash state_root;
    Hash transactions_root;
    Hash receipts_root;
    Bloom logs_bloom;
    U256 difficulty;
    std::uint64_t number = 0;
    std::uint64_t gas_limit = 0;
    std::uint64_t gas_used = 0;
    /// Unix time in seconds.
    std::uint64_t timestamp = 0;
    Bytes extra_data;
    /// PREVRANDAO after the Merge (EIP-4399).
    Hash mix_hash;
    FixedBytes<8> nonce;
    /// Wei per gas (EIP-1559).
    std::optional<U256> base_fee_per_gas;
    /// EIP-4895
    std::optional<Hash> withdrawals_root;
    /// EIP-4844
    std::optional<std::uint64_t> blob_gas_used;
    std::optional<std::uint64_t> excess_blob_gas;
    /// EIP-4788
    std::optional<Hash> parent_beacon_block_root;
    /// EIP-7685
    std::optional<Hash> requests_hash;

    friend bool operator==(const Header&, const Header&) = default;
};

/// Payment from the consensus layer (EIP-4895).
struct Withdrawal
{
    std::uint64_t index = 0;
    std::uint64_t validator_index = 0;
    Address address;
    /// Gwei.
    std::uint64_t amount = 0;

    friend bool operator==(const Withdrawal&, const Withdrawal&) = default;
};

struct Block
{
    Header header;
    std::vector<Transaction> transactions;
    std::vector<Header> ommers;
    std::optional<std::vector<Withdrawal>> withdrawals;

    friend bool operator==(const Block&, const Block&) = default;
};

/// Why bytes are no block.
enum class BlockError : std::uint8_t
{
    malformed,
    invalid_header,
    invalid_transaction,
    invalid_withdrawal,
    /// More transactions than `decode_block` is to take.
    too_many_transactions,
};

/// Keccak-256 of the empty RLP list: the ommers hash since the Merge.
inline constexpr Hash empty_ommers_hash{{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5, 0x67, 0xb6,
    0xcc, 0xd4, 0x1a, 0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a, 0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};

Bytes encode(const Header& header);
Result<Header, BlockError> decode_header(BytesView encoded);
/// Keccak-256 of the header's RLP.
Hash header_hash(const Header& header);

Bytes encode(const Withdrawal& withdrawal);

/// Full block as it stands in fixtures and in `chain.rlp`: [header, transactions, ommers(, withdrawals)].
Bytes encode(const Block& block);

/// The header of a full block; what follows it is not looked at.
Result<Header, BlockError> decode_header_of_block(BytesView encoded);

/// Decodes a full block. A transaction takes hundreds of bytes in memory, but only ten in the input if its signature,
/// which nobody has checked yet, is made up. So a block is refused if it has more transactions than keys can have
/// signed in so many bytes, unless it has no more than `most_transactions`, which the caller knows to be possible.
/// Memory is then within eight times the input, and that of `most_transactions`.
Result<Block, BlockError> decode_block(BytesView encoded, std::size_t most_transactions = 0);
}  // namespace jiffy::types
