// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

#include <optional>

namespace jiffy::crypto::bn254
{
/// The prime p of the coordinates (EIP-196).
inline constexpr U256 field_modulus{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};

/// Element of the prime field of alt_bn128, held as its Montgomery form (value * 2^256 mod p), always below p.
struct Fp
{
    U256 montgomery;

    static constexpr Fp zero() noexcept { return {}; }
    static constexpr Fp one() noexcept
    {
        return {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}};
    }
    /// The element of a number below p.
    static constexpr Fp from(const U256& value) noexcept;
    /// The number below p.
    [[nodiscard]] constexpr U256 value() const noexcept;
    [[nodiscard]] constexpr bool is_zero() const noexcept { return montgomery.is_zero(); }

    friend constexpr bool operator==(const Fp&, const Fp&) noexcept = default;
};

namespace detail
{
/// -1 / p modulo 2^64.
inline constexpr std::uint64_t negated_inverse = 0x87d20782e4866389;

using Carry = unsigned long long;

/// a + b + carry; `carry` (0 or 1) becomes the new one.
[[gnu::always_inline]] constexpr std::uint64_t add_words(std::uint64_t a, std::uint64_t b, Carry& carry) noexcept
{
#if __has_builtin(__builtin_addcll)
    // clang turns this into one instruction, the 128-bit form below into several.
    if !consteval
    {
        return __builtin_addcll(a, b, carry, &carry);
    }
#endif
    const Uint128 sum = static_cast<Uint128>(a) + b + carry;
    carry = static_cast<Carry>(sum >> 64);
    return static_cast<std::uint64_t>(sum);
}

/// a - b - borrow; `borrow` (0 or 1) becomes the new one.
[[gnu::always_inline]] constexpr std::uint64_t subtract_words(std::uint64_t a, std::uint64_t b, Carry& borrow) noexcept
{
#if __has_builtin(__builtin_subcll)
    if !consteval
    {
        return __builtin_subcll(a, b, borrow, &borrow);
    }
#endif
    const Uint128 difference = static_cast<Uint128>(a) - b - borrow;
    borrow = static_cast<Carry>(difference >> 64) & 1;
    return static_cast<std::uint64_t>(difference);
}

[[gnu::always_inline]] constexpr U256 add(const U256& a, const U256& b) noexcept
{
    Carry carry = 0;
    U256 sum;
    sum.limbs[0] = add_words(a.limbs[0], b.limbs[0], carry);
    sum.limbs[1] = add_words(a.limbs[1], b.limbs[1], carry);
    sum.limbs[2] = add_words(a.limbs[2], b.limbs[2], carry);
    sum.limbs[3] = add_words(a.limbs[3], b.limbs[3], carry);
    return sum;
}

[[gnu::always_inline]] constexpr U256 subtract(const U256& a, const U256& b, Carry& borrow) noexcept
{
    borrow = 0;
    U256 difference;
    difference.limbs[0] = subtract_words(a.limbs[0], b.limbs[0], borrow);
    difference.limbs[1] = subtract_words(a.limbs[1], b.limbs[1], borrow);
    difference.limbs[2] = subtract_words(a.limbs[2], b.limbs[2], borrow);
    difference.limbs[3] = subtract_words(a.limbs[3], b.limbs[3], borrow);
    return difference;
}

/// The value modulo p of a number below 2 p.
[[gnu::always_inline]] constexpr U256 reduce_once(const U256& value) noexcept
{
    Carry below = 0;
    const U256 difference = subtract(value, field_modulus, below);
    return {below != 0 ? value.limbs[0] : difference.limbs[0], below != 0 ? value.limbs[1] : difference.limbs[1],
        below != 0 ? value.limbs[2] : difference.limbs[2], below != 0 ? value.limbs[3] : difference.limbs[3]};
}

/// p if `condition`, else 0.
[[gnu::always_inline]] constexpr U256 modulus_if(bool condition) noexcept
{
    const std::uint64_t mask = 0 - static_cast<std::uint64_t>(condition);
    return {field_modulus.limbs[0] & mask, field_modulus.limbs[1] & mask, field_modulus.limbs[2] & mask,
        field_modulus.limbs[3] & mask};
}

/// The running sum of Montgomery's product. Up to four products at a time stay below 2^320, as p is below 0.19 * 2^256;
/// up to six need the word `over` above that.
template <bool wide>
struct Accumulator
{
    U256 low;
    std::uint64_t top = 0;
    std::uint64_t over = 0;

    /// Adds a * word.
    [[gnu::always_inline]] constexpr void add_product(const U256& a, std::uint64_t word) noexcept
    {
        const Uint128 product0 = static_cast<Uint128>(a.limbs[0]) * word;
        const Uint128 product1 = static_cast<Uint128>(a.limbs[1]) * word;
        const Uint128 product2 = static_cast<Uint128>(a.limbs[2]) * word;
        const Uint128 product3 = static_cast<Uint128>(a.limbs[3]) * word;
        const auto low_word = [](Uint128 product) { return static_cast<std::uint64_t>(product); };
        const auto high_word = [](Uint128 product) { return static_cast<std::uint64_t>(product >> 64); };
        Carry carry = 0;
        const std::uint64_t row1 = add_words(high_word(product0), low_word(product1), carry);
        const std::uint64_t row2 = add_words(high_word(product1), low_word(product2), carry);
        const std::uint64_t row3 = add_words(high_word(product2), low_word(product3), carry);
        const std::uint64_t row4 = high_word(product3) + carry;
        carry = 0;
        low.limbs[0] = add_words(low.limbs[0], low_word(product0), carry);
        low.limbs[1] = add_words(low.limbs[1], row1, carry);
        low.limbs[2] = add_words(low.limbs[2], row2, carry);
        low.limbs[3] = add_words(low.limbs[3], row3, carry);
        top = add_words(top, row4, carry);
        if constexpr (wide)
            over += carry;
    }

