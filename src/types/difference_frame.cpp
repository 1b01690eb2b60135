// SPDX-License-Identifier: Apache-2.0
#include "types/difference_frame.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace jiffy::types
{
namespace
{
/// Flags of an account.
constexpr Byte deleted_flag = 1;
constexpr Byte cleared_flag = 2;

class FrameWriter
{
public:
    void byte(Byte value) { output_.push_back(value); }
    void number(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7)
            output_.push_back(static_cast<Byte>(value | 0x80));
        output_.push_back(static_cast<Byte>(value));
    }
    void bytes(BytesView value) { output_.insert(output_.end(), value.begin(), value.end()); }
    void wide_number(const U256& value)
    {
        const auto length = static_cast<std::size_t>(value.byte_length());
        byte(static_cast<Byte>(length));
        bytes(to_hash(value).view().last(length));
    }
    void counts(const IdCounts& counts)
    {
        number(counts.accounts);
        number(counts.slots);
        number(counts.codes);
    }

    [[nodiscard]] Bytes result() && noexcept { return std::move(output_); }

private:
    Bytes output_;
};

/// The first error sticks; later reads give zeros.
class FrameReader
{
public:
    explicit FrameReader(BytesView input) noexcept
      : rest_{input}
    {
    }

    [[nodiscard]] const std::optional<FrameError>& error() const noexcept { return error_; }
    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }
    void fail(FrameError error) noexcept
    {
        if (!error_)
            error_ = error;
        rest_ = {};
    }

    BytesView take(std::size_t count) noexcept
    {
        if (count > rest_.size())
        {
            fail(FrameError::malformed);
            return {};
        }
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    Byte byte() noexcept
    {
        const auto taken = take(1);
        return taken.empty() ? Byte{0} : taken[0];
    }
    std::uint64_t number() noexcept
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7)
        {
            const Byte next = byte();
            const std::uint64_t bits = next & 0x7f;
            if (shift == 63 && bits > 1)
                break;
            value |= bits << shift;
            if (next < 0x80)
            {
                // Shortest form only, so that a difference has one encoding.
                if (next == 0 && shift != 0)
                    break;
                return value;
            }
        }
        fail(FrameError::malformed);
        return 0;
    }
    std::uint32_t id() noexcept
    {
        const auto value = number();
        if (value > ~std::uint32_t{0})
            fail(FrameError::bad_id);
        return static_cast<std::uint32_t>(value);
    }
    U256 wide_number() noexcept
    {
        const std::size_t length = byte();
        if (length > 32)
            fail(FrameError::malformed);
        const auto taken = take(length);
        if (!taken.empty() && taken[0] == 0)
            fail(FrameError::malformed);
        Hash padded{};
        if (!taken.empty())
            std::memcpy(padded.data() + 32 - taken.size(), taken.data(), taken.size());
        return to_u256(padded);
    }
    IdCounts counts() noexcept
    {
        IdCounts counts;
        counts.accounts = id();
        counts.slots = id();
        counts.codes = id();
        return counts;
    }
    /// Number of things that take at least `least_size` bytes each; none if there is no room for them.
    std::size_t count(std::size_t least_size) noexcept
    {
        const auto value = number();
        if (value > left() / least_size)
        {
            fail(FrameError::malformed);
            return 0;
        }
        return static_cast<std::size_t>(value);
    }

private:
    BytesView rest_;
    std::optional<FrameError> error_;
};

/// Ids as distances: the first from nothing, the others from the one before it, less one.
class Distances
{
public:
    std::uint64_t distance_to(std::uint32_t id) noexcept
    {
        const auto distance = id - next_;
        next_ = std::uint64_t{id} + 1;
        return distance;
    }
    /// The id at this distance; fails if it is not below `limit`.
    std::uint32_t id_at(std::uint64_t distance, std::uint32_t limit, FrameReader& reader) noexcept
    {
        if (next_ >= limit || distance >= limit - next_)
        {
            reader.fail(FrameError::bad_id);
            return 0;
        }
        const auto id = next_ + distance;
        next_ = id + 1;
        return static_cast<std::uint32_t>(id);
    }

private:
    std::uint64_t next_ = 0;
};
}  // namespace

