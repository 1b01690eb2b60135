// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

#include <bit>
#include <type_traits>

namespace jiffy::rlp
{
/// Longest payload whose length fits the prefix byte.
inline constexpr std::size_t longest_short_payload = 55;

/// Number of bytes of the big-endian form without leading zeros; 0 for zero.
constexpr std::size_t minimal_length(std::uint64_t value) noexcept
{
    return static_cast<std::size_t>(64 - std::countl_zero(value) + 7) / 8;
}

/// Size of the header before a payload of this length, of a list or of a string that is not a single byte below 0x80.
constexpr std::size_t header_size(std::size_t payload_size) noexcept
{
    return payload_size <= longest_short_payload ? 1 : 1 + minimal_length(payload_size);
}

/// Size of `string` as an item.
constexpr std::size_t string_size(BytesView string) noexcept
{
    return string.size() == 1 && string[0] < 0x80 ? 1 : header_size(string.size()) + string.size();
}

/// Size of an integer as an item.
constexpr std::size_t integer_size(std::uint64_t value) noexcept
{
    return value < 0x80 ? 1 : 1 + minimal_length(value);
}

/// Counts the bytes that a `Placer` would write.
class Measure
{
public:
    void bytes(BytesView string) noexcept { size_ += string_size(string); }
    void integer(std::uint64_t value) noexcept { size_ += integer_size(value); }
    void integer(const U256& value) noexcept
    {
        size_ += value < U256{0x80} ? 1 : 1 + static_cast<std::size_t>(value.byte_length());
    }
    template <std::size_t N>
    void fixed(const FixedBytes<N>& /*value*/) noexcept
    {
        static_assert(N > 1);
        size_ += header_size(N) + N;
    }
    void raw(BytesView encoded) noexcept { size_ += encoded.size(); }
    void list_header(std::size_t payload_size) noexcept { size_ += header_size(payload_size); }
    void string_header(std::size_t payload_size) noexcept { size_ += header_size(payload_size); }
    /// Counts bytes that are known without looking at them.
    void skip(std::size_t count) noexcept { size_ += count; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    std::size_t size_ = 0;
};

/// Writes items into memory that the caller has made large enough (see `Measure`).
class Placer
{
public:
    explicit Placer(Byte* target) noexcept
      : cursor_{target}
    {
    }

    void bytes(BytesView string) noexcept
    {
        if (string.size() != 1 || string[0] >= 0x80)
            string_header(string.size());
        raw(string);
    }

    void integer(std::uint64_t value) noexcept
    {
        const std::size_t length = minimal_length(value);
        if (value == 0 || value >= 0x80)
            *cursor_++ = static_cast<Byte>(0x80 + length);
        big_endian(value, length);
    }

    void integer(const U256& value) noexcept
    {
        if (value.fits_64())
            return integer(value.low());
        const std::size_t length = value.byte_length();
        Byte padded[32];
        store_big_endian(padded, value);
        *cursor_++ = static_cast<Byte>(0x80 + length);
        raw({padded + 32 - length, length});
    }

    template <std::size_t N>
    void fixed(const FixedBytes<N>& value) noexcept
    {
        static_assert(N > 1);
        string_header(N);
        std::memcpy(cursor_, value.data(), N);
        cursor_ += N;
    }

    /// Writes what is RLP already.
    void raw(BytesView encoded) noexcept
    {
        if (!encoded.empty())
            std::memcpy(cursor_, encoded.data(), encoded.size());
        cursor_ += encoded.size();
    }

    void list_header(std::size_t payload_size) noexcept { header(0xc0, payload_size); }
    /// Header of a string that is not a single byte below 0x80.
    void string_header(std::size_t payload_size) noexcept { header(0x80, payload_size); }

    /// The place of the next `count` bytes, which the caller writes.
    Byte* take(std::size_t count) noexcept
    {
        auto* const place = cursor_;
        cursor_ += count;
        return place;
    }

    /// The place behind what was written.
    [[nodiscard]] Byte* end() const noexcept { return cursor_; }

private:
    void header(Byte base, std::size_t payload_size) noexcept
    {
        if (payload_size <= longest_short_payload)
        {
            *cursor_++ = static_cast<Byte>(base + payload_size);
            return;
        }
        const std::size_t length = minimal_length(payload_size);
        *cursor_++ = static_cast<Byte>(base + longest_short_payload + length);
        big_endian(payload_size, length);
    }

    void big_endian(std::uint64_t value, std::size_t length) noexcept
    {
        while (length-- > 0)
            *cursor_++ = static_cast<Byte>(value >> (8 * length));
    }

    Byte* cursor_;
};

/// Puts a list into the sink whose items `body(sink)` writes. The body is called for a `Measure` first, since the
/// header comes before the items; so it must write the same each time.
template <class Sink, class Body>
void put_list(Sink& sink, const Body& body)
{
    Measure measure;
    body(measure);
    sink.list_header(measure.size());
    if constexpr (std::is_same_v<Sink, Measure>)
        sink.skip(measure.size());
    else
        body(sink);
}

/// The bytes that `body(sink)` writes, allocated once.
template <class Body>
Bytes collect(const Body& body)
{
    Measure measure;
    body(measure);
    Bytes result(measure.size());
    Placer placer{result.data()};
    body(placer);
    return result;
}
}  // namespace jiffy::rlp
