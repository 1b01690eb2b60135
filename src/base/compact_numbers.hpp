// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

namespace jiffy::base
{
/// Bytes of fields one after the other: integers of 7 bits a byte, least significant first; wide numbers in as few
/// big-endian bytes as they need.
class CompactWriter
{
public:
    void byte(Byte value) { output_.push_back(value); }
    void bytes(BytesView value) { output_.insert(output_.end(), value.begin(), value.end()); }
    void number(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7)
            output_.push_back(static_cast<Byte>(value | 0x80));
        output_.push_back(static_cast<Byte>(value));
    }
    /// The `byte_length` bytes of a wide number, without that length.
    void digits(const U256& value) { bytes(to_hash(value).view().last(value.byte_length())); }

    [[nodiscard]] Bytes& output() noexcept { return output_; }

private:
    Bytes output_;
};

/// Reads what a `CompactWriter` has written, in that one form only. A failure sticks; later reads give zeros.
class CompactReader
{
public:
    explicit CompactReader(BytesView input) noexcept
      : rest_{input}
    {
    }

    [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }
    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

    /// The next `count` bytes; nothing if there are fewer.
    BytesView take(std::size_t count) noexcept
    {
        if (count > rest_.size())
        {
            fail();
            return {};
        }
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    template <std::size_t N>
    FixedBytes<N> fixed() noexcept
    {
        const auto taken = take(N);
        return taken.empty() ? FixedBytes<N>{} : FixedBytes<N>::from(taken);
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
                if (next == 0 && shift != 0)
                    break;
                return value;
            }
        }
        fail();
        return 0;
    }
    /// A wide number of exactly `count` bytes, at most 32.
    U256 digits(std::size_t count) noexcept
    {
        const auto taken = take(count);
        if (count > sizeof(U256) || (!taken.empty() && taken[0] == 0))
        {
            fail();
            return {};
        }
        return to_u256(taken);
    }

private:
    void fail() noexcept
    {
        has_failed_ = true;
        rest_ = {};
    }

    BytesView rest_;
    bool has_failed_ = false;
};
}  // namespace jiffy::base
