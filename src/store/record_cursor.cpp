// SPDX-License-Identifier: Apache-2.0
#include "store/record_cursor.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>

namespace jiffy::store
{
namespace
{
constexpr std::size_t read_ahead = std::size_t{64} << 10;
constexpr std::size_t search_chunk = std::size_t{1} << 20;
}  // namespace

RecordCursor::RecordCursor(const File& file, const Salt& salt, const RecordPosition& begin)
  : file_{&file}
  , salt_{salt}
  , position_{begin}
{
}

StoreResult<BytesView> RecordCursor::look(std::size_t size)
{
    const auto is_inside = [&]
    {
        return position_.offset >= buffer_offset_ && position_.offset - buffer_offset_ <= buffer_.size() &&
               buffer_.size() - (position_.offset - buffer_offset_) >= size;
    };
    if (!is_inside())
    {
        buffer_.resize(std::max(size, read_ahead));
        buffer_offset_ = position_.offset;
        const auto count = file_->read_at(buffer_offset_, buffer_);
        if (!count)
        {
            buffer_.clear();
            return failure(count.error());
        }
        buffer_.resize(*count);
    }
    const auto rest = BytesView{buffer_}.subspan(position_.offset - buffer_offset_);
    return rest.first(std::min(rest.size(), size));
}

StoreResult<bool> RecordCursor::advance()
{
    auto found = try_advance();
    if (!found || *found || buffer_.empty())
        return found;
    // What was read ahead may be older than what is there now.
    buffer_.clear();
    return try_advance();
}

StoreResult<bool> RecordCursor::try_advance()
{
    const auto start = look(record_header_size);
    if (!start)
        return failure(start.error());
    if (start->size() < record_header_size)
        return false;
    const auto header = decode_record_header(start->data(), salt_, position_.offset);
    if (!header || header->sequence != position_.sequence || header->length > longest_payload)
        return false;
    const auto whole = look(record_header_size + header->length);
    if (!whole)
        return failure(whole.error());
    if (whole->size() < record_header_size + header->length)
        return false;
    hashed_.assign(position_.hash.begin(), position_.hash.end());
    append(hashed_, whole->subspan(hashed_offset));
    const auto hash = crypto::keccak256(hashed_);
    if (beginning_of(hash) != header->chain)
        return false;
    header_ = *header;
    position_.offset += record_size(header->length);
    ++position_.sequence;
    position_.hash = hash;
    return true;
}

StoreResult<std::optional<LaterRecord>> find_proof_of(std::uint64_t sequence,
    const File& file,
    const Salt& salt,
    std::uint64_t offset)
{
    const auto size = file.size();
    if (!size)
        return failure(size.error());
    Bytes chunk;
    while (offset + record_header_size <= *size)
    {
        chunk.resize(std::min<std::uint64_t>(search_chunk, *size - offset));
        const auto count = file.read_at(offset, chunk);
        if (!count)
            return failure(count.error());
        std::size_t i = 0;
        for (; i + record_header_size <= *count; i += 8)
        {
            if (!has_record_mark(chunk.data() + i))
                continue;
            const auto header = decode_record_header(chunk.data() + i, salt, offset + i);
            if (header && header->durable_before > sequence)
                return LaterRecord{offset + i, header->sequence};
        }
        if (i == 0)
            break;
        offset += i;
    }
    return std::nullopt;
}
}  // namespace jiffy::store
