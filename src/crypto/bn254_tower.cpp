// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254_tower.hpp"

namespace jiffy::crypto::bn254
{
constexpr Fp2 frobenius_factors[5] = {
    {Fp::from({0xd60b35dadcc9e470, 0x5c521e08292f2176, 0xe8b99fdd76e68b60, 0x1284b71c2865a7df}),
        Fp::from({0xca5cf05f80f362ac, 0x747992778eeec7e5, 0xa6327cfe12150b8e, 0x246996f3b4fae7e6})},
    {Fp::from({0x99e39557176f553d, 0xb78cc310c2c3330c, 0x4c0bec3cf559b143, 0x2fb347984f7911f7}),
        Fp::from({0x1665d51c640fcba2, 0x32ae2a1d0b7c9dce, 0x4ba4cc8bd75a0794, 0x16c9e55061ebae20})},
    {Fp::from({0xdc54014671a0135a, 0xdbaae0eda9c95998, 0xdc5ec698b6e2f9b9, 0x063cf305489af5dc}),
        Fp::from({0x82d37f632623b0e3, 0x21807dc98fa25bd2, 0x0704b5a7ec796f2b, 0x07c03cbcac41049a})},
    {Fp::from({0x848a1f55921ea762, 0xd33365f7be94ec72, 0x80f3c0b75a181e84, 0x05b54f5e64eea801}),
        Fp::from({0xc13b4711cd2b8126, 0x3685d2ea1bdec763, 0x9f3a80b03b0b1c92, 0x2c145edbe7fd8aee})},
    {Fp::from({0x2ea2c810eab7692f, 0x425c459b55aa1bd3, 0xe93a3661a4353ff4, 0x0183c1e74f798649}),
        Fp::from({0x24c6b8ee6e0c2c4b, 0xb080cb99678e2ac0, 0xa27fb246c7729f7d, 0x12acf2ca76fd0675})},
};

namespace
{
/// xi^(k (p^2 - 1) / 6) for k from 1; they are in F_p.
constexpr Fp frobenius_squared_factors[5] = {
    Fp::from({0xe4bd44e5607cfd49, 0xc28f069fbb966e3d, 0x5e6dd9e7e0acccb0, 0x30644e72e131a029}),
    Fp::from({0xe4bd44e5607cfd48, 0xc28f069fbb966e3d, 0x5e6dd9e7e0acccb0, 0x30644e72e131a029}),
    Fp::from({0x3c208c16d87cfd46, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029}),
    Fp::from({0x5763473177fffffe, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0x0000000000000000}),
    Fp::from({0x5763473177ffffff, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0x0000000000000000}),
};

/// xi^(k (p^3 - 1) / 6) for k from 1.
constexpr Fp2 frobenius_cubed_factors[5] = {
    {Fp::from({0xe86f7d391ed4a67f, 0x894cb38dbe55d24a, 0xefe9608cd0acaa90, 0x19dc81cfcc82e4bb}),
        Fp::from({0x7694aa2bf4c0c101, 0x7f03a5e397d439ec, 0x06cbeee33576139d, 0x00abf8b60be77d73})},
    {Fp::from({0x7b746ee87bdcfb6d, 0x805ffd3d5d6942d3, 0xbaff1c77959f25ac, 0x0856e078b755ef0a}),
        Fp::from({0x380cab2baaa586de, 0x0fdf31bf98ff2631, 0xa9f30e6dec26094f, 0x04f1de41b3d1766f})},
    {Fp::from({0x5fcc8ad066dce9ed, 0xbbd689a3bea870f4, 0xdbf17f1dca9e5ea3, 0x2a275b6d9896aa4c}),
        Fp::from({0xb94d0cb3b2594c64, 0x7600ecc7d8cf6eba, 0xb14b900e9507e932, 0x28a411b634f09b8f})},
    {Fp::from({0x0e1a92bc3ccbf066, 0xe633094575b06bcb, 0x19bee0f7b5b2444e, 0x0bc58c6611c08dab}),
        Fp::from({0x5fe3ed9d730c239f, 0xa44a9e08737f96e5, 0xfeb0f6ef0cd21d04, 0x23d5e999e1910a12})},
    {Fp::from({0xebde847076261b43, 0x2ed68098967c84a5, 0x711699fa3b4d3f69, 0x13c49044952c0905}),
        Fp::from({0x1f25041384282499, 0x3e2ddaea20028021, 0x9fb1b2282a48633d, 0x16db366a59b1dd0b})},
};

Fp6 operator+(const Fp6& a, const Fp6& b) noexcept
{
    return {a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2};
}

Fp6 operator-(const Fp6& a, const Fp6& b) noexcept
{
    return {a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2};
}

Fp6 operator-(const Fp6& a) noexcept
{
    return {-a.c0, -a.c1, -a.c2};
}

Fp6 multiply_by_v(const Fp6& a) noexcept
{
    return {multiply_by_xi(a.c2), a.c0, a.c1};
}

/// a0 b0 + a1 b1 + a2 b2. Products in F_p^6 and with lines are made of this: one reduction per coordinate beats the
/// fewer multiplications of Karatsuba's way, whose additions must be reduced.
[[gnu::noinline]] Fp2 sum_of_products(const Fp2& a0,
    const Fp2& b0,
    const Fp2& a1,
    const Fp2& b1,
    const Fp2& a2,
    const Fp2& b2) noexcept
{
    const Fp minus0 = negated_factor(a0.c1);
    const Fp minus1 = negated_factor(a1.c1);
    const Fp minus2 = negated_factor(a2.c1);
    return {sum_of_products(Factors{a0.c0, b0.c0}, Factors{minus0, b0.c1}, Factors{a1.c0, b1.c0},
                Factors{minus1, b1.c1}, Factors{a2.c0, b2.c0}, Factors{minus2, b2.c1}),
        sum_of_products(Factors{a0.c0, b0.c1}, Factors{a0.c1, b0.c0}, Factors{a1.c0, b1.c1}, Factors{a1.c1, b1.c0},
            Factors{a2.c0, b2.c1}, Factors{a2.c1, b2.c0})};
}

Fp6 operator*(const Fp6& a, const Fp6& b) noexcept
{
    const Fp2 xi_b1 = multiply_by_xi(b.c1);
    const Fp2 xi_b2 = multiply_by_xi(b.c2);
    return {sum_of_products(a.c0, b.c0, a.c1, xi_b2, a.c2, xi_b1), sum_of_products(a.c0, b.c1, a.c1, b.c0, a.c2, xi_b2),
        sum_of_products(a.c0, b.c2, a.c1, b.c1, a.c2, b.c0)};
}

Fp6 inverse(const Fp6& a) noexcept
{
    // The product of the two other conjugates over F_p^2, divided by the norm.
    const Fp2 t0 = square(a.c0) - multiply_by_xi(a.c1 * a.c2);
    const Fp2 t1 = multiply_by_xi(square(a.c2)) - a.c0 * a.c1;
    const Fp2 t2 = square(a.c1) - a.c0 * a.c2;
    const Fp2 scale = inverse(sum_of_products(a.c0, t0, multiply_by_xi(a.c2), t1, multiply_by_xi(a.c1), t2));
    return {t0 * scale, t1 * scale, t2 * scale};
}

struct Squares
{
    Fp2 c0;
    Fp2 c1;
};

/// (a + b s)^2 in F_p^4, s^2 = xi.
Squares square_fp4(const Fp2& a, const Fp2& b) noexcept
{
    const Fp2 a_squared = square(a);
    const Fp2 b_squared = square(b);
    return {multiply_by_xi(b_squared) + a_squared, square(a + b) - a_squared - b_squared};
}
}  // namespace

Fp2 operator*(const Fp2& a, const Fp2& b) noexcept
{
    const Fp minus = negated_factor(a.c1);
    return {sum_of_products(Factors{a.c0, b.c0}, Factors{minus, b.c1}),
        sum_of_products(Factors{a.c0, b.c1}, Factors{a.c1, b.c0})};
}

Fp2 operator*(const Fp2& a, const Fp& b) noexcept
{
    return {a.c0 * b, a.c1 * b};
}

Fp2 square(const Fp2& a) noexcept
{
    return {(a.c0 + a.c1) * (a.c0 - a.c1), twice(a.c0) * a.c1};
}

Fp2 difference_of_products(const Fp2& a, const Fp2& b, const Fp2& c, const Fp2& d) noexcept
{
    const Fp minus_a1 = negated_factor(a.c1);
    const Fp minus_c0 = negated_factor(c.c0);
    const Fp minus_c1 = negated_factor(c.c1);
    return {sum_of_products(Factors{a.c0, b.c0}, Factors{minus_a1, b.c1}, Factors{minus_c0, d.c0}, Factors{c.c1, d.c1}),
        sum_of_products(Factors{a.c0, b.c1}, Factors{a.c1, b.c0}, Factors{minus_c0, d.c1}, Factors{minus_c1, d.c0})};
}

Fp2 inverse(const Fp2& a) noexcept
{
    const Fp scale = inverse(sum_of_products(Factors{a.c0, a.c0}, Factors{a.c1, a.c1}));
    return {a.c0 * scale, -(a.c1 * scale)};
}

Fp12 operator*(const Fp12& a, const Fp12& b) noexcept
{
    const Fp6 low = a.c0 * b.c0;
    const Fp6 high = a.c1 * b.c1;
    return {low + multiply_by_v(high), (a.c0 + a.c1) * (b.c0 + b.c1) - low - high};
}

Fp12 operator*(const Fp12& a, const Line& line) noexcept
{
    const auto& [l0, l1, l3] = line;
    const Fp2 xi_l1 = multiply_by_xi(l1);
    const Fp2 xi_l3 = multiply_by_xi(l3);
    return {{sum_of_products(a.c0.c0, l0, a.c1.c2, xi_l1, a.c1.c1, xi_l3),
                sum_of_products(a.c0.c1, l0, a.c1.c0, l1, a.c1.c2, xi_l3),
                sum_of_products(a.c0.c2, l0, a.c1.c1, l1, a.c1.c0, l3)},
        {sum_of_products(a.c1.c0, l0, a.c0.c0, l1, a.c0.c2, xi_l3),
            sum_of_products(a.c1.c1, l0, a.c0.c1, l1, a.c0.c0, l3),
            sum_of_products(a.c1.c2, l0, a.c0.c2, l1, a.c0.c1, l3)}};
}

Fp12 square(const Fp12& a) noexcept
{
    // (c0 + c1) (c0 + v c1) = c0^2 + v c1^2 + (1 + v) c0 c1.
    const Fp6 product = a.c0 * a.c1;
    const Fp6 both = (a.c0 + a.c1) * (a.c0 + multiply_by_v(a.c1));
    return {both - product - multiply_by_v(product), product + product};
}

Fp12 inverse(const Fp12& a) noexcept
{
    const Fp6 scale = inverse(a.c0 * a.c0 - multiply_by_v(a.c1 * a.c1));
    return {a.c0 * scale, -(a.c1 * scale)};
}

Fp12 conjugate(const Fp12& a) noexcept
{
    return {a.c0, -a.c1};
}

Fp12 frobenius(const Fp12& a) noexcept
{
    const auto& factors = frobenius_factors;
    return {{conjugate(a.c0.c0), conjugate(a.c0.c1) * factors[1], conjugate(a.c0.c2) * factors[3]},
        {conjugate(a.c1.c0) * factors[0], conjugate(a.c1.c1) * factors[2], conjugate(a.c1.c2) * factors[4]}};
}

Fp12 frobenius_squared(const Fp12& a) noexcept
{
    const auto& factors = frobenius_squared_factors;
    return {{a.c0.c0, a.c0.c1 * factors[1], a.c0.c2 * factors[3]},
        {a.c1.c0 * factors[0], a.c1.c1 * factors[2], a.c1.c2 * factors[4]}};
}

Fp12 frobenius_cubed(const Fp12& a) noexcept
{
    const auto& factors = frobenius_cubed_factors;
    return {{conjugate(a.c0.c0), conjugate(a.c0.c1) * factors[1], conjugate(a.c0.c2) * factors[3]},
        {conjugate(a.c1.c0) * factors[0], conjugate(a.c1.c1) * factors[2], conjugate(a.c1.c2) * factors[4]}};
}

Fp12 cyclotomic_square(const Fp12& a) noexcept
{
    // Granger and Scott, "Faster squaring in the cyclotomic subgroup of sixth degree extensions" (2010).
    const auto [s0, s1] = square_fp4(a.c0.c0, a.c1.c1);
    const auto [s2, s3] = square_fp4(a.c1.c0, a.c0.c2);
    const auto [s4, s5] = square_fp4(a.c0.c1, a.c1.c2);
    const auto triple_minus_double = [](const Fp2& s, const Fp2& x) { return twice(s - x) + s; };
    const auto triple_plus_double = [](const Fp2& s, const Fp2& x) { return twice(s + x) + s; };
    return {{triple_minus_double(s0, a.c0.c0), triple_minus_double(s2, a.c0.c1), triple_minus_double(s4, a.c0.c2)},
        {triple_plus_double(multiply_by_xi(s5), a.c1.c0), triple_plus_double(s1, a.c1.c1),
            triple_plus_double(s3, a.c1.c2)}};
}
}  // namespace jiffy::crypto::bn254
