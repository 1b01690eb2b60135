// SPDX-License-Identifier: Apache-2.0
#include "world/state_image.hpp"

#include "crypto/keccak.hpp"
#include "types/frame_coding.hpp"

#include <algorithm>

namespace jiffy::world
{
using state::Presence;

namespace
{
constexpr std::size_t digest_piece = 4096;

/// Puts records into chunks.
class ChunkWriter
{
public:
    ChunkWriter(const crypto::Kernels& kernels, const ImageSink& sink)
      : kernels_{kernels}
      , sink_{sink}
      , digest_{first_image_digest()}
    {
        output_.reserve(image_chunk_size + image_chunk_size / 16);
        records_.bytes(image_magic);
        records_.byte(image_version);
        begin_chunk();
    }

    /// Where the next record goes.
    [[nodiscard]] types::FrameWriter& records() noexcept { return records_; }

    /// A record is complete. False if the sink has failed.
    [[nodiscard]] bool end_record() { return payload_size() < image_chunk_size || end_chunk(); }

    /// The last record is complete. False if the sink has failed.
    [[nodiscard]] bool finish() { return payload_size() == 0 || end_chunk(); }

    [[nodiscard]] std::uint64_t bytes_written() const noexcept { return bytes_written_; }
    [[nodiscard]] const Hash& digest() const noexcept { return digest_; }

private:
    static constexpr std::size_t length_size = 4;

    [[nodiscard]] std::size_t payload_size() const noexcept { return output_.size() - payload_start_; }

    void begin_chunk()
    {
        records_.bytes(Bytes(length_size));
        payload_start_ = output_.size();
    }

    bool end_chunk()
    {
        const auto size = static_cast<std::uint32_t>(payload_size());
        for (std::size_t i = 0; i < length_size; ++i)
            output_[payload_start_ - length_size + i] = static_cast<Byte>(size >> 8 * i);
        digest_ = image_digest(digest_, BytesView{output_}.subspan(payload_start_), kernels_);
        records_.bytes(digest_.view());
        if (!sink_(output_))
            return false;
        bytes_written_ += output_.size();
        output_.clear();
        begin_chunk();
        return true;
    }

    const crypto::Kernels& kernels_;
    const ImageSink& sink_;
    Hash digest_;
    Bytes output_;
    types::FrameWriter records_{output_};
    std::size_t payload_start_ = 0;
    std::uint64_t bytes_written_ = 0;
};

/// Writes a snapshot's records. Each function is empty if all is well.
class RecordWriter
{
public:
    using Error = std::optional<ImageWriteError>;

    RecordWriter(const Snapshot& snapshot, ChunkWriter& chunks) noexcept
      : snapshot_{snapshot}
      , chunks_{chunks}
      , records_{chunks.records()}
    {
    }

    Error header(const ImageLabel& label, const types::IdCounts& ids)
    {
        records_.number(label.chain_id);
        records_.bytes(label.genesis_hash.view());
        records_.number(snapshot_.commit());
        records_.counts(ids);
        return end_record();
    }

    Error accounts(std::uint32_t count)
    {
        for (std::uint32_t id = 0; id < count; ++id)
        {
            Address address;
            AccountValue value;
            switch (snapshot_.account_at(id, address, value))
            {
                case Presence::unavailable:
                    return ImageWriteError::unavailable;
                case Presence::absent:
                    records_.byte(ImageHead::absent);
                    records_.bytes(address.view());
                    break;
                case Presence::present:
                    account(address, value);
                    set_owner(value.storage, id);
                    break;
            }
            if (const auto error = end_record())
                return error;
        }
        return std::nullopt;
    }

    Error slots(std::uint32_t count)
    {
        std::uint32_t dead = 0;
        auto last_owner = no_id;
        for (std::uint32_t id = 0; id < count; ++id)
        {
            Reader::Slot slot;
            if (snapshot_.slot_at(id, slot) == Presence::unavailable)
                return ImageWriteError::unavailable;
            const auto owner = slot.storage < owners_.size() ? owners_[slot.storage] : no_id;
            if (owner == no_id)
            {
                ++dead;
                continue;
            }
            if (const auto error = dead_slots(std::exchange(dead, 0)))
                return error;
            live_slot(slot, owner, std::exchange(last_owner, owner) == owner);
            if (const auto error = end_record())
                return error;
        }
        return dead_slots(dead);
    }

