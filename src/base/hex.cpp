// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"

#include <array>

namespace jiffy::base
{
namespace
{
constexpr char digits[] = "0123456789abcdef";

std::string_view without_prefix(std::string_view text) noexcept
{
    if (text.starts_with("0x") || text.starts_with("0X"))
        text.remove_prefix(2);
    return text;
}

void write_digits(std::string& target, std::size_t position, BytesView data)
{
    for (const Byte byte : data)
    {
        target[position++] = digits[byte >> 4];
        target[position++] = digits[byte & 15];
    }
}

/// Value of each character as a digit, or -1. A look-up, since random digits would have branches mispredicted.
constexpr auto digit_values = []
{
    std::array<std::int8_t, 256> values{};
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<std::int8_t>(hex_digit_value(static_cast<char>(i)));
    return values;
}();

/// Reads an even number of characters; false if one is no digit.
bool read_digits(std::string_view text, Byte* target) noexcept
{
    int all = 0;
    for (std::size_t i = 0; i < text.size(); i += 2)
    {
        const int high = digit_values[static_cast<Byte>(text[i])];
        const int low = digit_values[static_cast<Byte>(text[i + 1])];
        all |= high | low;
        *target++ = static_cast<Byte>(high * 16 + low);
    }
    return all >= 0;
}
}  // namespace

std::string to_hex(BytesView data)
{
    std::string result(2 + 2 * data.size(), '0');
    result[1] = 'x';
    write_digits(result, 2, data);
    return result;
}

std::string to_hex_digits(BytesView data)
{
    std::string result(2 * data.size(), '0');
    write_digits(result, 0, data);
    return result;
}

std::string to_quantity(std::uint64_t value)
{
    return to_quantity(U256{value});
}

std::string to_quantity(const U256& value)
{
    const unsigned digit_count = value.is_zero() ? 1 : (value.bit_length() + 3) / 4;
    std::string result(2 + digit_count, '0');
    result[1] = 'x';
    for (unsigned i = 0; i < digit_count; ++i)
        result[result.size() - 1 - i] = digits[(value.limbs[i / 16] >> (4 * (i % 16))) & 15];
    return result;
}

std::optional<Bytes> from_hex(std::string_view text)
{
    text = without_prefix(text);
    if (text.size() % 2 != 0)
        return std::nullopt;
    Bytes result(text.size() / 2);
    if (!read_digits(text, result.data()))
        return std::nullopt;
    return result;
}

template <std::size_t N>
std::optional<FixedBytes<N>> fixed_from_hex(std::string_view text)
{
    text = without_prefix(text);
    FixedBytes<N> result;
    if (text.size() != 2 * N || !read_digits(text, result.data()))
        return std::nullopt;
    return result;
}

template std::optional<FixedBytes<8>> fixed_from_hex<8>(std::string_view);
template std::optional<FixedBytes<20>> fixed_from_hex<20>(std::string_view);
template std::optional<FixedBytes<32>> fixed_from_hex<32>(std::string_view);
template std::optional<FixedBytes<48>> fixed_from_hex<48>(std::string_view);
template std::optional<FixedBytes<256>> fixed_from_hex<256>(std::string_view);

std::optional<U256> quantity_from_hex(std::string_view text)
{
    if (!text.starts_with("0x") && !text.starts_with("0X"))
        return std::nullopt;
    text.remove_prefix(2);
    if (text.empty())
        return std::nullopt;
    U256 result;
    for (const char character : text)
    {
        const int value = hex_digit_value(character);
        if (value < 0 || (result.limbs[3] >> 60) != 0)
            return std::nullopt;
        result = (result << 4) | U256{static_cast<std::uint64_t>(value)};
    }
    return result;
}

std::optional<std::uint64_t> quantity64_from_hex(std::string_view text)
{
    const auto value = quantity_from_hex(text);
    if (!value || !value->fits_64())
        return std::nullopt;
    return value->low();
}
}  // namespace jiffy::base
