// SPDX-License-Identifier: Apache-2.0
#include "crypto/kzg.hpp"

#include <blst.h>
#include <optional>

namespace jiffy::crypto
{
namespace
{
constexpr std::size_t scalar_bits = 255;

/// [tau]G2: the second of the powers of tau in G2 of the KZG ceremony (EIP-4844), as Montgomery words. Compressed it is
/// b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72
/// 185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2.
constexpr blst_p2_affine tau_g2{{{{{0x6120a2099b0379f9, 0xa2df815cb8210e4e, 0xcb57be5577bd3d4f, 0x62da0ea89a0c93f8,
                                      0x02e0ee16968e150d, 0x171f09aea833acd5}},
                                    {{0x11a3670749dfd455, 0x04991d7b3abffadc, 0x85446a8e14437f41, 0x27174e7b4e76e3f2,
                                        0x7bfa6dd397f60a20, 0x02fcc329ac07080f}}}},
    {{{{0xaa130838793b2317, 0xe236dd220f891637, 0x6502782925760980, 0xd05c25f60557ec89, 0x6095767a44064474,
          0x185693917080d405}},
        {{0x549f9e175b03dc0a, 0x32c0c95a77106cfe, 0x64a74eae5705d080, 0x53deeaf56659ed9e, 0x09a1d368508afb93,
            0x12cf3a4525b5e9bd}}}}};

/// Point of the subgroup or infinity; empty on any other 48 bytes.
std::optional<blst_p1_affine> decode(const KzgPoint& bytes) noexcept
{
    blst_p1_affine point;
    if (blst_p1_uncompress(&point, bytes.data()) != BLST_SUCCESS)
        return std::nullopt;
    if (!blst_p1_affine_is_inf(&point) && !blst_p1_affine_in_g1(&point))
        return std::nullopt;
    return point;
}

/// Scalar below the group order; empty on a number that is not.
std::optional<blst_scalar> decode(const Hash& bytes) noexcept
{
    blst_scalar scalar;
    blst_scalar_from_bendian(&scalar, bytes.data());
    if (!blst_scalar_fr_check(&scalar))
        return std::nullopt;
    return scalar;
}
}  // namespace

bool kzg_verify_proof(const KzgPoint& commitment, const Hash& z, const Hash& y, const KzgPoint& proof) noexcept
{
    const auto z_scalar = decode(z);
    const auto y_scalar = decode(y);
    if (!z_scalar || !y_scalar)
        return false;
    const auto commitment_point = decode(commitment);
    const auto proof_point = decode(proof);
    if (!commitment_point || !proof_point)
        return false;

    // e(commitment - [y]G1, G2) = e(proof, [tau - z]G2), with the multiplication by z moved to G1, where it is cheaper:
    // e(commitment - [y]G1 + [z]proof, G2) = e(proof, [tau]G2).
    blst_p1 left;
    blst_p1_mult(&left, blst_p1_generator(), y_scalar->b, scalar_bits);
    blst_p1_cneg(&left, true);
    blst_p1_add_or_double_affine(&left, &left, &*commitment_point);
    blst_p1 shifted_proof;
    blst_p1_from_affine(&shifted_proof, &*proof_point);
    blst_p1_mult(&shifted_proof, &shifted_proof, z_scalar->b, scalar_bits);
    blst_p1_add_or_double(&left, &left, &shifted_proof);
    if (blst_p1_is_inf(&left) || blst_p1_affine_is_inf(&*proof_point))
        return blst_p1_is_inf(&left) && blst_p1_affine_is_inf(&*proof_point);

    // With the left point negated the product of both sides is one.
    blst_p1_affine ps[2];
    blst_p1_cneg(&left, true);
    blst_p1_to_affine(&ps[0], &left);
    ps[1] = *proof_point;
    const blst_p2_affine qs[2] = {*blst_p2_affine_generator(), tau_g2};
    const blst_p1_affine* const p_arrays[] = {ps, nullptr};
    const blst_p2_affine* const q_arrays[] = {qs, nullptr};
    blst_fp12 product;
    blst_miller_loop_n(&product, q_arrays, p_arrays, 2);
    blst_final_exp(&product, &product);
    return blst_fp12_is_one(&product);
}
}  // namespace jiffy::crypto
