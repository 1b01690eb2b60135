// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <bit>

namespace jiffy::base
{
using Uint128 = unsigned __int128;

/// Unsigned 256-bit integer, arithmetic modulo 2^256; four 64-bit limbs, least significant first.
struct U256
{
    std::uint64_t limbs[4]{};

    constexpr U256() noexcept = default;
    constexpr U256(std::uint64_t value) noexcept
      : limbs{value, 0, 0, 0}
    {
    }
    constexpr U256(std::uint64_t limb0, std::uint64_t limb1, std::uint64_t limb2, std::uint64_t limb3) noexcept
      : limbs{limb0, limb1, limb2, limb3}
    {
    }

    [[nodiscard]] static constexpr U256 max() noexcept { return {~0ULL, ~0ULL, ~0ULL, ~0ULL}; }

    [[nodiscard]] constexpr bool is_zero() const noexcept { return (limbs[0] | limbs[1] | limbs[2] | limbs[3]) == 0; }
    [[nodiscard]] constexpr bool fits_64() const noexcept { return (limbs[1] | limbs[2] | limbs[3]) == 0; }
    [[nodiscard]] constexpr bool fits_128() const noexcept { return (limbs[2] | limbs[3]) == 0; }
    /// The low 64 bits.
    [[nodiscard]] constexpr std::uint64_t low() const noexcept { return limbs[0]; }
    /// The value if it fits 64 bits, else the largest 64-bit value.
    [[nodiscard]] constexpr std::uint64_t saturated_64() const noexcept { return fits_64() ? limbs[0] : ~0ULL; }
    /// The sign of two's complement.
    [[nodiscard]] constexpr bool is_negative() const noexcept { return (limbs[3] >> 63) != 0; }
    /// Position of the highest set bit plus one; 0 for zero.
    [[nodiscard]] constexpr unsigned bit_length() const noexcept
    {
        for (int i = 3; i >= 0; --i)
            if (limbs[i] != 0)
                return static_cast<unsigned>(64 * i + 64 - std::countl_zero(limbs[i]));
        return 0;
    }
    /// Number of bytes of the minimal big-endian form; 0 for zero.
    [[nodiscard]] constexpr unsigned byte_length() const noexcept { return (bit_length() + 7) / 8; }

    friend constexpr bool operator==(const U256& a, const U256& b) noexcept
    {
        return ((a.limbs[0] ^ b.limbs[0]) | (a.limbs[1] ^ b.limbs[1]) | (a.limbs[2] ^ b.limbs[2]) |
                   (a.limbs[3] ^ b.limbs[3])) == 0;
    }

