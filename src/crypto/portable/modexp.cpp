// SPDX-License-Identifier: Apache-2.0
#include "crypto/portable/portable.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace jiffy::crypto::portable
{
namespace
{
/// Half a machine word, so that a quotient digit is one machine division.
using Digit = std::uint32_t;
using Wide = std::uint64_t;
constexpr unsigned digit_bits = 32;

/// Digits, least significant first, without leading zeros.
using Number = std::vector<Digit>;

void trim(Number& number)
{
    while (!number.empty() && number.back() == 0)
        number.pop_back();
}

Number from_big_endian(BytesView bytes)
{
    Number number((bytes.size() + 3) / 4);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        number[i / 4] |= Digit{bytes[bytes.size() - 1 - i]} << (8 * (i % 4));
    trim(number);
    return number;
}

/// Shifts by less than a digit; the result is one digit longer, which may be zero.
Number shifted_left(const Number& number, unsigned count)
{
    Number result(number.size() + 1);
    Wide carry = 0;
    for (std::size_t i = 0; i < number.size(); ++i)
    {
        carry |= Wide{number[i]} << count;
        result[i] = static_cast<Digit>(carry);
        carry >>= digit_bits;
    }
    result.back() = static_cast<Digit>(carry);
    return result;
}

/// A modulus above zero, prepared for division (Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D).
class Divisor
{
public:
    explicit Divisor(const Number& modulus)
      : shift_{static_cast<unsigned>(std::countl_zero(modulus.back()))}
      , digits_{shifted_left(modulus, shift_)}
    {
        trim(digits_);
    }

    [[nodiscard]] Number remainder(const Number& dividend) const
    {
        Number rest = shifted_left(dividend, shift_);
        const std::size_t length = digits_.size();
        for (std::size_t place = rest.size(); place-- > length;)
            subtract_multiple(rest, place - length);
        rest.resize(std::min(rest.size(), length));
        if (shift_ != 0)
            for (std::size_t i = 0; i < rest.size(); ++i)
                rest[i] = rest[i] >> shift_ | (i + 1 < rest.size() ? rest[i + 1] << (digit_bits - shift_) : 0);
        trim(rest);
        return rest;
    }

private:
    /// Takes the greatest multiple of the divisor, moved up by `offset` digits, from `rest`.
    void subtract_multiple(Number& rest, std::size_t offset) const
    {
        const std::size_t length = digits_.size();
        const Wide top = Wide{rest[offset + length]} << digit_bits | rest[offset + length - 1];
        const Wide second = length > 1 ? digits_[length - 2] : 0;
        const Wide third = length > 1 ? rest[offset + length - 2] : 0;
        Wide quotient = top / digits_.back();
        Wide left = top % digits_.back();
        while (left >> digit_bits == 0 &&
               (quotient >> digit_bits != 0 || quotient * second > (left << digit_bits | third)))
        {
            --quotient;
            left += digits_.back();
        }

        Wide carry = 0;
        Wide borrow = 0;
        for (std::size_t i = 0; i < length; ++i)
        {
            carry += quotient * digits_[i];
            const Wide difference = Wide{rest[offset + i]} - static_cast<Digit>(carry) - borrow;
            rest[offset + i] = static_cast<Digit>(difference);
            borrow = difference >> 63;
            carry >>= digit_bits;
        }
        const Wide difference = Wide{rest[offset + length]} - carry - borrow;
        rest[offset + length] = static_cast<Digit>(difference);
        if (difference >> 63 == 0)
            return;

        carry = 0;
        for (std::size_t i = 0; i < length; ++i)
        {
            carry += Wide{rest[offset + i]} + digits_[i];
            rest[offset + i] = static_cast<Digit>(carry);
            carry >>= digit_bits;
        }
        rest[offset + length] += static_cast<Digit>(carry);
    }

    unsigned shift_;
    Number digits_;
};

Number product(const Number& a, const Number& b)
{
    Number result(a.size() + b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        Wide carry = 0;
        for (std::size_t j = 0; j < b.size(); ++j)
        {
            carry += Wide{a[i]} * b[j] + result[i + j];
            result[i + j] = static_cast<Digit>(carry);
            carry >>= digit_bits;
        }
        result[i + b.size()] = static_cast<Digit>(carry);
    }
    return result;
}
}  // namespace

void modular_power(BytesView base, BytesView exponent, BytesView modulus, std::span<Byte> result) noexcept
{
    std::ranges::fill(result, Byte{0});
    const Number modulus_number = from_big_endian(modulus);
    if (modulus_number.empty())
        return;
    const Divisor divisor{modulus_number};
    const Number base_number = divisor.remainder(from_big_endian(base));
    const Number exponent_number = from_big_endian(exponent);

    Number power = divisor.remainder({1});
    for (std::size_t bit = exponent_number.size() * digit_bits; bit-- > 0;)
    {
        power = divisor.remainder(product(power, power));
        if ((exponent_number[bit / digit_bits] >> (bit % digit_bits) & 1) != 0)
            power = divisor.remainder(product(power, base_number));
    }
    for (std::size_t i = 0; i < 4 * power.size() && i < result.size(); ++i)
        result[result.size() - 1 - i] = static_cast<Byte>(power[i / 4] >> (8 * (i % 4)));
}
}  // namespace jiffy::crypto::portable
