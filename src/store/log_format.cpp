// SPDX-License-Identifier: Apache-2.0
#include "store/log_format.hpp"

#include "crypto/keccak.hpp"
#include "store/little_endian.hpp"

#include <algorithm>

namespace jiffy::store
{
namespace
{
constexpr FixedBytes<8> magic{{'J', 'I', 'F', 'F', 'Y', 'W', 'A', 'L'}};
constexpr std::uint32_t record_mark = 0x4352'464a;

// Offsets in a file's header.
constexpr std::size_t version_at = 8;
constexpr std::size_t chain_id_at = 16;
constexpr std::size_t genesis_at = 24;
constexpr std::size_t first_sequence_at = 56;
constexpr std::size_t durable_before_at = 64;
constexpr std::size_t hash_before_at = 72;
constexpr std::size_t salt_at = 104;
constexpr std::size_t checksum_at = file_header_size - Hash::size();

// Offsets in a record's header.
constexpr std::size_t chain_at = 8;
constexpr std::size_t mark_at = hashed_offset;
constexpr std::size_t length_at = 20;
constexpr std::size_t sequence_at = 24;
constexpr std::size_t record_durable_at = 32;

/// `bytes` is a record's header without its check.
FixedBytes<8> check_of(const Byte* bytes, const Salt& salt, std::uint64_t offset) noexcept
{
    FixedBytes<Salt::size() + 8 + record_header_size - chain_at> text;
    std::copy(salt.begin(), salt.end(), text.begin());
    put(text.data() + Salt::size(), offset);
    std::copy_n(bytes + chain_at, record_header_size - chain_at, text.data() + Salt::size() + 8);
    return beginning_of(crypto::keccak256(text.view()));
}
}  // namespace

FileHeaderBytes encode(const FileHeader& header) noexcept
{
    FileHeaderBytes bytes;
    std::copy(magic.begin(), magic.end(), bytes.begin());
    put(bytes.data() + version_at, log_version);
    put(bytes.data() + chain_id_at, header.chain.chain_id);
    std::copy_n(header.chain.genesis.data(), Hash::size(), bytes.data() + genesis_at);
    put(bytes.data() + first_sequence_at, header.first_sequence);
    put(bytes.data() + durable_before_at, header.durable_before);
    std::copy_n(header.hash_before.data(), Hash::size(), bytes.data() + hash_before_at);
    std::copy_n(header.salt.data(), Salt::size(), bytes.data() + salt_at);
    const auto checksum = crypto::keccak256(bytes.view().first(checksum_at));
    std::copy_n(checksum.data(), Hash::size(), bytes.data() + checksum_at);
    return bytes;
}

DecodedHeader decode_file_header(const FileHeaderBytes& bytes) noexcept
{
    DecodedHeader result;
    if (bytes.is_zero())
        return result;
    result.state = HeaderState::damaged;
    if (!std::equal(magic.begin(), magic.end(), bytes.begin()))
        return result;
    result.version = get<std::uint32_t>(bytes.data() + version_at);
    if (result.version != log_version)
    {
        result.state = HeaderState::other_version;
        return result;
    }
    const auto checksum = crypto::keccak256(bytes.view().first(checksum_at));
    if (!equal(checksum.view(), bytes.view().subspan(checksum_at)))
        return result;
    auto& header = result.header;
    header.chain.chain_id = get<std::uint64_t>(bytes.data() + chain_id_at);
    header.chain.genesis = Hash::from(bytes.view().subspan(genesis_at));
    header.first_sequence = get<std::uint64_t>(bytes.data() + first_sequence_at);
    header.durable_before = get<std::uint64_t>(bytes.data() + durable_before_at);
    header.hash_before = Hash::from(bytes.view().subspan(hash_before_at));
    header.salt = Salt::from(bytes.view().subspan(salt_at));
    result.state = HeaderState::valid;
    return result;
}

void encode(const RecordHeader& header, const Salt& salt, std::uint64_t offset, Byte* target) noexcept
{
    std::copy(header.chain.begin(), header.chain.end(), target + chain_at);
    put(target + mark_at, record_mark);
    put(target + length_at, header.length);
    put(target + sequence_at, header.sequence);
    put(target + record_durable_at, header.durable_before);
    const auto check = check_of(target, salt, offset);
    std::copy(check.begin(), check.end(), target);
}

std::optional<RecordHeader> decode_record_header(const Byte* bytes, const Salt& salt, std::uint64_t offset) noexcept
{
    if (!has_record_mark(bytes))
        return std::nullopt;
    const auto check = check_of(bytes, salt, offset);
    if (!std::equal(check.begin(), check.end(), bytes))
        return std::nullopt;
    RecordHeader header;
    header.chain = FixedBytes<8>::from({bytes + chain_at, 8});
    header.length = get<std::uint32_t>(bytes + length_at);
    header.sequence = get<std::uint64_t>(bytes + sequence_at);
    header.durable_before = get<std::uint64_t>(bytes + record_durable_at);
    return header;
}

bool has_record_mark(const Byte* bytes) noexcept
{
    return get<std::uint32_t>(bytes + mark_at) == record_mark;
}

FixedBytes<8> beginning_of(const Hash& hash) noexcept
{
    return FixedBytes<8>::from(hash.view());
}
}  // namespace jiffy::store
