// SPDX-License-Identifier: Apache-2.0
#include "crypto/modular_inverse.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace jiffy::crypto
{
namespace
{
using Int128 = __int128;

constexpr int batch = 62;
constexpr int limb_count = 5;
constexpr std::uint64_t limb_mask = ~0ULL >> 2;

/// Signed number in base 2^62; the sign is in the top limb, the others are in [0, 2^62).
struct Signed
{
    std::int64_t limbs[limb_count]{};

    [[nodiscard]] bool is_zero() const noexcept
    {
        return std::all_of(std::begin(limbs), std::end(limbs), [](std::int64_t limb) { return limb == 0; });
    }
    [[nodiscard]] bool is_negative() const noexcept { return limbs[limb_count - 1] < 0; }
};

Signed to_signed(const U256& value) noexcept
{
    Signed result;
    for (int i = 0; i < limb_count; ++i)
        result.limbs[i] = static_cast<std::int64_t>((value >> static_cast<unsigned>(batch * i)).low() & limb_mask);
    return result;
}

/// The number modulo 2^256, two's complement.
U256 to_u256(const Signed& value) noexcept
{
    U256 result;
    for (int i = 0; i < limb_count; ++i)
        result = result + (U256{static_cast<std::uint64_t>(value.limbs[i])} << static_cast<unsigned>(batch * i));
    return result;
}

/// 2^62 times the matrix of 62 steps: the new (f, g) is (u f + v g, q f + r g) / 2^62.
struct Transition
{
    std::int64_t u;
    std::int64_t v;
    std::int64_t q;
    std::int64_t r;
};

/// Takes 62 steps on the low bits of f (odd) and g. `minus_delta` is the negated step counter of the paper.
Transition take_steps(std::int64_t& minus_delta, std::uint64_t f, std::uint64_t g) noexcept
{
    std::uint64_t u = 1;
    std::uint64_t v = 0;
    std::uint64_t q = 0;
    std::uint64_t r = 1;
    int left = batch;
    while (true)
    {
        const int zeros = std::countr_zero(g | (~0ULL << left));
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        minus_delta -= zeros;
        left -= zeros;
        if (left == 0)
            break;
        if (minus_delta < 0)
        {
            minus_delta = -minus_delta;
            f = std::exchange(g, 0 - f);
            u = std::exchange(q, 0 - u);
            v = std::exchange(r, 0 - v);
        }
        // As long as no swap is due, several steps add a multiple of f to g at once: the one that clears g's low bits.
        // f (2 - f^2) is 1 / f modulo 2^6.
        const auto clearable = std::min<std::int64_t>({minus_delta + 1, left, 6});
        const std::uint64_t multiple = (g * f * (f * f - 2)) & ((1ULL << clearable) - 1);
        g += f * multiple;
        q += u * multiple;
        r += v * multiple;
    }
    return {static_cast<std::int64_t>(u), static_cast<std::int64_t>(v), static_cast<std::int64_t>(q),
        static_cast<std::int64_t>(r)};
}

/// (a f + b g) / 2^62, which is exact.
Signed combine(std::int64_t a, const Signed& f, std::int64_t b, const Signed& g) noexcept
{
    Signed result;
    Int128 sum = static_cast<Int128>(a) * f.limbs[0] + static_cast<Int128>(b) * g.limbs[0];
    for (int i = 1; i < limb_count; ++i)
    {
        sum >>= batch;
        sum += static_cast<Int128>(a) * f.limbs[i] + static_cast<Int128>(b) * g.limbs[i];
        result.limbs[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) & limb_mask);
    }
    result.limbs[limb_count - 1] = static_cast<std::int64_t>(sum >> batch);
    return result;
}

/// (a d + b e) / 2^62 modulo m: a multiple of m makes the division exact and keeps the result in (-2 m, m).
Signed combine_modulo(std::int64_t a,
    const Signed& d,
    std::int64_t b,
    const Signed& e,
    const Signed& modulus,
    std::uint64_t inverse_62) noexcept
{
    std::int64_t multiple = (d.is_negative() ? a : 0) + (e.is_negative() ? b : 0);
    Int128 sum = static_cast<Int128>(a) * d.limbs[0] + static_cast<Int128>(b) * e.limbs[0];
    multiple -= static_cast<std::int64_t>(
        (inverse_62 * static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(multiple)) & limb_mask);
    sum += static_cast<Int128>(modulus.limbs[0]) * multiple;
    Signed result;
    for (int i = 1; i < limb_count; ++i)
    {
        sum >>= batch;
        sum += static_cast<Int128>(a) * d.limbs[i] + static_cast<Int128>(b) * e.limbs[i] +
               static_cast<Int128>(modulus.limbs[i]) * multiple;
        result.limbs[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) & limb_mask);
    }
    result.limbs[limb_count - 1] = static_cast<std::int64_t>(sum >> batch);
    return result;
}
}  // namespace

U256 modular_inverse(const U256& a, const InverseModulus& modulus) noexcept
{
    // f d' = a d and g = a e modulo m hold throughout, up to powers of two that the division modulo m absorbs.
    const Signed m = to_signed(modulus.value);
    Signed f = m;
    Signed g = to_signed(a);
    Signed d;
    Signed e;
    e.limbs[0] = 1;
    std::int64_t minus_delta = -1;
    while (!g.is_zero())
    {
        const auto [u, v, q, r] = take_steps(minus_delta,
            static_cast<std::uint64_t>(f.limbs[0]) | (static_cast<std::uint64_t>(f.limbs[1]) << batch),
            static_cast<std::uint64_t>(g.limbs[0]) | (static_cast<std::uint64_t>(g.limbs[1]) << batch));
        const Signed next_f = combine(u, f, v, g);
        g = combine(q, f, r, g);
        f = next_f;
        const Signed next_d = combine_modulo(u, d, v, e, m, modulus.inverse_62);
        e = combine_modulo(q, d, r, e, m, modulus.inverse_62);
        d = next_d;
    }
    // Now f is 1 or -1 (m for a = 0, where d is 0), and the inverse is d f in (-2 m, 2 m).
    U256 inverse = to_u256(d);
    if (f.is_negative())
        inverse = -inverse;
    while (inverse.is_negative())
        inverse += modulus.value;
    while (inverse >= modulus.value)
        inverse -= modulus.value;
    return inverse;
}
}  // namespace jiffy::crypto
