// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/portable/montgomery.hpp"

#include <optional>

namespace jiffy::crypto::portable
{
/// Arithmetic on y^2 = x^3 + a x + b of prime order. `Curve` names the types `Coordinate` (modulo the field prime) and
/// `Scalar` (modulo the order) and the constants a, b, generator_x and generator_y.
template <typename Curve>
struct Weierstrass
{
    using Coordinate = typename Curve::Coordinate;
    using Scalar = typename Curve::Scalar;

    struct Affine
    {
        Coordinate x;
        Coordinate y;
    };

    /// (X / Z^2, Y / Z^3); Z is 0 at infinity.
    struct Jacobian
    {
        Coordinate x;
        Coordinate y;
        Coordinate z;
    };

    static constexpr Affine generator{Curve::generator_x, Curve::generator_y};

    static constexpr Coordinate right_side(const Coordinate& x) noexcept { return (x * x + Curve::a) * x + Curve::b; }

    static constexpr bool contains(const Affine& point) noexcept { return point.y * point.y == right_side(point.x); }

    static constexpr Jacobian twice(const Jacobian& p) noexcept
    {
        // There is no point of order 2, so y is 0 at most at infinity, where the formulas keep z 0.
        const Coordinate yy = p.y * p.y;
        const Coordinate xx = p.x * p.x;
        Coordinate slope = xx + xx + xx;
        if (!Curve::a.is_zero())
        {
            const Coordinate zz = p.z * p.z;
            slope = slope + Curve::a * zz * zz;
        }
        const Coordinate x_yy = p.x * yy;
        const Coordinate x_yy2 = x_yy + x_yy;
        const Coordinate s = x_yy2 + x_yy2;
        const Coordinate yy2 = yy + yy;
        const Coordinate yyyy4 = yy2 * yy2;
        const Coordinate yz = p.y * p.z;
        const Coordinate x = slope * slope - s - s;
        return {x, slope * (s - x) - yyyy4 - yyyy4, yz + yz};
    }

    static constexpr Jacobian add(const Jacobian& p, const Jacobian& q) noexcept
    {
        if (p.z.is_zero())
            return q;
        if (q.z.is_zero())
            return p;
        const Coordinate p_zz = p.z * p.z;
        const Coordinate q_zz = q.z * q.z;
        const Coordinate u1 = p.x * q_zz;
        const Coordinate s1 = p.y * q_zz * q.z;
        const Coordinate h = q.x * p_zz - u1;
        const Coordinate slope = q.y * p_zz * p.z - s1;
        if (h.is_zero())
            return slope.is_zero() ? twice(p) : Jacobian{};
        const Coordinate hh = h * h;
        const Coordinate hhh = h * hh;
        const Coordinate v = u1 * hh;
        const Coordinate x = slope * slope - hhh - v - v;
        return {x, slope * (v - x) - s1 * hhh, p.z * q.z * h};
    }

    /// u G + v Q, G the generator; both numbers' bits are read together.
    static constexpr Jacobian combination(const Scalar& u, const Scalar& v, const Affine& q) noexcept
    {
        const Jacobian g{generator.x, generator.y, Coordinate::one()};
        const Jacobian q_point{q.x, q.y, Coordinate::one()};
        const Jacobian sums[4] = {{}, g, q_point, add(g, q_point)};
        const U256 u_bits = u.number();
        const U256 v_bits = v.number();
        Jacobian result{};
        for (unsigned bit = 256; bit-- > 0;)
        {
            result = twice(result);
            const auto u_bit = u_bits.limbs[bit / 64] >> (bit % 64) & 1;
            const auto v_bit = v_bits.limbs[bit / 64] >> (bit % 64) & 1;
            if ((u_bit | v_bit) != 0)
                result = add(result, sums[u_bit + 2 * v_bit]);
        }
        return result;
    }

    /// The affine form; empty at infinity.
    static constexpr std::optional<Affine> to_affine(const Jacobian& p) noexcept
    {
        if (p.z.is_zero())
            return std::nullopt;
        const Coordinate inverse = p.z.inverse();
        const Coordinate inverse_squared = inverse * inverse;
        return Affine{p.x * inverse_squared, p.y * inverse_squared * inverse};
    }
};

/// True if (r, s) is an ECDSA signature of `digest` by the key `q`, a point of the curve other than infinity (SEC 1
/// 4.1.4); r and s have been found in [1, n-1].
template <typename Curve>
bool ecdsa_verify(const U256& digest,
    const U256& r,
    const U256& s,
    const typename Weierstrass<Curve>::Affine& q) noexcept
{
    using Scalar = typename Curve::Scalar;
    const Scalar inverse = Scalar::from(s).inverse();
    const auto sum = Weierstrass<Curve>::combination(Scalar::from(digest) * inverse, Scalar::from(r) * inverse, q);
    const auto point = Weierstrass<Curve>::to_affine(sum);
    return point && Scalar::from(point->x.number()) == Scalar::from(r);
}
}  // namespace jiffy::crypto::portable
