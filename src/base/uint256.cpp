// SPDX-License-Identifier: Apache-2.0
#include "base/uint256.hpp"

namespace jiffy::base
{
namespace
{
using Word = std::uint64_t;

/// Reciprocal of a normalised divisor, floor((2^128 - 1) / divisor) - 2^64 (Möller and Granlund, "Improved division by
/// invariant integers", 2011): one division here saves one for each quotient word.
Word reciprocal(Word divisor) noexcept
{
    return static_cast<Word>((((static_cast<Uint128>(~divisor)) << 64) | ~Word{0}) / divisor);
}

/// Reciprocal of a normalised two-word divisor (same paper, algorithm 6).
Word reciprocal(Word divisor_high, Word divisor_low) noexcept
{
    Word v = reciprocal(divisor_high);
    Word p = divisor_high * v;
    p += divisor_low;
    if (p < divisor_low)
    {
        --v;
        if (p >= divisor_high)
        {
            --v;
            p -= divisor_high;
        }
        p -= divisor_high;
    }
    const Uint128 t = static_cast<Uint128>(v) * divisor_low;
    const auto t_high = static_cast<Word>(t >> 64);
    const auto t_low = static_cast<Word>(t);
    p += t_high;
    if (p < t_high)
    {
        --v;
        if (p > divisor_high || (p == divisor_high && t_low >= divisor_low))
            --v;
    }
    return v;
}

struct WordDivision
{
    Word quotient;
    Word remainder;
};

/// Two words by one normalised word (same paper, algorithm 4).
WordDivision divide_2_by_1(Word high, Word low, Word divisor, Word v) noexcept
{
    Uint128 q = static_cast<Uint128>(v) * high;
    q += (static_cast<Uint128>(high) << 64) | low;
    auto q_high = static_cast<Word>(q >> 64) + 1;
    const auto q_low = static_cast<Word>(q);
    Word remainder = low - q_high * divisor;
    if (remainder > q_low)
    {
        --q_high;
        remainder += divisor;
    }
    if (remainder >= divisor) [[unlikely]]
    {
        ++q_high;
        remainder -= divisor;
    }
    return {q_high, remainder};
}

struct WideWordDivision
{
    Word quotient;
    Uint128 remainder;
};

/// Three words by two normalised words (same paper, algorithm 5).
WideWordDivision divide_3_by_2(Word u2, Word u1, Word u0, Word d1, Word d0, Word v) noexcept
{
    const Uint128 divisor = (static_cast<Uint128>(d1) << 64) | d0;
    Uint128 q = static_cast<Uint128>(v) * u2;
    q += (static_cast<Uint128>(u2) << 64) | u1;
    auto q_high = static_cast<Word>(q >> 64);
    const auto q_low = static_cast<Word>(q);
    const Word r1 = u1 - q_high * d1;
    const Uint128 t = static_cast<Uint128>(d0) * q_high;
    Uint128 remainder = ((static_cast<Uint128>(r1) << 64) | u0) - t - divisor;
    ++q_high;
    if (static_cast<Word>(remainder >> 64) >= q_low)
    {
        --q_high;
        remainder += divisor;
    }
    if (remainder >= divisor) [[unlikely]]
    {
        ++q_high;
        remainder -= divisor;
    }
    return {q_high, remainder};
}

int significant_words(const Word* words, int count) noexcept
{
    while (count > 0 && words[count - 1] == 0)
        --count;
    return count;
}

/// Divides the `dividend_words + 1` normalised words of `u` in place: the remainder stays in `u`, the quotient goes to
/// `quotient` (Knuth, TAOCP 4.3.1, algorithm D). `divisor_words` is at least 3.
void divide_schoolbook(Word* u,
    int dividend_words,
    const Word* divisor,
    int divisor_words,
    Word v,
    Word* quotient) noexcept
{
    const Word d1 = divisor[divisor_words - 1];
    const Word d0 = divisor[divisor_words - 2];
    for (int j = dividend_words - divisor_words; j >= 0; --j)
    {
        const Word u2 = u[j + divisor_words];
        const Word u1 = u[j + divisor_words - 1];
        const Word u0 = u[j + divisor_words - 2];
        Word estimate = 0;
        if (u2 == d1 && u1 == d0) [[unlikely]]
        {
            estimate = ~Word{0};
        }
        else
        {
            estimate = divide_3_by_2(u2, u1, u0, d1, d0, v).quotient;
        }
        Word borrow = 0;
        for (int i = 0; i < divisor_words; ++i)
        {
            const Uint128 product = static_cast<Uint128>(estimate) * divisor[i] + borrow;
            const auto low = static_cast<Word>(product);
            borrow = static_cast<Word>(product >> 64) + (u[i + j] < low ? 1 : 0);
            u[i + j] -= low;
        }
        const bool negative = u2 < borrow;
        u[j + divisor_words] = u2 - borrow;
        if (negative) [[unlikely]]
        {
            --estimate;
            Word carry = 0;
            for (int i = 0; i < divisor_words; ++i)
            {
                const Uint128 sum = static_cast<Uint128>(u[i + j]) + divisor[i] + carry;
                u[i + j] = static_cast<Word>(sum);
                carry = static_cast<Word>(sum >> 64);
            }
            u[j + divisor_words] += carry;
        }
        quotient[j] = estimate;
    }
}

/// Divides `dividend_words` (at most 8) words by a divisor that is not zero.
template <int MaxWords>
void divide_words(const Word* dividend, const U256& divisor, Word* quotient, U256& remainder) noexcept
{
    const int divisor_words = significant_words(divisor.limbs, 4);
    const int dividend_words = significant_words(dividend, MaxWords);
    remainder = {};
    if (dividend_words < divisor_words)
    {
        for (int i = 0; i < dividend_words; ++i)
            remainder.limbs[i] = dividend[i];
        return;
    }

    const int shift = std::countl_zero(divisor.limbs[divisor_words - 1]);
    Word u[MaxWords + 1];
    Word d[4];
    if (shift != 0)
    {
        u[dividend_words] = dividend[dividend_words - 1] >> (64 - shift);
        for (int i = dividend_words - 1; i > 0; --i)
            u[i] = (dividend[i] << shift) | (dividend[i - 1] >> (64 - shift));
        u[0] = dividend[0] << shift;
        for (int i = divisor_words - 1; i > 0; --i)
            d[i] = (divisor.limbs[i] << shift) | (divisor.limbs[i - 1] >> (64 - shift));
        d[0] = divisor.limbs[0] << shift;
    }
    else
    {
        for (int i = 0; i < dividend_words; ++i)
            u[i] = dividend[i];
        u[dividend_words] = 0;
        for (int i = 0; i < divisor_words; ++i)
            d[i] = divisor.limbs[i];
    }

    if (divisor_words == 1)
    {
        const Word v = reciprocal(d[0]);
        Word rest = u[dividend_words];
        for (int i = dividend_words - 1; i >= 0; --i)
        {
            const auto step = divide_2_by_1(rest, u[i], d[0], v);
            quotient[i] = step.quotient;
            rest = step.remainder;
        }
        remainder.limbs[0] = rest >> shift;
        return;
    }

    const Word v = reciprocal(d[divisor_words - 1], d[divisor_words - 2]);
    if (divisor_words == 2)
    {
        Uint128 rest = (static_cast<Uint128>(u[dividend_words]) << 64) | u[dividend_words - 1];
        for (int i = dividend_words - 2; i >= 0; --i)
        {
            const auto step =
                divide_3_by_2(static_cast<Word>(rest >> 64), static_cast<Word>(rest), u[i], d[1], d[0], v);
            quotient[i] = step.quotient;
            rest = step.remainder;
        }
        rest >>= shift;
        remainder.limbs[0] = static_cast<Word>(rest);
        remainder.limbs[1] = static_cast<Word>(rest >> 64);
        return;
    }

    divide_schoolbook(u, dividend_words, d, divisor_words, v, quotient);
    for (int i = 0; i < divisor_words; ++i)
    {
        remainder.limbs[i] = u[i] >> shift;
        if (shift != 0)
            remainder.limbs[i] |= u[i + 1] << (64 - shift);
    }
}
}  // namespace

Division divide(const U256& dividend, const U256& divisor) noexcept
{
    if (divisor.is_zero())
        return {};
    if (dividend.fits_64() && divisor.fits_64())
        return {dividend.low() / divisor.low(), dividend.low() % divisor.low()};
    Division result;
    divide_words<4>(dividend.limbs, divisor, result.quotient.limbs, result.remainder);
    return result;
}

Division divide_signed(const U256& dividend, const U256& divisor) noexcept
{
    const bool dividend_negative = dividend.is_negative();
    const bool divisor_negative = divisor.is_negative();
    auto result = divide(dividend_negative ? -dividend : dividend, divisor_negative ? -divisor : divisor);
    if (dividend_negative != divisor_negative)
        result.quotient = -result.quotient;
    if (dividend_negative)
        result.remainder = -result.remainder;
    return result;
}

U256 add_modulo(const U256& a, const U256& b, const U256& modulus) noexcept
{
    if (modulus.is_zero())
        return {};
    // Operands already reduced need no division, the usual case in cryptographic code.
    if (a < modulus && b < modulus)
    {
        const auto sum = add_with_carry(a, b);
        const auto reduced = subtract_with_borrow(sum.value, modulus);
        return sum.carry || !reduced.carry ? reduced.value : sum.value;
    }
    const auto sum = add_with_carry(a, b);
    const Word words[5] = {
        sum.value.limbs[0], sum.value.limbs[1], sum.value.limbs[2], sum.value.limbs[3], static_cast<Word>(sum.carry)};
    Word quotient[5];
    U256 remainder;
    divide_words<5>(words, modulus, quotient, remainder);
    return remainder;
}

U256 multiply_modulo(const U256& a, const U256& b, const U256& modulus) noexcept
{
    if (modulus.is_zero())
        return {};
    const auto product = multiply_wide(a, b);
    Word quotient[8];
    U256 remainder;
    divide_words<8>(product.limbs, modulus, quotient, remainder);
    return remainder;
}

U256 power(U256 base, const U256& exponent) noexcept
{
    if (base == U256{2})
        return exponent.fits_64() ? U256{1} << exponent.low() : U256{};
    U256 result{1};
    const unsigned bits = exponent.bit_length();
    for (unsigned i = 0; i < bits; ++i)
    {
        if (((exponent.limbs[i / 64] >> (i % 64)) & 1) != 0)
            result = result * base;
        base = base * base;
    }
    return result;
}
}  // namespace jiffy::base
