// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"
#include "base/uint256.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace jiffy::base
{
/// Lower-case hex of `data` with the prefix 0x.
std::string to_hex(BytesView data);

/// Lower-case hex of `data` without a prefix.
std::string to_hex_digits(BytesView data);

/// Minimal hex quantity with the prefix 0x, zero as "0x0" (execution-apis: QUANTITY).
std::string to_quantity(std::uint64_t value);
std::string to_quantity(const U256& value);

/// Bytes of an even number of hex digits, prefix 0x optional; empty on any other input.
std::optional<Bytes> from_hex(std::string_view text);

/// Exactly N bytes of hex, prefix 0x optional; empty on any other input.
template <std::size_t N>
std::optional<FixedBytes<N>> fixed_from_hex(std::string_view text);

/// Number of a hex quantity with the prefix 0x. Leading zeros are accepted, more than 256 bits or no digit are not.
std::optional<U256> quantity_from_hex(std::string_view text);

/// As `quantity_from_hex`, at most 64 bits.
std::optional<std::uint64_t> quantity64_from_hex(std::string_view text);

/// Value of one hex digit, or -1.
constexpr int hex_digit_value(char digit) noexcept
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

namespace literals
{
/// Compile-time hex literal of an address, hash or other fixed byte string: 0x prefix optional.
template <std::size_t N>
consteval FixedBytes<N> fixed_hex(std::string_view text)
{
    if (text.starts_with("0x"))
        text.remove_prefix(2);
    if (text.size() != 2 * N)
        throw "the literal has the wrong number of digits";
    FixedBytes<N> result;
    for (std::size_t i = 0; i < N; ++i)
    {
        const int high = hex_digit_value(text[2 * i]);
        const int low = hex_digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            throw "the literal has a character that is no hex digit";
        result[i] = static_cast<Byte>(high * 16 + low);
    }
    return result;
}

consteval Address operator""_address(const char* text, std::size_t size)
{
    return fixed_hex<20>({text, size});
}

consteval Hash operator""_hash(const char* text, std::size_t size)
{
    return fixed_hex<32>({text, size});
}
}  // namespace literals
}  // namespace jiffy::base
