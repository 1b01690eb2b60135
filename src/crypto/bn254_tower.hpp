// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/bn254_field.hpp"

namespace jiffy::crypto::bn254
{
/// Element c0 + c1 i of F_p^2, i^2 = -1.
struct Fp2
{
    Fp c0;
    Fp c1;

    static constexpr Fp2 zero() noexcept { return {}; }
    static constexpr Fp2 one() noexcept { return {Fp::one(), Fp::zero()}; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return c0.is_zero() && c1.is_zero(); }

    friend constexpr bool operator==(const Fp2&, const Fp2&) noexcept = default;
};

/// Element c0 + c1 v + c2 v^2 of F_p^6, v^3 = xi = 9 + i.
struct Fp6
{
    Fp2 c0;
    Fp2 c1;
    Fp2 c2;

    friend constexpr bool operator==(const Fp6&, const Fp6&) noexcept = default;
};

/// Element c0 + c1 w of F_p^12, w^2 = v; that is the sum of c0.c0, c1.c0, c0.c1, c1.c1, c0.c2, c1.c2 times w^0 to w^5.
struct Fp12
{
    Fp6 c0;
    Fp6 c1;

    static constexpr Fp12 one() noexcept { return {{Fp2::one(), {}, {}}, {}}; }

    friend constexpr bool operator==(const Fp12&, const Fp12&) noexcept = default;
};

inline Fp2 operator+(const Fp2& a, const Fp2& b) noexcept
{
    return {a.c0 + b.c0, a.c1 + b.c1};
}

inline Fp2 operator-(const Fp2& a, const Fp2& b) noexcept
{
    return {a.c0 - b.c0, a.c1 - b.c1};
}

inline Fp2 operator-(const Fp2& a) noexcept
{
    return {-a.c0, -a.c1};
}

inline Fp2 twice(const Fp2& a) noexcept
{
    return a + a;
}

inline Fp2 half(const Fp2& a) noexcept
{
    return {half(a.c0), half(a.c1)};
}

/// The conjugate, which is also the p-th power.
inline Fp2 conjugate(const Fp2& a) noexcept
{
    return {a.c0, -a.c1};
}

/// a xi.
inline Fp2 multiply_by_xi(const Fp2& a) noexcept
{
    return {nine_times_minus(a.c0, a.c1), nine_times_minus(a.c1, negated_factor(a.c0))};
}

Fp2 operator*(const Fp2& a, const Fp2& b) noexcept;
Fp2 operator*(const Fp2& a, const Fp& b) noexcept;
Fp2 square(const Fp2& a) noexcept;
/// a b - c d.
Fp2 difference_of_products(const Fp2& a, const Fp2& b, const Fp2& c, const Fp2& d) noexcept;
/// 1 / a; 0 for 0.
Fp2 inverse(const Fp2& a) noexcept;

/// The line l0 + l1 w + l3 w^3 of the Miller loop.
struct Line
{
    Fp2 l0;
    Fp2 l1;
    Fp2 l3;
};

Fp12 operator*(const Fp12& a, const Fp12& b) noexcept;
Fp12 operator*(const Fp12& a, const Line& line) noexcept;
Fp12 square(const Fp12& a) noexcept;
Fp12 inverse(const Fp12& a) noexcept;

/// The p^6-th power; the inverse of an element of the cyclotomic subgroup.
Fp12 conjugate(const Fp12& a) noexcept;

/// a^p, a^(p^2) and a^(p^3).
Fp12 frobenius(const Fp12& a) noexcept;
Fp12 frobenius_squared(const Fp12& a) noexcept;
Fp12 frobenius_cubed(const Fp12& a) noexcept;

/// The square of an element whose order divides p^4 - p^2 + 1; wrong for others.
Fp12 cyclotomic_square(const Fp12& a) noexcept;

/// xi^(k (p - 1) / 6) for k from 1: the p-th power multiplies w^k by it.
extern const Fp2 frobenius_factors[5];
}  // namespace jiffy::crypto::bn254
