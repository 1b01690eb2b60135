// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/bls12_381.hpp"

#include <blst.h>

namespace jiffy::crypto::bls12
{
/// Bytes of a field element as EIP-2537 encodes it: big-endian with 16 zero bytes in front.
inline constexpr std::size_t element_size = 64;

/// Element of F_p; empty if the number is not below p. `source` has 64 bytes.
std::optional<blst_fp> decode_fp(const Byte* source) noexcept;
/// Element of F_p^2, the real part first. `source` has 128 bytes.
std::optional<blst_fp2> decode_fp2(const Byte* source) noexcept;

/// The names under which the two groups do the same things.
struct G1
{
    using Affine = blst_p1_affine;
    using Point = blst_p1;
    using Encoded = BlsG1;
    static constexpr std::size_t coordinate_size = element_size;
    static constexpr auto decode_coordinate = decode_fp;
    static constexpr auto is_infinity = blst_p1_affine_is_inf;
    static constexpr auto is_on_curve = blst_p1_affine_on_curve;
    static constexpr auto is_in_subgroup = blst_p1_affine_in_g1;
    static constexpr auto from_affine = blst_p1_from_affine;
    static constexpr auto to_affine = blst_p1_to_affine;
    static constexpr auto add = blst_p1_add_or_double_affine;
    static constexpr auto multiply = blst_p1_mult;
    static constexpr auto multiply_sum = blst_p1s_mult_pippenger;
    static constexpr auto scratch_size = blst_p1s_mult_pippenger_scratch_sizeof;
};

struct G2
{
    using Affine = blst_p2_affine;
    using Point = blst_p2;
    using Encoded = BlsG2;
    static constexpr std::size_t coordinate_size = 2 * element_size;
    static constexpr auto decode_coordinate = decode_fp2;
    static constexpr auto is_infinity = blst_p2_affine_is_inf;
    static constexpr auto is_on_curve = blst_p2_affine_on_curve;
    static constexpr auto is_in_subgroup = blst_p2_affine_in_g2;
    static constexpr auto from_affine = blst_p2_from_affine;
    static constexpr auto to_affine = blst_p2_to_affine;
    static constexpr auto add = blst_p2_add_or_double_affine;
    static constexpr auto multiply = blst_p2_mult;
    static constexpr auto multiply_sum = blst_p2s_mult_pippenger;
    static constexpr auto scratch_size = blst_p2s_mult_pippenger_scratch_sizeof;
};

/// Point on the curve or infinity, (0, 0); empty on anything else. No subgroup check.
template <class Group>
std::optional<typename Group::Affine> decode_on_curve(const Byte* source) noexcept
{
    const auto x = Group::decode_coordinate(source);
    const auto y = Group::decode_coordinate(source + Group::coordinate_size);
    if (!x || !y)
        return std::nullopt;
    const typename Group::Affine point{*x, *y};
    if (!Group::is_infinity(&point) && !Group::is_on_curve(&point))
        return std::nullopt;
    return point;
}

/// Point of the subgroup of order r or infinity; empty on anything else.
template <class Group>
std::optional<typename Group::Affine> decode_in_subgroup(const Byte* source) noexcept
{
    const auto point = decode_on_curve<Group>(source);
    if (point && !Group::is_infinity(&*point) && !Group::is_in_subgroup(&*point))
        return std::nullopt;
    return point;
}

BlsG1 encode(const blst_p1& point) noexcept;
BlsG2 encode(const blst_p2& point) noexcept;
}  // namespace jiffy::crypto::bls12
