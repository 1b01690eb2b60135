// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/bn254_tower.hpp"

#include <array>

namespace jiffy::crypto::bn254
{
/// The order r of both groups (EIP-197).
inline constexpr U256 group_order{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};

/// The number x from which the curve is made: p = 36 x^4 + 36 x^3 + 24 x^2 + 6 x + 1.
inline constexpr std::uint64_t curve_parameter = 0x44e992b44a6909f1;

/// A finite point (x, y).
template <class Field>
struct Affine
{
    Field x;
    Field y;

    friend constexpr bool operator==(const Affine&, const Affine&) noexcept = default;
};

/// The point (x / z^2, y / z^3), infinity if z is 0, on a curve y^2 = x^3 + b.
template <class Field>
struct Jacobian
{
    Field x;
    Field y;
    Field z;

    [[nodiscard]] bool is_infinity() const noexcept { return z.is_zero(); }
};

using G1 = Affine<Fp>;
/// On the twist y^2 = x^3 + 3 / xi.
using G2 = Affine<Fp2>;

bool is_on_curve(const G1& point) noexcept;
bool is_on_curve(const G2& point) noexcept;

template <class Field>
Affine<Field> operator-(const Affine<Field>& point) noexcept
{
    return {point.x, -point.y};
}

template <class Field>
Jacobian<Field> twice(const Jacobian<Field>& a) noexcept
{
    const Field y_squared = square(a.y);
    const Field x_squared = square(a.x);
    const Field slope = half(twice(x_squared) + x_squared);
    const Field xy_squared = a.x * y_squared;
    const Field x = square(slope) - twice(xy_squared);
    return {x, difference_of_products(slope, xy_squared - x, y_squared, y_squared), a.y * a.z};
}

/// The coordinates of b brought to a's z, minus a's.
template <class Field>
struct Differences
{
    Field x;
    Field y;
};

template <class Field>
Differences<Field> differences(const Jacobian<Field>& a, const Affine<Field>& b) noexcept
{
    const Field z_squared = square(a.z);
    return {b.x * z_squared - a.x, b.y * (z_squared * a.z) - a.y};
}

/// a + b by their differences, if that of x is not 0. The result's z is a's times it.
template <class Field>
Jacobian<Field> add_by_differences(const Jacobian<Field>& a, const Differences<Field>& difference) noexcept
{
    // Products that do not wait for each other stand together: the processor overlaps neighbours only.
    const Field x_squared = square(difference.x);
    const Field z = a.z * difference.x;
    const Field y_squared = square(difference.y);
    const Field x_cubed = x_squared * difference.x;
    const Field scaled_x = a.x * x_squared;
    const Field x = y_squared - x_cubed - twice(scaled_x);
    return {x, difference_of_products(difference.y, scaled_x - x, a.y, x_cubed), z};
}

/// a + b for any two points.
template <class Field>
Jacobian<Field> operator+(const Jacobian<Field>& a, const Affine<Field>& b) noexcept
{
    if (a.is_infinity())
        return {b.x, b.y, Field::one()};
    const auto difference = differences(a, b);
    if (difference.x.is_zero())
        return difference.y.is_zero() ? twice(a) : Jacobian<Field>{Field::one(), Field::one(), Field::zero()};
    return add_by_differences(a, difference);
}

/// The coordinates; the point is finite.
template <class Field>
Affine<Field> to_affine(const Jacobian<Field>& point) noexcept
{
    const Field z = inverse(point.z);
    const Field z_squared = square(z);
    return {point.x * z_squared, point.y * (z_squared * z)};
}

/// scalar * point in G1.
Jacobian<Fp> multiply(const G1& point, const U256& scalar) noexcept;

/// The endomorphism psi of the twist: the p-th power map of the curve seen from there.
G2 psi(const G2& point) noexcept;

/// True if the point, which is on the twist, has order r.
bool has_prime_order(const G2& point) noexcept;

/// Non-adjacent form: the number is the sum of digits[i] 2^i with odd digits between -2^(width - 1) and 2^(width - 1),
/// and of any `width` digits in a row at most one is not 0.
struct SignedDigits
{
    std::array<std::int8_t, 129> digits{};
    /// One more than the index of the last digit that is not 0.
    std::size_t count = 0;
};

/// The number is below 2^128 - 2^width.
constexpr SignedDigits signed_digits(Uint128 number, unsigned width) noexcept
{
    SignedDigits result;
    const int radix = 1 << width;
    for (std::size_t i = 0; number != 0; ++i)
    {
        if ((number & 1) != 0)
        {
            int digit = static_cast<int>(number & static_cast<unsigned>(radix - 1));
            if (digit >= radix / 2)
                digit -= radix;
            number -= static_cast<Uint128>(digit);
            result.digits[i] = static_cast<std::int8_t>(digit);
            result.count = i + 1;
        }
        number >>= 1;
    }
    return result;
}

/// The loop length 6 x + 2 of the optimal ate pairing.
inline constexpr SignedDigits ate_loop = signed_digits(static_cast<Uint128>(curve_parameter) * 6 + 2, 2);
}  // namespace jiffy::crypto::bn254
