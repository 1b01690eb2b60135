// SPDX-License-Identifier: Apache-2.0
#include "types/log_words.hpp"

namespace jiffy::types
{
namespace
{
constexpr std::size_t word_size = 32;

/// Topics of ERC-20 and ERC-721: Transfer(address,address,uint256) and Approval(address,address,uint256).
constexpr U256 transfer_topic{0x28f55a4df523b3ef, 0x952ba7f163c4a116, 0x69c2b068fc378daa, 0xddf252ad1be2c89b};
constexpr U256 approval_topic{0x5b200ac8c7c3b925, 0xdd0314c0f7b2291e, 0xd14f71427d1e84f3, 0x8c5be1e5ebec7d5b};

/// What the first byte of a word says: up to 32 a number of bytes, then a number of decimal zeros, then a place in the
/// table.
constexpr unsigned least_zeros = 3;
constexpr unsigned most_zeros = 38;
constexpr unsigned first_decimal = word_size + 1;
constexpr unsigned first_place = first_decimal + most_zeros - least_zeros + 1;
static_assert(first_place + WordTable::places <= 256);

/// Shorter words cost little more than their place would.
constexpr unsigned shortest_kept = 4;

struct Decimal
{
    std::uint64_t significant = 0;
    unsigned zeros = 0;

    friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// What follows from the value alone, so that there is one form of it; never longer than the bytes.
std::optional<Decimal> decimal_of(const U256& value) noexcept
{
    constexpr std::uint64_t billion = 1'000'000'000;
    if ((value.low() & 7) != 0 || !value.fits_128() || value.is_zero())
        return std::nullopt;
    Decimal decimal{value.low()};
    if (value.limbs[1] != 0)
    {
        auto rest = Uint128{value.limbs[1]} << 64 | value.limbs[0];
        for (; rest >> 64 != 0; rest /= billion, decimal.zeros += 9)
            if (rest % billion != 0)
                return std::nullopt;
        decimal.significant = static_cast<std::uint64_t>(rest);
    }
    auto& rest = decimal.significant;
    for (; rest % 100'000'000 == 0; rest /= 100'000'000)
        decimal.zeros += 8;
    const auto drop_zeros = [&](auto power, unsigned zeros)
    {
        if (rest % power != 0)
            return;
        rest /= power;
        decimal.zeros += zeros;
    };
    drop_zeros(std::integral_constant<std::uint64_t, 10'000>{}, 4);
    drop_zeros(std::integral_constant<std::uint64_t, 100>{}, 2);
    drop_zeros(std::integral_constant<std::uint64_t, 10>{}, 1);
    if (decimal.zeros < least_zeros || rest >> 56 != 0)
        return std::nullopt;
    return decimal;
}

constexpr U256 power_of_ten(unsigned exponent) noexcept
{
    U256 power{1};
    for (; exponent != 0; --exponent)
        power = power * U256{10};
    return power;
}

constexpr auto powers_of_ten = []
{
    std::array<U256, most_zeros + 1> powers;
    for (unsigned i = 0; i <= most_zeros; ++i)
        powers[i] = power_of_ten(i);
    return powers;
}();

void put_literal(FrameWriter& writer, const U256& value, unsigned length)
{
    writer.byte(static_cast<Byte>(length));
    writer.low_bytes(value, length);
}

void put_decimal(FrameWriter& writer, const Decimal& decimal)
{
    writer.byte(static_cast<Byte>(first_decimal + decimal.zeros - least_zeros));
    writer.number(decimal.significant);
}

/// The number behind a first byte that is no place.
U256 read_number(FrameReader& reader, unsigned first) noexcept
{
    if (first < first_decimal)
    {
        const auto value = reader.number_of(first);
        reader.require(!decimal_of(value));
        return value;
    }
    const Decimal decimal{reader.number(), first - first_decimal + least_zeros};
    const auto value = U256{decimal.significant} * powers_of_ten[decimal.zeros];
    reader.require(decimal_of(value) == decimal);
    return value;
}
}  // namespace

WordTable::WordTable() noexcept
{
    put(transfer_topic);
    put(approval_topic);
}

void put_amount(FrameWriter& writer, const U256& amount)
{
    if (const auto decimal = decimal_of(amount))
        put_decimal(writer, *decimal);
    else
        put_literal(writer, amount, amount.byte_length());
}

U256 read_amount(FrameReader& reader) noexcept
{
    const unsigned first = reader.byte();
    if (first < first_place)
        return read_number(reader, first);
    reader.fail(FrameError::malformed);
    return {};
}

void put_word(FrameWriter& writer, WordTable& table, const U256& word)
{
    const auto length = word.byte_length();
    if (const auto decimal = decimal_of(word))
        return put_decimal(writer, *decimal);
    if (length < shortest_kept)
        return put_literal(writer, word, length);
    if (const auto place = table.find(word); place != WordTable::places)
    {
        table.touch(place);
        return writer.byte(static_cast<Byte>(first_place + place));
    }
    table.put(word);
    put_literal(writer, word, length);
}

U256 read_word(FrameReader& reader, WordTable& table) noexcept
{
    const unsigned first = reader.byte();
    if (first >= first_place)
    {
        const auto place = first - first_place;
        if (place < WordTable::places && table.is_filled(place))
        {
            table.touch(place);
            return table.at(place);
        }
        reader.fail(FrameError::malformed);
        return {};
    }
    const auto word = read_number(reader, first);
    if (first >= shortest_kept && first < first_decimal)
    {
        reader.require(table.find(word) == WordTable::places);
        table.put(word);
    }
    return word;
}

void put_words(FrameWriter& writer, WordTable& table, BytesView bytes)
{
    if (const auto head = bytes.size() % word_size; head != 0)
    {
        put_word(writer, table, to_u256(bytes.first(head)));
        bytes = bytes.subspan(head);
    }
    for (; !bytes.empty(); bytes = bytes.subspan(word_size))
        put_word(writer, table, load_big_endian(bytes.data()));
}

Bytes read_words(FrameReader& reader, WordTable& table, std::uint64_t size)
{
    const std::size_t head = size % word_size;
    if (size / word_size > reader.left())
    {
        reader.fail(FrameError::malformed);
        return {};
    }
    Bytes bytes(static_cast<std::size_t>(size));
    auto* target = bytes.data();
    if (head != 0)
    {
        const auto word = read_word(reader, table);
        reader.require(word.byte_length() <= head);
        std::memcpy(target, to_hash(word).data() + word_size - head, head);
        target += head;
    }
    for (; target != bytes.data() + bytes.size() && !reader.error(); target += word_size)
        store_big_endian(target, read_word(reader, table));
    return bytes;
}
}  // namespace jiffy::types