    friend constexpr bool operator<(const U256& a, const U256& b) noexcept
    {
        Uint128 difference = static_cast<Uint128>(a.limbs[0]) - b.limbs[0];
        for (int i = 1; i < 4; ++i)
            difference =
                static_cast<Uint128>(a.limbs[i]) - b.limbs[i] - static_cast<std::uint64_t>((difference >> 64) & 1);
        return ((difference >> 64) & 1) != 0;
    }
    friend constexpr bool operator>(const U256& a, const U256& b) noexcept { return b < a; }
    friend constexpr bool operator<=(const U256& a, const U256& b) noexcept { return !(b < a); }
    friend constexpr bool operator>=(const U256& a, const U256& b) noexcept { return !(a < b); }
};

/// Sum and carry out of the top.
struct CarryingSum
{
    U256 value;
    bool carry;
};

constexpr CarryingSum add_with_carry(const U256& a, const U256& b) noexcept
{
    U256 sum;
    Uint128 carry = 0;
    for (int i = 0; i < 4; ++i)
    {
        carry += static_cast<Uint128>(a.limbs[i]) + b.limbs[i];
        sum.limbs[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    return {sum, carry != 0};
}

constexpr CarryingSum subtract_with_borrow(const U256& a, const U256& b) noexcept
{
    U256 difference;
    std::uint64_t borrow = 0;
    for (int i = 0; i < 4; ++i)
    {
        const Uint128 step = static_cast<Uint128>(a.limbs[i]) - b.limbs[i] - borrow;
        difference.limbs[i] = static_cast<std::uint64_t>(step);
        borrow = static_cast<std::uint64_t>(step >> 64) & 1;
    }
    return {difference, borrow != 0};
}

constexpr U256 operator+(const U256& a, const U256& b) noexcept
{
    return add_with_carry(a, b).value;
}

constexpr U256 operator-(const U256& a, const U256& b) noexcept
{
    return subtract_with_borrow(a, b).value;
}

constexpr U256 operator~(const U256& a) noexcept
{
    return {~a.limbs[0], ~a.limbs[1], ~a.limbs[2], ~a.limbs[3]};
}

constexpr U256 operator-(const U256& a) noexcept
{
    return U256{} - a;
}

constexpr U256 operator&(const U256& a, const U256& b) noexcept
{
    return {a.limbs[0] & b.limbs[0], a.limbs[1] & b.limbs[1], a.limbs[2] & b.limbs[2], a.limbs[3] & b.limbs[3]};
}

constexpr U256 operator|(const U256& a, const U256& b) noexcept
{
    return {a.limbs[0] | b.limbs[0], a.limbs[1] | b.limbs[1], a.limbs[2] | b.limbs[2], a.limbs[3] | b.limbs[3]};
}

constexpr U256 operator^(const U256& a, const U256& b) noexcept
{
    return {a.limbs[0] ^ b.limbs[0], a.limbs[1] ^ b.limbs[1], a.limbs[2] ^ b.limbs[2], a.limbs[3] ^ b.limbs[3]};
}

/// Product modulo 2^256. Unrolled by hand: g++ makes the looped form several times slower.
constexpr U256 operator*(const U256& a, const U256& b) noexcept
{
    const auto wide = [](std::uint64_t x, std::uint64_t y) { return static_cast<Uint128>(x) * y; };
    const Uint128 p00 = wide(a.limbs[0], b.limbs[0]);
    const Uint128 p01 = wide(a.limbs[0], b.limbs[1]);
    const Uint128 p10 = wide(a.limbs[1], b.limbs[0]);
    const Uint128 p02 = wide(a.limbs[0], b.limbs[2]);
    const Uint128 p11 = wide(a.limbs[1], b.limbs[1]);
    const Uint128 p20 = wide(a.limbs[2], b.limbs[0]);

    const Uint128 column1 = (p00 >> 64) + static_cast<std::uint64_t>(p01) + static_cast<std::uint64_t>(p10);
    const Uint128 column2 = (column1 >> 64) + (p01 >> 64) + (p10 >> 64) + static_cast<std::uint64_t>(p02) +
                            static_cast<std::uint64_t>(p11) + static_cast<std::uint64_t>(p20);
    const std::uint64_t column3 = static_cast<std::uint64_t>(column2 >> 64) + static_cast<std::uint64_t>(p02 >> 64) +
                                  static_cast<std::uint64_t>(p11 >> 64) + static_cast<std::uint64_t>(p20 >> 64) +
                                  a.limbs[0] * b.limbs[3] + a.limbs[1] * b.limbs[2] + a.limbs[2] * b.limbs[1] +
                                  a.limbs[3] * b.limbs[0];
    return {static_cast<std::uint64_t>(p00), static_cast<std::uint64_t>(column1), static_cast<std::uint64_t>(column2),
        column3};
}

/// The 512-bit product, least significant limb first.
struct WideProduct
{
    std::uint64_t limbs[8]{};

    [[nodiscard]] constexpr U256 high() const noexcept { return {limbs[4], limbs[5], limbs[6], limbs[7]}; }
};

constexpr WideProduct multiply_wide(const U256& a, const U256& b) noexcept
{
    WideProduct product;
    for (int i = 0; i < 4; ++i)
    {
        std::uint64_t carry = 0;
        for (int j = 0; j < 4; ++j)
        {
            const Uint128 step = static_cast<Uint128>(a.limbs[i]) * b.limbs[j] + product.limbs[i + j] + carry;
            product.limbs[i + j] = static_cast<std::uint64_t>(step);
            carry = static_cast<std::uint64_t>(step >> 64);
        }
        product.limbs[i + 4] = carry;
    }
    return product;
}

/// Logical shift left; 0 if `count` is 256 or more. Branches on the word part, which code rarely varies.
constexpr U256 operator<<(const U256& a, std::uint64_t count) noexcept
{
    if (count >= 256)
        return {};
    const auto bits = static_cast<unsigned>(count % 64);
    const std::uint64_t* const in = a.limbs;
    const auto join = [bits](std::uint64_t high, std::uint64_t low)
    { return static_cast<std::uint64_t>((((static_cast<Uint128>(high) << 64) | low) << bits) >> 64); };
    switch (count / 64)
    {
        case 0:
            return {in[0] << bits, join(in[1], in[0]), join(in[2], in[1]), join(in[3], in[2])};
        case 1:
            return {0, in[0] << bits, join(in[1], in[0]), join(in[2], in[1])};
        case 2:
            return {0, 0, in[0] << bits, join(in[1], in[0])};
        default:
            return {0, 0, 0, in[0] << bits};
    }
}

/// Logical shift right; 0 if `count` is 256 or more.
constexpr U256 operator>>(const U256& a, std::uint64_t count) noexcept
{
    if (count >= 256)
        return {};
    const auto bits = static_cast<unsigned>(count % 64);
    const std::uint64_t* const in = a.limbs;
    const auto join = [bits](std::uint64_t high, std::uint64_t low)
    { return static_cast<std::uint64_t>(((static_cast<Uint128>(high) << 64) | low) >> bits); };
    switch (count / 64)
    {
        case 0:
            return {join(in[1], in[0]), join(in[2], in[1]), join(in[3], in[2]), in[3] >> bits};
        case 1:
            return {join(in[2], in[1]), join(in[3], in[2]), in[3] >> bits, 0};
        case 2:
            return {join(in[3], in[2]), in[3] >> bits, 0, 0};
        default:
            return {in[3] >> bits, 0, 0, 0};
    }
}

constexpr U256& operator+=(U256& a, const U256& b) noexcept
{
    return a = a + b;
}

constexpr U256& operator-=(U256& a, const U256& b) noexcept
{
    return a = a - b;
}

/// Quotient and remainder.
struct Division
{
    U256 quotient;
    U256 remainder;
};

/// Unsigned division; quotient and remainder are 0 for a zero divisor, as the EVM's DIV and MOD want it.
Division divide(const U256& dividend, const U256& divisor) noexcept;

/// Division of two's complement numbers truncating towards zero, as SDIV and SMOD want it.
Division divide_signed(const U256& dividend, const U256& divisor) noexcept;

/// (a + b) mod m without overflow; 0 if m is 0.
U256 add_modulo(const U256& a, const U256& b, const U256& modulus) noexcept;

/// (a * b) mod m of the full 512-bit product; 0 if m is 0.
U256 multiply_modulo(const U256& a, const U256& b, const U256& modulus) noexcept;

/// base^exponent mod 2^256.
U256 power(U256 base, const U256& exponent) noexcept;

inline U256 operator/(const U256& a, const U256& b) noexcept
{
    return divide(a, b).quotient;
}

inline U256 operator%(const U256& a, const U256& b) noexcept
{
    return divide(a, b).remainder;
}

/// Reads 32 big-endian bytes.
inline U256 load_big_endian(const Byte* source) noexcept
{
    std::uint64_t words[4];
    std::memcpy(words, source, 32);
    return {__builtin_bswap64(words[3]), __builtin_bswap64(words[2]), __builtin_bswap64(words[1]),
        __builtin_bswap64(words[0])};
}

/// Writes 32 big-endian bytes.
inline void store_big_endian(Byte* target, const U256& value) noexcept
{
    const std::uint64_t words[4] = {__builtin_bswap64(value.limbs[3]), __builtin_bswap64(value.limbs[2]),
        __builtin_bswap64(value.limbs[1]), __builtin_bswap64(value.limbs[0])};
    std::memcpy(target, words, 32);
}

/// The number that the 32 bytes are in big-endian order.
inline U256 to_u256(const Hash& hash) noexcept
{
    return load_big_endian(hash.data());
}

/// The number that at most 32 big-endian bytes are; the caller has checked the length.
inline U256 to_u256(BytesView bytes) noexcept
{
    Byte padded[32] = {};
    if (!bytes.empty())
        std::memcpy(padded + 32 - bytes.size(), bytes.data(), bytes.size());
    return load_big_endian(padded);
}

/// The number of an address, as CALLER and the like push it.
inline U256 to_u256(const Address& address) noexcept
{
    return to_u256(address.view());
}

/// 32 big-endian bytes of the number.
inline Hash to_hash(const U256& value) noexcept
{
    Hash result;
    store_big_endian(result.data(), value);
    return result;
}

/// The low 160 bits, as the EVM reads an address from the stack.
inline Address to_address(const U256& value) noexcept
{
    Byte bytes[32];
    store_big_endian(bytes, value);
    Address result;
    std::memcpy(result.data(), bytes + 12, 20);
    return result;
}
}  // namespace jiffy::base
