// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

namespace jiffy::crypto::portable
{
/// An odd modulus above 2^255, with what Montgomery's multiplication needs of it.
struct Modulus
{
    U256 value;
    /// 2^256 mod the modulus: the Montgomery form of 1.
    U256 one;
    /// 2^512 mod the modulus.
    U256 radix_squared;
    /// -1 / modulus mod 2^64.
    std::uint64_t negated_inverse = 0;

    static constexpr Modulus of(const U256& value) noexcept
    {
        Modulus result;
        result.value = value;
        result.one = -value;
        result.radix_squared = result.one;
        for (int i = 0; i < 256; ++i)
        {
            const auto [doubled, carry] = add_with_carry(result.radix_squared, result.radix_squared);
            result.radix_squared = carry || doubled >= value ? doubled - value : doubled;
        }
        // Newton's iteration doubles the number of right bits; x is its own inverse modulo 8.
        std::uint64_t inverse = value.limbs[0];
        for (int i = 0; i < 5; ++i)
            inverse *= 2 - value.limbs[0] * inverse;
        result.negated_inverse = 0 - inverse;
        return result;
    }
};

/// Number modulo M, held as its Montgomery form (number * 2^256 mod M), always below M. Time depends on the values.
template <const Modulus& M>
struct Residue
{
    U256 montgomery;

    static constexpr Residue one() noexcept { return {M.one}; }

    /// The residue of any 256-bit number.
    static constexpr Residue from(const U256& number) noexcept
    {
        return Residue{number >= M.value ? number - M.value : number} * Residue{M.radix_squared};
    }

    /// The number below M.
    [[nodiscard]] constexpr U256 number() const noexcept { return (*this * Residue{U256{1}}).montgomery; }

    [[nodiscard]] constexpr bool is_zero() const noexcept { return montgomery.is_zero(); }

    friend constexpr bool operator==(const Residue&, const Residue&) noexcept = default;

    friend constexpr Residue operator+(const Residue& a, const Residue& b) noexcept
    {
        const auto [sum, carry] = add_with_carry(a.montgomery, b.montgomery);
        return {carry || sum >= M.value ? sum - M.value : sum};
    }

    friend constexpr Residue operator-(const Residue& a, const Residue& b) noexcept
    {
        const auto [difference, borrow] = subtract_with_borrow(a.montgomery, b.montgomery);
        return {borrow ? difference + M.value : difference};
    }

    friend constexpr Residue operator-(const Residue& a) noexcept { return Residue{} - a; }

    friend constexpr Residue operator*(const Residue& a, const Residue& b) noexcept
    {
        // Rows of the product and multiples of M by turns; each turn drops a low word that has become 0.
        std::uint64_t sum[6] = {};
        const auto add_product = [&sum](const U256& factor, std::uint64_t word)
        {
            Uint128 carry = 0;
            for (std::size_t i = 0; i < 4; ++i)
            {
                carry += static_cast<Uint128>(factor.limbs[i]) * word + sum[i];
                sum[i] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            carry += sum[4];
            sum[4] = static_cast<std::uint64_t>(carry);
            sum[5] += static_cast<std::uint64_t>(carry >> 64);
        };
        for (const std::uint64_t word : b.montgomery.limbs)
        {
            add_product(a.montgomery, word);
            add_product(M.value, sum[0] * M.negated_inverse);
            for (std::size_t i = 0; i < 5; ++i)
                sum[i] = sum[i + 1];
            sum[5] = 0;
        }
        const U256 result{sum[0], sum[1], sum[2], sum[3]};
        return {sum[4] != 0 || result >= M.value ? result - M.value : result};
    }

    [[nodiscard]] constexpr Residue power(const U256& exponent) const noexcept
    {
        Residue result = one();
        for (unsigned bit = exponent.bit_length(); bit-- > 0;)
        {
            result = result * result;
            if ((exponent.limbs[bit / 64] >> (bit % 64) & 1) != 0)
                result = result * *this;
        }
        return result;
    }

    /// 1 / *this by Fermat's little theorem, as M is prime; 0 for 0.
    [[nodiscard]] constexpr Residue inverse() const noexcept { return power(M.value - U256{2}); }
};
}  // namespace jiffy::crypto::portable
