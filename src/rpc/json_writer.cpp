// SPDX-License-Identifier: Apache-2.0
#include "rpc/json_writer.hpp"

#include <array>
#include <charconv>

namespace jiffy::rpc
{
namespace
{
constexpr std::string_view digits = "0123456789abcdef";

/// Both digits of every byte.
constexpr auto digit_pairs = []
{
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t i = 0; i < 256; ++i)
        pairs[i] = {digits[i >> 4], digits[i & 15]};
    return pairs;
}();
}  // namespace

void JsonWriter::string(std::string_view text)
{
    separate();
    output_.push_back('"');
    for (const char character : text)
    {
        const auto value = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\')
            output_.append({'\\', character});
        else if (value < 0x20)
            output_.append("\\u00").append(digit_pairs[value].data(), 2);
        else
            output_.push_back(character);
    }
    output_.push_back('"');
}

void JsonWriter::number(std::uint64_t value)
{
    std::array<char, 20> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    raw({text.data(), end});
}

void JsonWriter::number(double value)
{
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    raw({text.data(), end});
}

void JsonWriter::hex(BytesView data)
{
    separate();
    const std::size_t begin = output_.size();
    const std::size_t end = begin + 4 + 2 * data.size();
    // The second argument is not to be used: libstdc++ 12 passes the new capacity instead of the size asked for.
    output_.resize_and_overwrite(end,
        [begin, end, data](char* text, std::size_t)
        {
            char* place = text + begin;
            *place++ = '"';
            *place++ = '0';
            *place++ = 'x';
            for (const Byte byte : data)
            {
                std::memcpy(place, digit_pairs[byte].data(), 2);
                place += 2;
            }
            *place = '"';
            return end;
        });
}

void JsonWriter::quantity(std::uint64_t value)
{
    std::array<char, 20> text{'"', '0', 'x'};
    auto* end = std::to_chars(text.data() + 3, text.data() + text.size() - 1, value, 16).ptr;
    *end++ = '"';
    raw({text.data(), end});
}

void JsonWriter::quantity(const U256& value)
{
    if (value.fits_64())
        return quantity(value.low());
    separate();
    output_.append("\"0x");
    for (unsigned nibble = (value.bit_length() + 3) / 4; nibble-- > 0;)
        output_.push_back(digits[(value.limbs[nibble / 16] >> (4 * (nibble % 16))) & 15]);
    output_.push_back('"');
}

std::string json_string(std::string_view text)
{
    std::string result;
    JsonWriter{result}.string(text);
    return result;
}

std::string json_hex(BytesView data)
{
    std::string result;
    JsonWriter{result}.hex(data);
    return result;
}
}  // namespace jiffy::rpc