    /// Divides by 2^64 modulo p.
    [[gnu::always_inline]] constexpr void reduce_word() noexcept
    {
        add_product(field_modulus, low.limbs[0] * negated_inverse);
        low = {low.limbs[1], low.limbs[2], low.limbs[3], top};
        top = over;
        over = 0;
    }
};
}  // namespace detail

/// The two factors of a product, not copied.
struct Factors
{
    const Fp& a;
    const Fp& b;
};

/// The sum of at most six products, with one reduction for all: cheaper than to reduce each. Factors may be p itself.
template <class... More>
    requires(sizeof...(More) < 6)
[[gnu::always_inline]] constexpr Fp sum_of_products(const Factors& first, const More&... more) noexcept
{
    constexpr bool wide = sizeof...(More) >= 4;
    detail::Accumulator<wide> sum;
    const auto add_row = [&](std::size_t i) __attribute__((always_inline))
    {
        sum.add_product(first.a.montgomery, first.b.montgomery.limbs[i]);
        (sum.add_product(more.a.montgomery, more.b.montgomery.limbs[i]), ...);
        sum.reduce_word();
    };
    add_row(0);
    add_row(1);
    add_row(2);
    add_row(3);
    // n products leave less than (1 + 0.19 n) p.
    return {detail::reduce_once(wide ? detail::reduce_once(sum.low) : sum.low)};
}

[[gnu::always_inline]] constexpr Fp operator*(const Fp& a, const Fp& b) noexcept
{
    return sum_of_products(Factors{a, b});
}

[[gnu::always_inline]] constexpr Fp operator+(const Fp& a, const Fp& b) noexcept
{
    return {detail::reduce_once(detail::add(a.montgomery, b.montgomery))};
}

[[gnu::always_inline]] constexpr Fp operator-(const Fp& a, const Fp& b) noexcept
{
    detail::Carry borrow = 0;
    const U256 difference = detail::subtract(a.montgomery, b.montgomery, borrow);
    return {detail::add(difference, detail::modulus_if(borrow != 0))};
}

[[gnu::always_inline]] constexpr Fp operator-(const Fp& a) noexcept
{
    return Fp::zero() - a;
}

/// p - a: stands for -a as a factor in `sum_of_products`, where p for zero does no harm.
[[gnu::always_inline]] constexpr Fp negated_factor(const Fp& a) noexcept
{
    detail::Carry borrow = 0;
    return {detail::subtract(field_modulus, a.montgomery, borrow)};
}

constexpr Fp square(const Fp& a) noexcept
{
    return a * a;
}

constexpr Fp twice(const Fp& a) noexcept
{
    return a + a;
}

/// a / 2.
constexpr Fp half(const Fp& a) noexcept
{
    const U256 even = detail::add(a.montgomery, detail::modulus_if((a.montgomery.limbs[0] & 1) != 0));
    return {{(even.limbs[0] >> 1) | (even.limbs[1] << 63), (even.limbs[1] >> 1) | (even.limbs[2] << 63),
        (even.limbs[2] >> 1) | (even.limbs[3] << 63), even.limbs[3] >> 1}};
}

/// a b - c d.
[[gnu::always_inline]] constexpr Fp difference_of_products(const Fp& a, const Fp& b, const Fp& c, const Fp& d) noexcept
{
    return sum_of_products(Factors{a, b}, Factors{negated_factor(c), d});
}

/// 9 a - b, with one reduction.
[[gnu::always_inline]] constexpr Fp nine_times_minus(const Fp& a, const Fp& b) noexcept
{
    // The sum is below 10 p; from its top bits and p's comes a quotient that is at most one too small.
    constexpr std::uint64_t scaled_inverse = 65536 / ((field_modulus.limbs[3] >> 56) + 1);
    detail::Accumulator<false> sum{negated_factor(b).montgomery};
    sum.add_product(a.montgomery, 9);
    const std::uint64_t quotient = (((sum.top << 8) | (sum.low.limbs[3] >> 56)) * scaled_inverse) >> 16;
    detail::Accumulator<false> multiple;
    multiple.add_product(field_modulus, quotient);
    detail::Carry borrow = 0;
    return {detail::reduce_once(detail::subtract(sum.low, multiple.low, borrow))};
}

constexpr Fp Fp::from(const U256& value) noexcept
{
    constexpr Fp radix_squared{{0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f}};
    return Fp{value} * radix_squared;
}

constexpr U256 Fp::value() const noexcept
{
    return (*this * Fp{U256{1}}).montgomery;
}

/// 1 / a; 0 for 0.
Fp inverse(const Fp& a) noexcept;

/// Reads 32 big-endian bytes; empty if the number is not below p.
std::optional<Fp> decode_fp(const Byte* source) noexcept;
}  // namespace jiffy::crypto::bn254
