// SPDX-License-Identifier: Apache-2.0
#include "crypto/bls12_381.hpp"

#include "crypto/native/bls12_encoding.hpp"

#include <array>
#include <vector>

namespace jiffy::crypto
{
namespace
{
using namespace bls12;

constexpr std::size_t scalar_size = 32;

/// Bits of a scalar below the group order.
constexpr std::size_t scalar_bits = 255;

template <class Group>
std::optional<typename Group::Encoded> add(BytesView input) noexcept
{
    constexpr std::size_t point_size = Group::Encoded::size();
    if (input.size() != 2 * point_size)
        return std::nullopt;
    const auto a = decode_on_curve<Group>(input.data());
    const auto b = decode_on_curve<Group>(input.data() + point_size);
    if (!a || !b)
        return std::nullopt;
    typename Group::Point sum;
    Group::from_affine(&sum, &*a);
    Group::add(&sum, &sum, &*b);
    return encode(sum);
}

template <class Group>
std::optional<typename Group::Encoded> multiply_sum(BytesView input) noexcept
{
    constexpr std::size_t point_size = Group::Encoded::size();
    constexpr std::size_t item_size = point_size + scalar_size;
    if (input.empty() || input.size() % item_size != 0)
        return std::nullopt;
    const std::size_t items = input.size() / item_size;
    std::vector<typename Group::Affine> points;
    std::vector<blst_scalar> scalars;
    points.reserve(items);
    scalars.reserve(items);
    for (std::size_t offset = 0; offset < input.size(); offset += item_size)
    {
        const auto point = decode_in_subgroup<Group>(input.data() + offset);
        if (!point)
            return std::nullopt;
        // The scalar modulo the group order. blst divides by zero on infinity, so no such item may reach it.
        blst_scalar scalar;
        const bool is_not_zero = blst_scalar_from_be_bytes(&scalar, input.data() + offset + point_size, scalar_size);
        if (is_not_zero && !Group::is_infinity(&*point))
        {
            points.push_back(*point);
            scalars.push_back(scalar);
        }
    }

    if (points.empty())
        return typename Group::Encoded{};
    typename Group::Point sum;
    if (points.size() == 1)
    {
        Group::from_affine(&sum, points.data());
        Group::multiply(&sum, &sum, scalars.front().b, scalar_bits);
        return encode(sum);
    }
    // An address followed by null stands for one array.
    const typename Group::Affine* const point_arrays[] = {points.data(), nullptr};
    const Byte* const scalar_arrays[] = {scalars.front().b, nullptr};
    std::vector<limb_t> scratch(Group::scratch_size(points.size()) / sizeof(limb_t));
    Group::multiply_sum(&sum, point_arrays, points.size(), scalar_arrays, scalar_bits, scratch.data());
    return encode(sum);
}
}  // namespace

std::optional<BlsG1> bls12_g1_add(BytesView input) noexcept
{
    return add<G1>(input);
}

std::optional<BlsG2> bls12_g2_add(BytesView input) noexcept
{
    return add<G2>(input);
}

std::optional<BlsG1> bls12_g1_msm(BytesView input) noexcept
{
    return multiply_sum<G1>(input);
}

std::optional<BlsG2> bls12_g2_msm(BytesView input) noexcept
{
    return multiply_sum<G2>(input);
}

std::optional<bool> bls12_pairing_check(BytesView input) noexcept
{
    constexpr std::size_t pair_size = BlsG1::size() + BlsG2::size();
    // The pairs of one Miller loop share its squarings; blst keeps its state on the stack.
    constexpr std::size_t max_pairs = 16;
    if (input.empty() || input.size() % pair_size != 0)
        return std::nullopt;
    std::array<blst_p1_affine, max_pairs> ps;
    std::array<blst_p2_affine, max_pairs> qs;
    std::size_t count = 0;
    blst_fp12 product = *blst_fp12_one();
    const auto multiply_pairs = [&]
    {
        const blst_p1_affine* const p_arrays[] = {ps.data(), nullptr};
        const blst_p2_affine* const q_arrays[] = {qs.data(), nullptr};
        blst_fp12 factor;
        blst_miller_loop_n(&factor, q_arrays, p_arrays, count);
        blst_fp12_mul(&product, &product, &factor);
        count = 0;
    };

    for (std::size_t offset = 0; offset < input.size(); offset += pair_size)
    {
        const auto p = decode_in_subgroup<G1>(input.data() + offset);
        const auto q = p ? decode_in_subgroup<G2>(input.data() + offset + BlsG1::size()) : std::nullopt;
        if (!q)
            return std::nullopt;
        if (G1::is_infinity(&*p) || G2::is_infinity(&*q))
            continue;
        ps[count] = *p;
        qs[count] = *q;
        if (++count == max_pairs)
            multiply_pairs();
    }
    if (count > 0)
        multiply_pairs();
    blst_final_exp(&product, &product);
    return blst_fp12_is_one(&product);
}

std::optional<BlsG1> bls12_map_fp_to_g1(BytesView input) noexcept
{
    if (input.size() != element_size)
        return std::nullopt;
    const auto element = decode_fp(input.data());
    if (!element)
        return std::nullopt;
    blst_p1 point;
    blst_map_to_g1(&point, &*element, nullptr);
    return encode(point);
}

std::optional<BlsG2> bls12_map_fp2_to_g2(BytesView input) noexcept
{
    if (input.size() != 2 * element_size)
        return std::nullopt;
    const auto element = decode_fp2(input.data());
    if (!element)
        return std::nullopt;
    blst_p2 point;
    blst_map_to_g2(&point, &*element, nullptr);
    return encode(point);
}
}  // namespace jiffy::crypto
