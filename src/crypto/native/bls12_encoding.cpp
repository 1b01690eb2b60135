// SPDX-License-Identifier: Apache-2.0
#include "crypto/native/bls12_encoding.hpp"

#include "base/hex.hpp"

namespace jiffy::crypto::bls12
{
namespace
{
constexpr std::size_t padding = 16;
constexpr std::size_t number_size = element_size - padding;

constexpr auto modulus = literals::fixed_hex<number_size>(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab");

void encode_fp(Byte* target, const blst_fp& element) noexcept
{
    blst_bendian_from_fp(target + padding, &element);
}

void encode_fp2(Byte* target, const blst_fp2& element) noexcept
{
    encode_fp(target, element.fp[0]);
    encode_fp(target + element_size, element.fp[1]);
}
}  // namespace

std::optional<blst_fp> decode_fp(const Byte* source) noexcept
{
    constexpr Byte zeros[padding] = {};
    if (std::memcmp(source, zeros, padding) != 0 || std::memcmp(source + padding, modulus.data(), number_size) >= 0)
        return std::nullopt;
    blst_fp element;
    blst_fp_from_bendian(&element, source + padding);
    return element;
}

std::optional<blst_fp2> decode_fp2(const Byte* source) noexcept
{
    const auto real = decode_fp(source);
    const auto imaginary = decode_fp(source + element_size);
    if (!real || !imaginary)
        return std::nullopt;
    return blst_fp2{{*real, *imaginary}};
}

BlsG1 encode(const blst_p1& point) noexcept
{
    blst_p1_affine affine;
    blst_p1_to_affine(&affine, &point);
    BlsG1 result;
    encode_fp(result.data(), affine.x);
    encode_fp(result.data() + G1::coordinate_size, affine.y);
    return result;
}

BlsG2 encode(const blst_p2& point) noexcept
{
    blst_p2_affine affine;
    blst_p2_to_affine(&affine, &point);
    BlsG2 result;
    encode_fp2(result.data(), affine.x);
    encode_fp2(result.data() + G2::coordinate_size, affine.y);
    return result;
}
}  // namespace jiffy::crypto::bls12
