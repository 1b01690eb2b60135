// SPDX-License-Identifier: Apache-2.0
#include "crypto/bls12_381.hpp"

#include "base/hex.hpp"
#include "base/uint256.hpp"
#include "crypto/kzg.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto
{
namespace
{
using literals::fixed_hex;

constexpr std::size_t element_size = 64;

constexpr auto modulus = fixed_hex<element_size>(
    "00000000000000000000000000000000"
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab");

constexpr U256 group_order{0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48};

/// Points of the groups, found by the map that the other functions do not use.
BlsG1 g1_point(std::uint64_t seed)
{
    FixedBytes<element_size> element;
    store_big_endian(element.data() + 32, U256{seed});
    return *bls12_map_fp_to_g1(element.view());
}

BlsG2 g2_point(std::uint64_t seed)
{
    FixedBytes<2 * element_size> element;
    store_big_endian(element.data() + 32, U256{seed});
    return *bls12_map_fp2_to_g2(element.view());
}

template <class... Parts>
Bytes joined(const Parts&... parts)
{
    Bytes result;
    (append(result, parts.view()), ...);
    return result;
}

/// -y modulo p of a 64-byte element that is not 0.
void negate_element(Byte* element)
{
    int borrow = 0;
    for (std::size_t i = element_size; i-- > 0;)
    {
        const int difference = modulus[i] - element[i] - borrow;
        borrow = difference < 0 ? 1 : 0;
        element[i] = static_cast<Byte>(difference + 256 * borrow);
    }
}

BlsG1 negated(BlsG1 point)
{
    negate_element(point.data() + element_size);
    return point;
}

RC_GTEST_PROP(Bls12, sums_of_multiples_add_up, (std::uint64_t seed, std::uint64_t k, std::uint64_t l))
{
    const BlsG1 p = g1_point(seed);
    const BlsG1 q = g1_point(seed + 1);
    const auto kp = bls12_g1_msm(joined(p, to_hash(U256{k})));
    const auto lq = bls12_g1_msm(joined(q, to_hash(U256{l})));
    RC_ASSERT(kp.has_value() && lq.has_value());
    const auto both = bls12_g1_msm(joined(p, to_hash(U256{k}), q, to_hash(U256{l})));
    RC_ASSERT(both == bls12_g1_add(joined(*kp, *lq)));
    const BlsG2 s = g2_point(seed);
    const auto ks = bls12_g2_msm(joined(s, to_hash(U256{k})));
    const auto ls = bls12_g2_msm(joined(s, to_hash(U256{l})));
    RC_ASSERT(bls12_g2_add(joined(*ks, *ls)) == bls12_g2_msm(joined(s, to_hash(U256{k} + U256{l}))));
}

TEST(Bls12, many_multiples_add_up)
{
    // Sizes on both sides of every change of blst's method; zero scalars and infinity in between.
    for (const std::size_t count : {1U, 2U, 3U, 20U, 63U, 64U, 65U, 200U})
    {
        Bytes g1_input;
        Bytes g2_input;
        U256 sum;
        const BlsG1 p = g1_point(7);
        const BlsG2 q = g2_point(7);
        for (std::size_t i = 0; i < count; ++i)
        {
            const U256 scalar = i % 5 == 4 ? U256{0} : U256{i, ~i, i * i, (~0ULL >> 4) - i};
            const bool infinity = i % 7 == 6;
            append(g1_input, joined(infinity ? BlsG1{} : p, to_hash(scalar)));
            append(g2_input, joined(infinity ? BlsG2{} : q, to_hash(scalar)));
            if (!infinity)
                sum = add_modulo(sum, scalar, group_order);
        }
        EXPECT_EQ(bls12_g1_msm(g1_input), bls12_g1_msm(joined(p, to_hash(sum)))) << count;
        EXPECT_EQ(bls12_g2_msm(g2_input), bls12_g2_msm(joined(q, to_hash(sum)))) << count;
    }
}

TEST(Bls12, scalars_count_modulo_the_order)
{
    const BlsG1 p = g1_point(1);
    EXPECT_EQ(bls12_g1_msm(joined(p, to_hash(group_order))), BlsG1{});
    EXPECT_EQ(bls12_g1_msm(joined(p, to_hash(group_order + U256{1}))), p);
    EXPECT_EQ(bls12_g1_msm(joined(p, to_hash(U256::max()))),
        bls12_g1_msm(joined(p, to_hash(U256::max() - group_order - group_order))));
    EXPECT_EQ(bls12_g1_msm(joined(p, to_hash(group_order), p, to_hash(U256{0}))), BlsG1{});
}

TEST(Bls12, additions_with_infinity_and_inverses)
{
    const BlsG1 p = g1_point(2);
    const BlsG2 q = g2_point(2);
    EXPECT_EQ(bls12_g1_add(joined(p, BlsG1{})), p);
    EXPECT_EQ(bls12_g1_add(joined(BlsG1{}, p)), p);
    EXPECT_EQ(bls12_g1_add(joined(BlsG1{}, BlsG1{})), BlsG1{});
    EXPECT_EQ(bls12_g1_add(joined(p, negated(p))), BlsG1{});
    EXPECT_EQ(bls12_g1_add(joined(p, p)), bls12_g1_msm(joined(p, to_hash(U256{2}))));
    EXPECT_EQ(bls12_g2_add(joined(q, BlsG2{})), q);
    EXPECT_EQ(bls12_g2_add(joined(BlsG2{}, q)), q);
    EXPECT_EQ(bls12_g2_add(joined(q, q)), bls12_g2_msm(joined(q, to_hash(U256{2}))));
}

TEST(Bls12, pairings_of_opposite_points_cancel)
{
    const BlsG1 p = g1_point(3);
    const BlsG2 q = g2_point(3);
    EXPECT_EQ(bls12_pairing_check(joined(p, q)), false);
    EXPECT_EQ(bls12_pairing_check(joined(p, BlsG2{}, BlsG1{}, q)), true);
    // More pairs than one Miller loop takes.
    Bytes input;
    for (int i = 0; i < 19; ++i)
        append(input, joined(p, q));
    const auto multiple = bls12_g1_msm(joined(negated(p), to_hash(U256{19})));
    EXPECT_EQ(bls12_pairing_check(input), false);
    append(input, joined(*multiple, q));
    EXPECT_EQ(bls12_pairing_check(input), true);
}

TEST(Bls12, malformed_input_is_refused)
{
    const BlsG1 p = g1_point(4);
    const BlsG2 q = g2_point(4);
    const Hash one = to_hash(U256{1});
    for (const std::size_t place : {0U, 15U, 64U, 79U})
    {
        BlsG1 padded = p;
        padded[place] = 1;
        EXPECT_EQ(bls12_g1_add(joined(padded, p)), std::nullopt);
        EXPECT_EQ(bls12_g1_add(joined(p, padded)), std::nullopt);
        EXPECT_EQ(bls12_g1_msm(joined(padded, one)), std::nullopt);
        EXPECT_EQ(bls12_pairing_check(joined(padded, q)), std::nullopt);
    }
    BlsG1 off_curve = p;
    off_curve[127] ^= 1;
    EXPECT_EQ(bls12_g1_add(joined(off_curve, p)), std::nullopt);
    EXPECT_EQ(bls12_g1_msm(joined(off_curve, to_hash(U256{0}))), std::nullopt);
    BlsG2 off_twist = q;
    off_twist[255] ^= 1;
    EXPECT_EQ(bls12_g2_add(joined(off_twist, q)), std::nullopt);
    EXPECT_EQ(bls12_pairing_check(joined(BlsG1{}, off_twist)), std::nullopt);
    EXPECT_EQ(bls12_map_fp_to_g1(modulus.view()), std::nullopt);
    EXPECT_EQ(bls12_map_fp2_to_g2(joined(FixedBytes<element_size>{}, modulus)), std::nullopt);
    for (std::size_t size = 0; size < 600; ++size)
    {
        const Bytes zeros(size);
        EXPECT_EQ(bls12_g1_add(zeros).has_value(), size == 256);
        EXPECT_EQ(bls12_g2_add(zeros).has_value(), size == 512);
        EXPECT_EQ(bls12_g1_msm(zeros).has_value(), size > 0 && size % 160 == 0);
        EXPECT_EQ(bls12_g2_msm(zeros).has_value(), size > 0 && size % 288 == 0);
        EXPECT_EQ(bls12_pairing_check(zeros).has_value(), size > 0 && size % 384 == 0);
        EXPECT_EQ(bls12_map_fp_to_g1(zeros).has_value(), size == 64);
        EXPECT_EQ(bls12_map_fp2_to_g2(zeros).has_value(), size == 128);
    }
}

TEST(Bls12, points_outside_the_subgroup_can_be_added_only)
{
    // (0, 2) is on the curve and of order 3.
    BlsG1 point;
    point[127] = 2;
    EXPECT_EQ(bls12_g1_add(joined(point, point)), negated(point));
    EXPECT_EQ(bls12_g1_msm(joined(point, to_hash(U256{3}))), std::nullopt);
    EXPECT_EQ(bls12_pairing_check(joined(point, BlsG2{})), std::nullopt);
}

TEST(Kzg, constant_polynomial)
{
    // The commitment to the constant 1 is the generator, and the proof is infinity for every z.
    const auto generator = fixed_hex<48>(
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb");
    KzgPoint infinity;
    infinity[0] = 0xc0;
    const Hash one = to_hash(U256{1});
    EXPECT_TRUE(kzg_verify_proof(generator, to_hash(U256{123}), one, infinity));
    EXPECT_FALSE(kzg_verify_proof(generator, to_hash(U256{123}), to_hash(U256{2}), infinity));
    EXPECT_FALSE(kzg_verify_proof(generator, to_hash(U256{123}), one, generator));
    EXPECT_TRUE(kzg_verify_proof(infinity, one, Hash{}, infinity));
    EXPECT_FALSE(kzg_verify_proof(generator, to_hash(group_order), one, infinity));
    EXPECT_FALSE(kzg_verify_proof(generator, one, to_hash(group_order + U256{1}), infinity));
    EXPECT_FALSE(kzg_verify_proof({}, one, one, infinity));
    EXPECT_FALSE(kzg_verify_proof(generator, one, one, {}));
}
}  // namespace
}  // namespace jiffy::crypto
