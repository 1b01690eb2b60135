// SPDX-License-Identifier: Apache-2.0
#include "store/block_segment_format.hpp"

#include "crypto/keccak.hpp"
#include "store/little_endian.hpp"

#include <algorithm>

namespace jiffy::store
{
namespace
{
constexpr FixedBytes<8> magic{{'J', 'I', 'F', 'F', 'Y', 'B', 'L', 'K'}};
constexpr std::uint32_t block_mark = 0x4b4c'424a;

// Offsets in a file's header.
constexpr std::size_t version_at = 8;
constexpr std::size_t chain_id_at = 16;
constexpr std::size_t genesis_at = 24;
constexpr std::size_t first_number_at = 56;
constexpr std::size_t previous_segment_at = 64;
constexpr std::size_t salt_at = 72;
constexpr std::size_t header_check_at = segment_header_size - Check::size();

// Offsets in a record's head.
constexpr std::size_t mark_at = 8;
constexpr std::size_t length_at = 12;
constexpr std::size_t number_at = 16;
constexpr std::size_t durable_before_at = 24;
constexpr std::size_t hash_at = 32;
constexpr std::size_t previous_at = 64;
constexpr std::size_t payload_check_at = 72;
constexpr std::size_t size_at = 80;

template <std::size_t N>
void put_bytes(Byte* target, const FixedBytes<N>& value) noexcept
{
    std::copy(value.begin(), value.end(), target);
}

template <std::size_t N>
FixedBytes<N> get_bytes(const Byte* source) noexcept
{
    return FixedBytes<N>::from({source, N});
}

Check check_of_head(const Byte* bytes, const SegmentSalt& salt, std::uint64_t offset) noexcept
{
    FixedBytes<SegmentSalt::size() + 8 + block_head_size - mark_at> text;
    put_bytes(text.data(), salt);
    put(text.data() + SegmentSalt::size(), offset);
    std::copy_n(bytes + mark_at, block_head_size - mark_at, text.data() + SegmentSalt::size() + 8);
    return check_of(text.view());
}
}  // namespace

FixedBytes<segment_header_size> encode(const SegmentHeader& header) noexcept
{
    FixedBytes<segment_header_size> bytes;
    put_bytes(bytes.data(), magic);
    put(bytes.data() + version_at, block_segment_version);
    put(bytes.data() + chain_id_at, header.chain.chain_id);
    put_bytes(bytes.data() + genesis_at, header.chain.genesis);
    put(bytes.data() + first_number_at, header.first_number);
    put_bytes(bytes.data() + previous_segment_at, header.previous);
    put_bytes(bytes.data() + salt_at, header.salt);
    put_bytes(bytes.data() + header_check_at, check_of(bytes.view().first(header_check_at)));
    return bytes;
}

DecodedSegmentHeader decode_segment_header(const FixedBytes<segment_header_size>& bytes) noexcept
{
    DecodedSegmentHeader result;
    if (!std::equal(magic.begin(), magic.end(), bytes.begin()))
        return result;
    result.version = get<std::uint32_t>(bytes.data() + version_at);
    if (result.version != block_segment_version ||
        get_bytes<8>(bytes.data() + header_check_at) != check_of(bytes.view().first(header_check_at)))
        return result;
    auto& header = result.header.emplace();
    header.chain.chain_id = get<std::uint64_t>(bytes.data() + chain_id_at);
    header.chain.genesis = get_bytes<32>(bytes.data() + genesis_at);
    header.first_number = get<std::uint64_t>(bytes.data() + first_number_at);
    header.previous = get_bytes<8>(bytes.data() + previous_segment_at);
    header.salt = get_bytes<16>(bytes.data() + salt_at);
    return result;
}

void encode(BlockHead& head, const SegmentSalt& salt, std::uint64_t offset, Byte* target) noexcept
{
    std::fill_n(target, block_head_size, Byte{0});
    put(target + mark_at, block_mark);
    put(target + length_at, head.length);
    put(target + number_at, head.number);
    put(target + durable_before_at, head.durable_before);
    put_bytes(target + hash_at, head.hash);
    put_bytes(target + previous_at, head.previous);
    put_bytes(target + payload_check_at, head.payload_check);
    put(target + size_at, head.size);
    head.check = check_of_head(target, salt, offset);
    put_bytes(target, head.check);
}

std::optional<BlockHead> decode_block_head(const Byte* bytes, const SegmentSalt& salt, std::uint64_t offset) noexcept
{
    if (!has_block_mark(bytes))
        return std::nullopt;
    BlockHead head;
    head.check = get_bytes<8>(bytes);
    if (head.check != check_of_head(bytes, salt, offset))
        return std::nullopt;
    head.length = get<std::uint32_t>(bytes + length_at);
    head.number = get<std::uint64_t>(bytes + number_at);
    head.durable_before = get<std::uint64_t>(bytes + durable_before_at);
    head.hash = get_bytes<32>(bytes + hash_at);
    head.previous = get_bytes<8>(bytes + previous_at);
    head.payload_check = get_bytes<8>(bytes + payload_check_at);
    head.size = get<std::uint32_t>(bytes + size_at);
    return head;
}

bool has_block_mark(const Byte* bytes) noexcept
{
    return get<std::uint32_t>(bytes + mark_at) == block_mark;
}

Check check_of(BytesView bytes) noexcept
{
    return Check::from(crypto::keccak256(bytes).view());
}
}  // namespace jiffy::store
