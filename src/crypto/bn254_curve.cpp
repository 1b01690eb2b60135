// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254_curve.hpp"

#include <algorithm>

namespace jiffy::crypto::bn254
{
namespace
{
constexpr Fp g1_b = Fp::from(3);

/// 3 / xi.
constexpr Fp2 g2_b{Fp::from({0x3267e6dc24a138e5, 0xb5b4c5e559dbefa3, 0x81be18991be06ac3, 0x2b149d40ceb8aaae}),
    Fp::from({0xe4a2bd0685c315d2, 0xa74fa084e52d1852, 0xcd2cafadeed8fdf4, 0x009713b03af0fed4})};

/// A cube root of 1: (x, y) -> (beta x, y) multiplies the points of G1 by lambda = 36 x^3 + 18 x^2 + 6 x + 1.
constexpr Fp beta = Fp::from({0x5763473177fffffe, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0});

constexpr Uint128 x = curve_parameter;

/// Number with a sign apart.
struct HalfScalar
{
    Uint128 magnitude;
    bool negative;
};

/// k = first + second lambda modulo r.
struct SplitScalar
{
    HalfScalar first;
    HalfScalar second;
};

constexpr U256 widen(Uint128 value) noexcept
{
    return {static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64), 0, 0};
}

HalfScalar to_half(const U256& value) noexcept
{
    const bool negative = value.is_negative();
    const U256 magnitude = negative ? -value : value;
    return {(static_cast<Uint128>(magnitude.limbs[1]) << 64) | magnitude.limbs[0], negative};
}

/// Gallant, Lambert and Vanstone's splitting of a scalar below r. (2 x + 1, -(6 x^2 + 2 x)) and (6 x^2 + 4 x + 1, 2 x +
/// 1) span the pairs (a, b) with a + b lambda = 0; taking away the multiples of them nearest below leaves less
/// than 1.04 * 2^127.
SplitScalar split(const U256& scalar) noexcept
{
    constexpr U256 short_side = widen(2 * x + 1);
    constexpr U256 first_side = widen(6 * x * x + 4 * x + 1);
    constexpr U256 second_side = widen(6 * x * x + 2 * x);
    // 2^256 (2 x + 1) / r and 2^256 (6 x^2 + 2 x) / r.
    constexpr U256 first_quotient{0xd91d232ec7e0b3d7, 2, 0, 0};
    constexpr U256 second_quotient{0x7a7bd9d4391eb18d, 0x4ccef014a773d2cf, 2, 0};
    const U256 first_multiple = multiply_wide(scalar, first_quotient).high();
    const U256 second_multiple = multiply_wide(scalar, second_quotient).high();
    return {to_half(scalar - first_multiple * short_side - second_multiple * first_side),
        to_half(first_multiple * second_side - second_multiple * short_side)};
}

constexpr unsigned window = 5;
constexpr std::size_t table_size = 1U << (window - 2);

/// P, 3 P, 5 P, ... as affine points of an isomorphic curve, so that no inversion is needed: (X, Y, Z) there is
/// (X, Y, Z scale) here. The formulas of addition do not depend on the curve's constant.
struct OddMultiples
{
    std::array<G1, table_size> points;
    Fp scale;
};

OddMultiples odd_multiples(const G1& point) noexcept
{
    // On the curve where 2 P has z = 1, each step adds it to the last multiple; `ratios` are the factors of z.
    const auto doubled = twice(Jacobian<Fp>{point.x, point.y, Fp::one()});
    const Fp z_squared = square(doubled.z);
    const G1 step{doubled.x, doubled.y};
    Jacobian<Fp> multiple{point.x * z_squared, point.y * (z_squared * doubled.z), Fp::one()};
    OddMultiples result;
    std::array<Fp, table_size> ratios;
    result.points[0] = {multiple.x, multiple.y};
    for (std::size_t i = 1; i < table_size; ++i)
    {
        const auto difference = differences(multiple, step);
        multiple = add_by_differences(multiple, difference);
        result.points[i] = {multiple.x, multiple.y};
        ratios[i] = difference.x;
    }
    result.scale = multiple.z * doubled.z;
    // On to the curve where the last multiple has z = 1.
    Fp ratio = Fp::one();
    for (std::size_t i = table_size - 1; i > 0; --i)
    {
        ratio = ratio * ratios[i];
        const Fp ratio_squared = square(ratio);
        auto& [px, py] = result.points[i - 1];
        px = px * ratio_squared;
        py = py * (ratio_squared * ratio);
    }
    return result;
}

void add_multiple(Jacobian<Fp>& sum, const std::array<G1, table_size>& multiples, int digit, bool negate) noexcept
{
    if (digit == 0)
        return;
    const auto& multiple = multiples[static_cast<std::size_t>(digit < 0 ? -digit : digit) / 2];
    sum = sum + ((digit < 0) != negate ? -multiple : multiple);
}
}  // namespace

bool is_on_curve(const G1& point) noexcept
{
    return square(point.y) == square(point.x) * point.x + g1_b;
}

bool is_on_curve(const G2& point) noexcept
{
    return square(point.y) == square(point.x) * point.x + g2_b;
}

Jacobian<Fp> multiply(const G1& point, const U256& scalar) noexcept
{
    const auto [first, second] = split(scalar < group_order ? scalar : scalar % group_order);
    const auto first_digits = signed_digits(first.magnitude, window);
    const auto second_digits = signed_digits(second.magnitude, window);
    const auto multiples = odd_multiples(point);
    auto lambda_multiples = multiples.points;
    for (auto& multiple : lambda_multiples)
        multiple.x = multiple.x * beta;

    Jacobian<Fp> sum{Fp::one(), Fp::one(), Fp::zero()};
    for (auto i = std::max(first_digits.count, second_digits.count); i-- > 0;)
    {
        sum = twice(sum);
        add_multiple(sum, multiples.points, first_digits.digits[i], first.negative);
        add_multiple(sum, lambda_multiples, second_digits.digits[i], second.negative);
    }
    sum.z = sum.z * multiples.scale;
    return sum;
}

G2 psi(const G2& point) noexcept
{
    return {conjugate(point.x) * frobenius_factors[1], conjugate(point.y) * frobenius_factors[2]};
}

bool has_prime_order(const G2& point) noexcept
{
    // 6 x + 2 + psi - psi^2 + psi^3 is 0 exactly on these points: the resultant of this polynomial and psi's
    // characteristic one, T^2 - t T + p, shares only the factor r with the order of the twist.
    Jacobian<Fp2> sum{point.x, point.y, Fp2::one()};
    for (auto i = ate_loop.count - 1; i-- > 0;)
    {
        sum = twice(sum);
        if (const int digit = ate_loop.digits[i]; digit != 0)
            sum = sum + (digit > 0 ? point : -point);
    }
    const G2 psi1 = psi(point);
    const G2 psi2 = psi(psi1);
    return (sum + psi1 + -psi2 + psi(psi2)).is_infinity();
}
}  // namespace jiffy::crypto::bn254
