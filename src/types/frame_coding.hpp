// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/difference_frame.hpp"

#include <optional>

namespace jiffy::types
{
/// Appends the parts of a frame to bytes that somebody else keeps.
class FrameWriter
{
public:
    explicit FrameWriter(Bytes& output) noexcept
      : output_{output}
    {
    }

    void byte(Byte value) { output_.push_back(value); }
    void number(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7)
            output_.push_back(static_cast<Byte>(value | 0x80));
        output_.push_back(static_cast<Byte>(value));
    }
    void bytes(BytesView value) { output_.insert(output_.end(), value.begin(), value.end()); }
    /// Bytes with their number before them.
    void string(BytesView value)
    {
        number(value.size());
        bytes(value);
    }
    /// The low bytes of a number, big-endian.
    void low_bytes(const U256& value, std::size_t count) { bytes(to_hash(value).view().last(count)); }
    void wide_number(const U256& value)
    {
        const auto length = static_cast<std::size_t>(value.byte_length());
        byte(static_cast<Byte>(length));
        low_bytes(value, length);
    }
    void counts(const IdCounts& counts)
    {
        number(counts.accounts);
        number(counts.slots);
        number(counts.codes);
    }

private:
    Bytes& output_;
};

/// Reads what a `FrameWriter` wrote, in its one form. The first error sticks; later reads give zeros.
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
    /// Fails as malformed unless it holds.
    void require(bool holds) noexcept
    {
        if (!holds)
            fail(FrameError::malformed);
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
                // Shortest form only, so that a frame has one encoding.
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
    /// A string of fixed length; zeros after an error.
    template <std::size_t N>
    FixedBytes<N> fixed() noexcept
    {
        FixedBytes<N> result;
        if (const auto taken = take(N); !taken.empty())
            std::memcpy(result.data(), taken.data(), N);
        return result;
    }
    /// A number in its last `length` bytes, at most 32, the first of which is not zero.
    U256 number_of(std::size_t length) noexcept
    {
        const auto taken = take(length);
        if (!taken.empty() && taken[0] == 0)
            fail(FrameError::malformed);
        return to_u256(taken);
    }
    U256 wide_number() noexcept
    {
        const std::size_t length = byte();
        if (length > 32)
        {
            fail(FrameError::malformed);
            return {};
        }
        return number_of(length);
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
    /// Bytes with their number before them.
    BytesView string() noexcept { return take(count(1)); }

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
}  // namespace jiffy::types