Bytes encode(const DifferenceFrame& frame)
{
    FrameWriter writer;
    writer.byte(difference_frame_version);
    writer.counts(frame.before);
    writer.counts(frame.after);
    writer.number(frame.accounts.size());
    Distances accounts;
    for (const auto& account : frame.accounts)
    {
        writer.number(accounts.distance_to(account.id));
        writer.byte(static_cast<Byte>(
            (account.deleted ? deleted_flag : Byte{0}) | (account.storage_cleared ? cleared_flag : Byte{0})));
        if (account.id >= frame.before.accounts)
            writer.bytes(account.address.view());
        if (account.deleted)
            continue;
        writer.number(account.nonce);
        writer.wide_number(account.balance);
        writer.number(account.code);
    }
    writer.number(frame.slots.size());
    Distances slots;
    for (const auto& slot : frame.slots)
    {
        writer.number(slots.distance_to(slot.id));
        if (slot.id >= frame.before.slots)
        {
            writer.number(slot.account);
            writer.wide_number(slot.key);
        }
        writer.wide_number(slot.value);
    }
    for (const auto& code : frame.codes)
    {
        writer.bytes(code.hash.view());
        writer.number(code.code.size());
        writer.bytes(code.code);
    }
    return std::move(writer).result();
}

Result<DifferenceFrame, FrameError> decode_difference_frame(BytesView encoded)
{
    FrameReader reader{encoded};
    if (reader.byte() != difference_frame_version)
        return failure(reader.error().value_or(FrameError::unknown_version));
    DifferenceFrame frame;
    frame.before = reader.counts();
    frame.after = reader.counts();
    if (frame.after.accounts < frame.before.accounts || frame.after.slots < frame.before.slots ||
        frame.after.codes < frame.before.codes)
        return failure(FrameError::bad_id);

    constexpr std::size_t smallest_account = 2;
    frame.accounts.reserve(std::min<std::size_t>(reader.left() / smallest_account, 4096));
    Distances accounts;
    for (std::size_t left = reader.count(smallest_account); left != 0 && !reader.error(); --left)
    {
        AccountUpdate account;
        account.id = accounts.id_at(reader.number(), frame.after.accounts, reader);
        const Byte flags = reader.byte();
        if ((flags & ~(deleted_flag | cleared_flag)) != 0)
            reader.fail(FrameError::malformed);
        account.deleted = (flags & deleted_flag) != 0;
        account.storage_cleared = (flags & cleared_flag) != 0;
        if (account.id >= frame.before.accounts)
            if (const auto address = reader.take(sizeof(Address)); !address.empty())
                account.address = Address::from(address);
        if (!account.deleted)
        {
            account.nonce = reader.number();
            account.balance = reader.wide_number();
            account.code = reader.id();
            if (account.code >= frame.after.codes)
                reader.fail(FrameError::bad_id);
        }
        frame.accounts.push_back(account);
    }

    constexpr std::size_t smallest_slot = 2;
    Distances slots;
    for (std::size_t left = reader.count(smallest_slot); left != 0 && !reader.error(); --left)
    {
        SlotUpdate slot;
        slot.id = slots.id_at(reader.number(), frame.after.slots, reader);
        if (slot.id >= frame.before.slots)
        {
            slot.account = reader.id();
            slot.key = reader.wide_number();
            if (slot.account >= frame.after.accounts)
                reader.fail(FrameError::bad_id);
        }
        slot.value = reader.wide_number();
        frame.slots.push_back(slot);
    }

    for (auto left = frame.after.codes - frame.before.codes; left != 0 && !reader.error(); --left)
    {
        NewCode code;
        if (const auto hash = reader.take(sizeof(Hash)); !hash.empty())
            code.hash = Hash::from(hash);
        const auto bytes = reader.take(reader.count(1));
        code.code.assign(bytes.begin(), bytes.end());
        frame.codes.push_back(std::move(code));
    }
    if (!reader.error() && reader.left() != 0)
        return failure(FrameError::trailing_bytes);
    if (reader.error())
        return failure(*reader.error());
    return frame;
}
}  // namespace jiffy::types
