// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/chain_identity.hpp"

#include <optional>

/// The bytes of a file with blocks. All integers are little-endian. It begins with
///
///     magic           8   "JIFFYBLK"
///     version         4
///     zeros           4
///     chain id        8
///     genesis        32
///     first number    8   of the blocks in it
///     previous        8   check of the last record of the file before
///     salt           16   random
///     check           8   of all that
///
/// and then records follow without gaps, one for each block, their numbers ascending by one:
///
///     check           8   of the salt, the record's offset in the file, and what follows up to the payload
///     mark            4   0x4b4c424a ("JBLK")
///     length          4   of the payload
///     number          8   of the block
///     durable before  8   when the record was made, all records below this number were on disk
///     hash           32   of the block
///     previous        8   check of the record before, or the one in the file's header
///     payload check   8
///     size            4   of what the payload says, before it was compressed
///     zeros           4
///     payload             compressed with zstd
///
/// Checks are the first 8 bytes of keccak-256. The salt, which nobody else knows, keeps apart what a payload only looks
/// like.
namespace jiffy::store
{
inline constexpr std::uint32_t block_segment_version = 1;
inline constexpr std::size_t segment_header_size = 96;
inline constexpr std::size_t block_head_size = 88;

using Check = FixedBytes<8>;
using SegmentSalt = FixedBytes<16>;

struct SegmentHeader
{
    ChainIdentity chain;
    std::uint64_t first_number = 0;
    Check previous{};
    SegmentSalt salt{};
};

FixedBytes<segment_header_size> encode(const SegmentHeader& header) noexcept;

struct DecodedSegmentHeader
{
    /// Empty if the bytes are no header, or of another version.
    std::optional<SegmentHeader> header;
    /// 0 if the bytes do not begin like a header.
    std::uint32_t version = 0;
};

DecodedSegmentHeader decode_segment_header(const FixedBytes<segment_header_size>& bytes) noexcept;

/// What stands before a block's payload.
struct BlockHead
{
    /// Of the head itself; made when it is encoded.
    Check check{};
    std::uint32_t length = 0;
    std::uint64_t number = 0;
    std::uint64_t durable_before = 0;
    Hash hash{};
    Check previous{};
    Check payload_check{};
    std::uint32_t size = 0;
};

/// Writes the head of a record at `offset`, and its check into the head.
void encode(BlockHead& head, const SegmentSalt& salt, std::uint64_t offset, Byte* target) noexcept;

/// The head of the record at `offset`, if there is one: `bytes` has its `block_head_size` bytes. Says nothing of the
/// payload.
std::optional<BlockHead> decode_block_head(const Byte* bytes, const SegmentSalt& salt, std::uint64_t offset) noexcept;

/// True if a record might begin there: a quick look.
bool has_block_mark(const Byte* bytes) noexcept;

Check check_of(BytesView bytes) noexcept;
}  // namespace jiffy::store