    Error codes(CodeId count)
    {
        for (CodeId id = 1; id < count; ++id)
        {
            const auto& entry = snapshot_.code_at(id);
            const auto* const code = entry.code.load(std::memory_order_acquire);
            records_.bytes(entry.hash.view());
            records_.number(code == nullptr ? 0 : code->size() + 1);
            if (code != nullptr && code->size() > longest_image_code)
                return ImageWriteError::code_too_long;
            if (code != nullptr)
                records_.bytes(*code);
            if (const auto error = end_record())
                return error;
        }
        return std::nullopt;
    }

private:
    Error end_record() { return chunks_.end_record() ? std::nullopt : std::optional{ImageWriteError::sink_failed}; }

    void set_owner(StorageId storage, std::uint32_t account)
    {
        if (storage == 0)
            return;
        if (owners_.size() <= storage)
            owners_.resize(storage + std::size_t{1}, no_id);
        owners_[storage] = account;
    }

    void account(const Address& address, const AccountValue& value)
    {
        records_.byte(
            static_cast<Byte>(value.balance.byte_length() | (value.code == 0 ? 0U : unsigned{ImageHead::has_code})));
        records_.bytes(address.view());
        records_.number(value.nonce);
        records_.low_bytes(value.balance, value.balance.byte_length());
        if (value.code != 0)
            records_.number(value.code);
    }

    void live_slot(const Reader::Slot& slot, std::uint32_t owner, bool is_same_account)
    {
        records_.byte(
            static_cast<Byte>(slot.key.byte_length() | (is_same_account ? unsigned{ImageHead::same_account} : 0U)));
        if (!is_same_account)
            records_.number(owner);
        records_.low_bytes(slot.key, slot.key.byte_length());
        records_.wide_number(slot.value);
    }

    Error dead_slots(std::uint32_t count)
    {
        if (count == 0)
            return std::nullopt;
        records_.byte(ImageHead::dead);
        records_.number(count - 1);
        return end_record();
    }

    const Snapshot& snapshot_;
    ChunkWriter& chunks_;
    types::FrameWriter& records_;
    /// Accounts by storage id, those of the snapshot.
    std::vector<std::uint32_t> owners_;
};
}  // namespace

Hash first_image_digest() noexcept
{
    Byte beginning[sizeof(image_magic) + 1];
    std::memcpy(beginning, image_magic, sizeof(image_magic));
    beginning[sizeof(image_magic)] = image_version;
    return crypto::keccak256(beginning);
}

Hash image_digest(const Hash& before, BytesView payload, const crypto::Kernels& kernels)
{
    std::vector<BytesView> pieces;
    for (; payload.size() > digest_piece; payload = payload.subspan(digest_piece))
        pieces.push_back(payload.first(digest_piece));
    pieces.push_back(payload);
    std::vector<Hash> digests(1 + pieces.size());
    digests[0] = before;
    kernels.keccak256_batch(pieces.data(), digests.data() + 1, pieces.size());
    return crypto::keccak256({digests.data()->data(), digests.size() * sizeof(Hash)});
}

std::string_view text_of(ImageWriteError error) noexcept
{
    switch (error)
    {
        case ImageWriteError::unavailable:
            return "the state to be written is not kept any more";
        case ImageWriteError::sink_failed:
            return "a chunk of the state image could not be stored";
        case ImageWriteError::code_too_long:
            break;
    }
    return "a contract's code is too long for a state image";
}

Result<ImageSummary, ImageWriteError> write_state_image(const Snapshot& snapshot,
    const ImageLabel& label,
    const crypto::Kernels& kernels,
    const ImageSink& sink)
{
    const auto ids = snapshot.id_counts();
    if (!ids)
        return failure(ImageWriteError::unavailable);
    ChunkWriter chunks{kernels, sink};
    RecordWriter records{snapshot, chunks};
    auto error = records.header(label, *ids);
    if (!error)
        error = records.accounts(ids->accounts);
    if (!error)
        error = records.slots(ids->slots);
    if (!error)
        error = records.codes(ids->codes);
    if (!error && !chunks.finish())
        error = ImageWriteError::sink_failed;
    if (error)
        return failure(*error);
    return ImageSummary{snapshot.commit(), *ids, chunks.bytes_written(), chunks.digest()};
}
}  // namespace jiffy::world
