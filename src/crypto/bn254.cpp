// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254.hpp"

#include "crypto/bn254_pairing.hpp"

namespace jiffy::crypto
{
namespace
{
using namespace bn254;

constexpr std::size_t coordinate_size = 32;
constexpr std::size_t g1_size = 64;
constexpr std::size_t pair_size = 192;

/// A point read from its encoding, where all zeros stand for infinity.
template <class Point>
struct Decoded
{
    Point point;
    bool is_infinity;
};

/// Empty unless the point is infinity or on the curve.
template <class Field>
std::optional<Decoded<Affine<Field>>> checked(const Field& x, const Field& y) noexcept
{
    const Affine<Field> point{x, y};
    const bool is_infinity = x.is_zero() && y.is_zero();
    if (!is_infinity && !is_on_curve(point))
        return std::nullopt;
    return Decoded<Affine<Field>>{point, is_infinity};
}

std::optional<Decoded<G1>> decode_g1(const Byte* source) noexcept
{
    const auto x = decode_fp(source);
    const auto y = decode_fp(source + coordinate_size);
    if (!x || !y)
        return std::nullopt;
    return checked(*x, *y);
}

/// The imaginary part comes first (EIP-197).
std::optional<Fp2> decode_fp2(const Byte* source) noexcept
{
    const auto imaginary = decode_fp(source);
    const auto real = decode_fp(source + coordinate_size);
    if (!imaginary || !real)
        return std::nullopt;
    return Fp2{*real, *imaginary};
}

std::optional<Decoded<G2>> decode_g2(const Byte* source) noexcept
{
    const auto x = decode_fp2(source);
    const auto y = decode_fp2(source + 2 * coordinate_size);
    if (!x || !y)
        return std::nullopt;
    return checked(*x, *y);
}

Bn254Point encode(const Jacobian<Fp>& point) noexcept
{
    Bn254Point result;
    if (point.is_infinity())
        return result;
    const G1 affine = to_affine(point);
    store_big_endian(result.data(), affine.x.value());
    store_big_endian(result.data() + coordinate_size, affine.y.value());
    return result;
}
}  // namespace

std::optional<Bn254Point> bn254_add(const Bn254Point& a, const Bn254Point& b) noexcept
{
    const auto first = decode_g1(a.data());
    const auto second = decode_g1(b.data());
    if (!first || !second)
        return std::nullopt;
    if (first->is_infinity)
        return b;
    if (second->is_infinity)
        return a;
    return encode(Jacobian<Fp>{first->point.x, first->point.y, Fp::one()} + second->point);
}

std::optional<Bn254Point> bn254_multiply(const Bn254Point& point, const U256& scalar) noexcept
{
    const auto decoded = decode_g1(point.data());
    if (!decoded)
        return std::nullopt;
    if (decoded->is_infinity)
        return Bn254Point{};
    return encode(multiply(decoded->point, scalar));
}

std::optional<bool> bn254_pairing_check(BytesView pairs) noexcept
{
    std::array<Pair, max_pairs> chunk;
    std::size_t chunk_size = 0;
    Fp12 product = Fp12::one();
    const auto finish_chunk = [&]
    {
        const auto factor = miller_loop({chunk.data(), chunk_size});
        if (factor)
            product = product * *factor;
        chunk_size = 0;
        return factor.has_value();
    };

    for (std::size_t offset = 0; offset + pair_size <= pairs.size(); offset += pair_size)
    {
        const auto p = decode_g1(pairs.data() + offset);
        const auto q = decode_g2(pairs.data() + offset + g1_size);
        if (!p || !q)
            return std::nullopt;
        if (q->is_infinity)
            continue;
        if (p->is_infinity)
        {
            if (!has_prime_order(q->point))
                return std::nullopt;
            continue;
        }
        chunk[chunk_size++] = {p->point, q->point};
        if (chunk_size == max_pairs && !finish_chunk())
            return std::nullopt;
    }
    if (chunk_size > 0 && !finish_chunk())
        return std::nullopt;
    return final_exponentiation(product) == Fp12::one();
}
}  // namespace jiffy::crypto
