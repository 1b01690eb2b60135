// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/bn254_curve.hpp"

#include <rapidcheck.h>

namespace jiffy::crypto::bn254
{
/// The generators of EIP-197.
inline constexpr G1 g1_generator{Fp::from(1), Fp::from(2)};
inline constexpr G2 g2_generator{
    {Fp::from({0x46debd5cd992f6ed, 0x674322d4f75edadd, 0x426a00665e5c4479, 0x1800deef121f1e76}),
        Fp::from({0x97e485b7aef312c2, 0xf1aa493335a9e712, 0x7260bfb731fb5d25, 0x198e9393920d483a})},
    {Fp::from({0x4ce6cc0166fa7daa, 0xe3d1e7690c43d37b, 0x4aab71808dcb408f, 0x12c85ea5db8c6deb}),
        Fp::from({0x55acdadcd122975b, 0xbc4b313370b38ef3, 0xec9e99ad690c3395, 0x090689d0585ff075})}};

inline rc::Gen<U256> any_u256()
{
    // Numbers with long runs of equal bits reach the carries that uniform ones miss.
    const auto word =
        rc::gen::weightedOneOf<std::uint64_t>({{3, rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>())},
            {1, rc::gen::element<std::uint64_t>(0, 1, ~0ULL, 1ULL << 63)}});
    return rc::gen::apply([](std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d)
        { return U256{a, b, c, d}; }, word, word, word, word);
}

/// Field elements whose internal form is near the ends as often as in the middle.
inline rc::Gen<Fp> any_fp()
{
    return rc::gen::oneOf(rc::gen::map(any_u256(), [](const U256& n) { return Fp{n % field_modulus}; }),
        rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 4), [](std::uint64_t n) { return Fp{U256{n}}; }),
        rc::gen::map(
            rc::gen::inRange<std::uint64_t>(1, 4), [](std::uint64_t n) { return Fp{field_modulus - U256{n}}; }));
}

inline rc::Gen<Fp2> any_fp2()
{
    return rc::gen::apply([](const Fp& c0, const Fp& c1) { return Fp2{c0, c1}; }, any_fp(), any_fp());
}

inline rc::Gen<Fp6> any_fp6()
{
    return rc::gen::apply(
        [](const Fp2& c0, const Fp2& c1, const Fp2& c2) { return Fp6{c0, c1, c2}; }, any_fp2(), any_fp2(), any_fp2());
}

inline rc::Gen<Fp12> any_fp12()
{
    return rc::gen::apply([](const Fp6& c0, const Fp6& c1) { return Fp12{c0, c1}; }, any_fp6(), any_fp6());
}

/// Double and add, the textbook's way, as an oracle.
template <class Field>
Jacobian<Field> multiply_slowly(const Affine<Field>& point, const U256& scalar)
{
    Jacobian<Field> sum{Field::one(), Field::one(), Field::zero()};
    for (unsigned i = 256; i-- > 0;)
    {
        sum = twice(sum);
        if (((scalar >> i).low() & 1) != 0)
            sum = sum + point;
    }
    return sum;
}
}  // namespace jiffy::crypto::bn254
