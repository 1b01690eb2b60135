// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/disk.hpp"
#include "store/log_format.hpp"

namespace jiffy::store
{
/// Where a record begins, and what must be known to check it.
struct RecordPosition
{
    std::uint64_t offset = first_record_offset;
    std::uint64_t sequence = 0;
    /// Of the record before.
    Hash hash{};
};

/// Goes through the records of one file. It reads ahead, in bounded memory.
class RecordCursor
{
public:
    /// `file` must outlive the cursor.
    RecordCursor(const File& file, const Salt& salt, const RecordPosition& begin);

    /// Goes to the next record, the first at the first time; false if none follows that is whole and belongs there.
    /// After that it may be tried again, when more has been written.
    StoreResult<bool> advance();

    /// Behind the last record.
    [[nodiscard]] const RecordPosition& position() const noexcept { return position_; }

    /// Of the last record.
    [[nodiscard]] const RecordHeader& header() const noexcept { return header_; }

    /// Of the last record; until the cursor advances.
    [[nodiscard]] BytesView payload() const noexcept
    {
        return BytesView{hashed_}.subspan(Hash::size() + record_header_size - hashed_offset);
    }

private:
    /// `size` bytes from the position on; fewer at the end of the file.
    StoreResult<BytesView> look(std::size_t size);
    StoreResult<bool> try_advance();

    const File* file_;
    Salt salt_;
    RecordPosition position_;
    RecordHeader header_;
    /// What the last record's hash is the hash of: the hash before it, and the record behind its two checks.
    Bytes hashed_;
    Bytes buffer_;
    std::uint64_t buffer_offset_ = 0;
};

/// A record behind a place where the log ends.
struct LaterRecord
{
    std::uint64_t offset = 0;
    std::uint64_t sequence = 0;
};

/// Looks from `offset` on for a record that says that the one with number `sequence` was on disk.
StoreResult<std::optional<LaterRecord>> find_proof_of(std::uint64_t sequence,
    const File& file,
    const Salt& salt,
    std::uint64_t offset);
}  // namespace jiffy::store
