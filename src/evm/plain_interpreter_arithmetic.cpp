// SPDX-License-Identifier: Apache-2.0
#include "evm/plain_interpreter_arithmetic.hpp"

namespace jiffy::evm::plain
{
namespace
{
constexpr unsigned bits = 256;
constexpr unsigned sign_bit = 255;

bool bit(const U256& value, unsigned position) noexcept
{
    return ((value.limbs[position / 64] >> (position % 64)) & 1) != 0;
}

void set_bit(U256& value, unsigned position) noexcept
{
    value.limbs[position / 64] |= std::uint64_t{1} << (position % 64);
}

/// A number whose bit at each position is what the function says of it.
template <class Function>
U256 from_bits(Function function) noexcept
{
    U256 result;
    for (unsigned position = 0; position < bits; ++position)
        if (function(position))
            set_bit(result, position);
    return result;
}

/// A number whose limb at each index is what the function says of it.
template <class Function>
U256 from_limbs(Function function) noexcept
{
    return {function(0), function(1), function(2), function(3)};
}

/// A shift distance or position that is at least 256 for every number that large.
unsigned clamped(const U256& value) noexcept
{
    const bool small = value.limbs[1] == 0 && value.limbs[2] == 0 && value.limbs[3] == 0 && value.limbs[0] < bits;
    return small ? static_cast<unsigned>(value.limbs[0]) : bits;
}

bool is_zero(const U256& value) noexcept
{
    return equal(value, U256{});
}

U256 negate(const U256& value) noexcept
{
    return add(bit_not(value), U256{1});
}

U256 magnitude(const U256& value) noexcept
{
    return bit(value, sign_bit) ? negate(value) : value;
}

struct Quotient
{
    U256 quotient;
    U256 remainder;
};

/// Long division in base 2; both results are 0 for a zero divisor.
Quotient long_division(const U256& dividend, const U256& divisor) noexcept
{
    Quotient result;
    if (is_zero(divisor))
        return result;
    for (unsigned i = bits; i-- > 0;)
    {
        const bool carry = bit(result.remainder, sign_bit);
        result.remainder = add(result.remainder, result.remainder);
        if (bit(dividend, i))
            set_bit(result.remainder, 0);
        if (carry || !less(result.remainder, divisor))
        {
            result.remainder = subtract(result.remainder, divisor);
            set_bit(result.quotient, i);
        }
    }
    return result;
}

/// Sum of two numbers below the modulus.
U256 add_reduced(const U256& a, const U256& b, const U256& modulus) noexcept
{
    const U256 sum = add(a, b);
    const bool carry = less(sum, a);
    return carry || !less(sum, modulus) ? subtract(sum, modulus) : sum;
}
}  // namespace

U256 add(const U256& a, const U256& b) noexcept
{
    U256 sum;
    Uint128 carry = 0;
    for (int i = 0; i < 4; ++i)
    {
        const Uint128 column = carry + a.limbs[i] + b.limbs[i];
        sum.limbs[i] = static_cast<std::uint64_t>(column);
        carry = column >> 64;
    }
    return sum;
}

U256 subtract(const U256& a, const U256& b) noexcept
{
    return add(a, negate(b));
}

U256 multiply(const U256& a, const U256& b) noexcept
{
    std::uint32_t product[8] = {};
    const auto digit = [](const U256& value, int i)
    { return static_cast<std::uint32_t>(value.limbs[i / 2] >> (32 * (i % 2))); };
    for (int i = 0; i < 8; ++i)
    {
        std::uint64_t carry = 0;
        for (int j = 0; i + j < 8; ++j)
        {
            const std::uint64_t column = std::uint64_t{digit(a, i)} * digit(b, j) + product[i + j] + carry;
            product[i + j] = static_cast<std::uint32_t>(column);
            carry = column >> 32;
        }
    }
    U256 result;
    for (int i = 0; i < 8; ++i)
        result.limbs[i / 2] |= std::uint64_t{product[i]} << (32 * (i % 2));
    return result;
}

U256 quotient(const U256& a, const U256& b) noexcept
{
    return long_division(a, b).quotient;
}

U256 remainder(const U256& a, const U256& b) noexcept
{
    return long_division(a, b).remainder;
}

U256 signed_quotient(const U256& a, const U256& b) noexcept
{
    const U256 result = quotient(magnitude(a), magnitude(b));
    return bit(a, sign_bit) != bit(b, sign_bit) ? negate(result) : result;
}

U256 signed_remainder(const U256& a, const U256& b) noexcept
{
    const U256 result = remainder(magnitude(a), magnitude(b));
    return bit(a, sign_bit) ? negate(result) : result;
}

U256 sum_modulo(const U256& a, const U256& b, const U256& modulus) noexcept
{
    return is_zero(modulus) ? U256{} : add_reduced(remainder(a, modulus), remainder(b, modulus), modulus);
}

U256 product_modulo(const U256& a, const U256& b, const U256& modulus) noexcept
{
    if (is_zero(modulus))
        return {};
    const U256 factor = remainder(a, modulus);
    U256 result;
    for (unsigned i = bits; i-- > 0;)
    {
        result = add_reduced(result, result, modulus);
        if (bit(b, i))
            result = add_reduced(result, factor, modulus);
    }
    return result;
}

U256 raise(const U256& base, const U256& exponent) noexcept
{
    U256 result{1};
    for (unsigned i = bits; i-- > 0;)
    {
        result = multiply(result, result);
        if (bit(exponent, i))
            result = multiply(result, base);
    }
    return result;
}

U256 extend_sign(const U256& last_byte, const U256& value) noexcept
{
    const unsigned byte = clamped(last_byte);
    if (byte >= 31)
        return value;
    const unsigned sign = 8 * byte + 7;
    return from_bits([&](unsigned position) { return bit(value, position < sign ? position : sign); });
}

bool less(const U256& a, const U256& b) noexcept
{
    for (int i = 3; i >= 0; --i)
        if (a.limbs[i] != b.limbs[i])
            return a.limbs[i] < b.limbs[i];
    return false;
}

bool signed_less(const U256& a, const U256& b) noexcept
{
    const bool a_negative = bit(a, sign_bit);
    return a_negative != bit(b, sign_bit) ? a_negative : less(a, b);
}

bool equal(const U256& a, const U256& b) noexcept
{
    return !less(a, b) && !less(b, a);
}

U256 bit_and(const U256& a, const U256& b) noexcept
{
    return from_limbs([&](int i) { return a.limbs[i] & b.limbs[i]; });
}

U256 bit_or(const U256& a, const U256& b) noexcept
{
    return from_limbs([&](int i) { return a.limbs[i] | b.limbs[i]; });
}

U256 bit_xor(const U256& a, const U256& b) noexcept
{
    return from_limbs([&](int i) { return a.limbs[i] ^ b.limbs[i]; });
}

U256 bit_not(const U256& a) noexcept
{
    return from_limbs([&](int i) { return ~a.limbs[i]; });
}

U256 byte_at(const U256& position, const U256& value) noexcept
{
    const unsigned byte = clamped(position);
    if (byte >= 32)
        return {};
    const unsigned lowest = 8 * (31 - byte);
    return from_bits([&](unsigned i) { return i < 8 && bit(value, lowest + i); });
}

U256 shift_left(const U256& count, const U256& value) noexcept
{
    const unsigned distance = clamped(count);
    return from_bits([&](unsigned position) { return position >= distance && bit(value, position - distance); });
}

U256 shift_right(const U256& count, const U256& value) noexcept
{
    const unsigned distance = clamped(count);
    return from_bits([&](unsigned position) { return position + distance < bits && bit(value, position + distance); });
}

U256 signed_shift_right(const U256& count, const U256& value) noexcept
{
    const unsigned distance = clamped(count);
    return from_bits(
        [&](unsigned position) { return bit(value, position + distance < sign_bit ? position + distance : sign_bit); });
}

U256 leading_zeros(const U256& value) noexcept
{
    unsigned count = 0;
    while (count < bits && !bit(value, sign_bit - count))
        ++count;
    return U256{count};
}

unsigned length_in_bytes(const U256& value) noexcept
{
    return (bits - static_cast<unsigned>(leading_zeros(value).limbs[0]) + 7) / 8;
}
}  // namespace jiffy::evm::plain
