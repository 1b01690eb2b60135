// SPDX-License-Identifier: Apache-2.0
#include "crypto/bn254_field.hpp"

#include "crypto/modular_inverse.hpp"

namespace jiffy::crypto::bn254
{
Fp inverse(const Fp& a) noexcept
{
    static constexpr InverseModulus modulus{field_modulus};
    // The inverse of a R is 1 / (a R); a Montgomery product with R^3 makes it R / a.
    constexpr Fp radix_cubed{{0xb1cd6dafda1530df, 0x62f210e6a7283db6, 0xef7f0b0c0ada0afb, 0x20fd6e902d592544}};
    return Fp{modular_inverse(a.montgomery, modulus)} * radix_cubed;
}

std::optional<Fp> decode_fp(const Byte* source) noexcept
{
    const U256 value = load_big_endian(source);
    if (value >= field_modulus)
        return std::nullopt;
    return Fp::from(value);
}
}  // namespace jiffy::crypto::bn254
