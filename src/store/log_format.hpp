// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/chain_identity.hpp"

#include <optional>

/// The bytes of a write-ahead log's file. All integers are little-endian.
///
/// A file begins with two copies of its header, each within one sector, in two pages. From `first_record_offset` on
/// follow the records, each at a multiple of 8:
///
///     check           8   keccak256(salt ‖ offset in the file ‖ chain ‖ mark ... durable before)
///     chain           8   the record's hash: keccak256(hash of the record before ‖ mark ... durable before ‖ payload)
///     mark            4   0x4352464a ("JFRC")
///     length          4   of the payload
///     sequence        8
///     durable before  8   when the record was made, all records below this sequence number were on disk
///     payload
///
/// Of both hashes the first 8 bytes. `chain` makes a record valid only behind the one that it was written behind.
/// `check` tells a record without the one before; the salt, which nobody else knows, keeps apart what a payload only
/// makes look like a record, and what is left of a file's earlier lives. Behind the last record are zeros.
namespace jiffy::store
{
inline constexpr std::uint32_t log_version = 1;

inline constexpr std::size_t file_header_size = 512;
inline constexpr std::uint64_t second_header_offset = 4096;
inline constexpr std::uint64_t first_record_offset = 8192;

inline constexpr std::size_t record_header_size = 40;
/// Where the part of a record begins that its hash covers.
inline constexpr std::size_t hashed_offset = 16;

/// Bytes of the longest payload.
inline constexpr std::size_t longest_payload = std::size_t{64} << 20;

/// Random, and different in each life of a file.
using Salt = FixedBytes<16>;

struct FileHeader
{
    ChainIdentity chain;
    /// Of the record that the file begins with.
    std::uint64_t first_sequence = 0;
    /// As a record's.
    std::uint64_t durable_before = 0;
    /// Hash of the record before the first.
    Hash hash_before{};
    Salt salt{};

    friend bool operator==(const FileHeader&, const FileHeader&) = default;
};

using FileHeaderBytes = FixedBytes<file_header_size>;

FileHeaderBytes encode(const FileHeader& header) noexcept;

/// What a copy of a file's header turns out to be.
enum class HeaderState
{
    valid,
    /// Nothing but zeros: the file is not in use.
    zero,
    /// Of a version that this program does not know.
    other_version,
    damaged,
};

struct DecodedHeader
{
    HeaderState state = HeaderState::zero;
    FileHeader header;
    std::uint32_t version = 0;
};

DecodedHeader decode_file_header(const FileHeaderBytes& bytes) noexcept;

struct RecordHeader
{
    /// The beginning of the record's hash.
    FixedBytes<8> chain{};
    std::uint32_t length = 0;
    std::uint64_t sequence = 0;
    std::uint64_t durable_before = 0;
};

/// Bytes that a record takes in its file, the gap to the next one included.
constexpr std::uint64_t record_size(std::uint64_t payload_length) noexcept
{
    return (record_header_size + payload_length + 7) / 8 * 8;
}

/// Writes the header of a record that stands at `offset`. The part that its hash covers depends on neither `chain` nor
/// `offset`.
void encode(const RecordHeader& header, const Salt& salt, std::uint64_t offset, Byte* target) noexcept;

/// The header of the record at `offset`, if there is one: `bytes` has its `record_header_size` bytes. That it was
/// written in this life of the file is sure then, but not that its payload is there.
std::optional<RecordHeader> decode_record_header(const Byte* bytes, const Salt& salt, std::uint64_t offset) noexcept;

/// True if a record might begin there: a quick look.
bool has_record_mark(const Byte* bytes) noexcept;

FixedBytes<8> beginning_of(const Hash& hash) noexcept;
}  // namespace jiffy::store
