// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254_pairing.hpp"

namespace jiffy::crypto::bn254
{
namespace
{
/// The constant 3 / xi of the twist times 3.
constexpr Fp2 triple_b{Fp::from({0x1ef69c66bce9b021, 0xf21b7c8d3cb039cf, 0x1499be5e509e8f8f, 0x20753adca9c6bfb8}),
    Fp::from({0xade8371391494176, 0xf5eee18eaf8748f8, 0x67860f09cc8af9dd, 0x01c53b10b0d2fc7e})};

/// The point (x / z, y / z) of the twist: homogeneous coordinates make the cheapest lines (Costello, Lange and Naehrig,
/// "Faster pairing computations on curves with high-degree twists", 2010).
struct Projective
{
    Fp2 x;
    Fp2 y;
    Fp2 z;
};

/// Doubles `t`; the line is the tangent at it, evaluated at `p`.
Line double_step(Projective& t, const G1& p) noexcept
{
    const Fp2 half_xy = half(t.x * t.y);
    const Fp2 y_squared = square(t.y);
    const Fp2 z_squared = square(t.z);
    const Fp2 e = triple_b * z_squared;
    const Fp2 f = twice(e) + e;
    const Fp2 g = half(y_squared + f);
    const Fp2 yz_twice = square(t.y + t.z) - (y_squared + z_squared);
    const Fp2 x_squared = square(t.x);
    const Fp2 e_squared = square(e);
    t = {half_xy * (y_squared - f), square(g) - (twice(e_squared) + e_squared), y_squared * yz_twice};
    return {-(yz_twice * p.y), (twice(x_squared) + x_squared) * p.x, e - y_squared};
}

/// Adds `q` to `t`; the line is the one through both, evaluated at `p`. Makes z 0, for good, if they have the same x.
Line add_step(Projective& t, const G2& q, const G1& p) noexcept
{
    const Fp2 y_difference = t.y - q.y * t.z;
    const Fp2 x_difference = t.x - q.x * t.z;
    const Fp2 d = square(x_difference);
    const Fp2 e = x_difference * d;
    const Fp2 f = t.z * square(y_difference);
    const Fp2 g = t.x * d;
    const Fp2 h = e + f - twice(g);
    t = {x_difference * h, difference_of_products(y_difference, g - h, e, t.y), t.z * e};
    return {x_difference * p.y, -(y_difference * p.x), difference_of_products(y_difference, q.x, x_difference, q.y)};
}

bool equal(const Projective& a, const G2& b) noexcept
{
    return !a.z.is_zero() && a.x == b.x * a.z && a.y == b.y * a.z;
}

/// a^x for the curve's parameter x; `a` is in the cyclotomic subgroup.
Fp12 power_of_parameter(const Fp12& a) noexcept
{
    static constexpr SignedDigits digits = signed_digits(curve_parameter, 4);
    const Fp12 a_squared = cyclotomic_square(a);
    std::array<Fp12, 4> odd_powers{a};
    for (std::size_t i = 1; i < odd_powers.size(); ++i)
        odd_powers[i] = odd_powers[i - 1] * a_squared;
    const auto odd_power = [&](int digit)
    {
        return digit > 0 ? odd_powers[static_cast<std::size_t>(digit / 2)]
                         : conjugate(odd_powers[static_cast<std::size_t>(-digit / 2)]);
    };
    Fp12 result = odd_power(digits.digits[digits.count - 1]);
    for (auto i = digits.count - 1; i-- > 0;)
    {
        result = cyclotomic_square(result);
        if (digits.digits[i] != 0)
            result = result * odd_power(digits.digits[i]);
    }
    return result;
}
}  // namespace

std::optional<Fp12> miller_loop(std::span<const Pair> pairs) noexcept
{
    std::array<Projective, max_pairs> points;
    for (std::size_t i = 0; i < pairs.size(); ++i)
        points[i] = {pairs[i].q.x, pairs[i].q.y, Fp2::one()};
    Fp12 product = Fp12::one();
    for (auto step = ate_loop.count - 1; step-- > 0;)
    {
        if (step != ate_loop.count - 2)
            product = square(product);
        for (std::size_t i = 0; i < pairs.size(); ++i)
            product = product * double_step(points[i], pairs[i].p);
        if (const int digit = ate_loop.digits[step]; digit != 0)
            for (std::size_t i = 0; i < pairs.size(); ++i)
                product = product * add_step(points[i], digit > 0 ? pairs[i].q : -pairs[i].q, pairs[i].p);
    }
    for (std::size_t i = 0; i < pairs.size(); ++i)
    {
        const G2 psi1 = psi(pairs[i].q);
        const G2 psi2 = psi(psi1);
        product = product * add_step(points[i], psi1, pairs[i].p);
        product = product * add_step(points[i], -psi2, pairs[i].p);
        // The loop has computed what the test of `has_prime_order` needs. A step that meets two points of the same x
        // leaves z = 0, and that does not happen to a point of order r.
        if (!equal(points[i], -psi(psi2)))
            return std::nullopt;
    }
    return product;
}

Fp12 final_exponentiation(const Fp12& product) noexcept
{
    // To the power (p^6 - 1) (p^2 + 1), then 2 x (6 x^2 + 3 x + 1) (p^4 - p^2 + 1) / r, which is
    // (1 + 6x + 12x^2 + 12x^3) + (4x + 6x^2 + 12x^3) p + (6x + 6x^2 + 12x^3) p^2 + (-1 + 4x + 6x^2 + 12x^3) p^3
    // (Fuentes-Castaneda, Knapp and Rodriguez-Henriquez, "Faster hashing to G2", 2011).
    const Fp12 unitary = conjugate(product) * inverse(product);
    const Fp12 a = frobenius_squared(unitary) * unitary;

    const Fp12 a_2x = cyclotomic_square(power_of_parameter(a));
    const Fp12 a_6x = cyclotomic_square(a_2x) * a_2x;
    const Fp12 a_6xx = power_of_parameter(a_6x);
    const Fp12 a_12xxx = power_of_parameter(cyclotomic_square(a_6xx));
    const Fp12 second = a_12xxx * a_6xx * a_6x;
    const Fp12 first = second * conjugate(a_2x);
    return second * a_6xx * a * frobenius(first) * frobenius_squared(second) * frobenius_cubed(first * conjugate(a));
}
}  // namespace jiffy::crypto::bn254
