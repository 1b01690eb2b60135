// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

#include <algorithm>

namespace jiffy::evm
{
// The contracts behind the table of precompiles.cpp. A `gas` function prices an input under one revision's rule; the
// function with the contract's name computes, as `Precompile::run` says.

/// Same price for every input.
template <std::uint64_t price>
std::uint64_t fixed_gas(BytesView) noexcept
{
    return price;
}

/// A base price and a price for each 32-byte word of input, the last one rounded up.
template <std::uint64_t base, std::uint64_t per_word>
std::uint64_t gas_by_word(BytesView input) noexcept
{
    return base + per_word * ((input.size() + 31) / 32);
}

/// `run`, but input longer than `limit` bytes is refused.
template <std::size_t limit, bool (*run)(BytesView, Bytes&) noexcept>
bool bounded(BytesView input, Bytes& buffer) noexcept
{
    return input.size() <= limit && run(input, buffer);
}

/// N bytes of input from an offset; what lies beyond its end is zero.
template <std::size_t N>
FixedBytes<N> padded_input(BytesView input, std::size_t offset) noexcept
{
    FixedBytes<N> result;
    if (offset < input.size())
        std::memcpy(result.data(), input.data() + offset, std::min(N, input.size() - offset));
    return result;
}

/// Makes the buffer the 32 bytes of a number.
inline void write_word(Bytes& buffer, const U256& value)
{
    buffer.resize(32);
    store_big_endian(buffer.data(), value);
}

/// Makes the buffer a copy of the bytes.
inline void write_bytes(Bytes& buffer, BytesView bytes)
{
    buffer.assign(bytes.begin(), bytes.end());
}

/// Address that signed a hash; no output if there is none (yellow paper, appendix E.1).
bool ecrecover(BytesView input, Bytes& buffer) noexcept;
/// Signature check on secp256r1 (EIP-7951, RIP-7212); no output if it does not hold.
bool p256_verify(BytesView input, Bytes& buffer) noexcept;

bool sha256_hash(BytesView input, Bytes& buffer) noexcept;
bool ripemd160_hash(BytesView input, Bytes& buffer) noexcept;
bool identity(BytesView input, Bytes& buffer) noexcept;
/// EIP-152: one gas for each round.
std::uint64_t blake2f_gas(BytesView input) noexcept;
bool blake2f(BytesView input, Bytes& buffer) noexcept;

/// EIP-198
std::uint64_t modexp_gas_byzantium(BytesView input) noexcept;
/// EIP-2565
std::uint64_t modexp_gas_berlin(BytesView input) noexcept;
/// EIP-7883
std::uint64_t modexp_gas_osaka(BytesView input) noexcept;
/// EIP-198. Takes memory for the modulus only, whose length the gas bounds: it grows with the square.
bool modexp(BytesView input, Bytes& buffer) noexcept;
/// As `modexp`, but refuses numbers longer than 1024 bytes (EIP-7823).
bool modexp_bounded(BytesView input, Bytes& buffer) noexcept;

/// EIP-196
bool bn254_add_points(BytesView input, Bytes& buffer) noexcept;
bool bn254_multiply_point(BytesView input, Bytes& buffer) noexcept;
/// Price of the pairing check by the number of pairs (EIP-197, EIP-1108).
template <std::uint64_t base, std::uint64_t per_pair>
std::uint64_t bn254_pairing_gas(BytesView input) noexcept
{
    return base + per_pair * (input.size() / 192);
}
/// EIP-197
bool bn254_pairing(BytesView input, Bytes& buffer) noexcept;

/// EIP-4844
bool point_evaluation(BytesView input, Bytes& buffer) noexcept;

// EIP-2537
bool bls12_g1_add_points(BytesView input, Bytes& buffer) noexcept;
std::uint64_t bls12_g1_msm_gas(BytesView input) noexcept;
bool bls12_g1_msm_points(BytesView input, Bytes& buffer) noexcept;
bool bls12_g2_add_points(BytesView input, Bytes& buffer) noexcept;
std::uint64_t bls12_g2_msm_gas(BytesView input) noexcept;
bool bls12_g2_msm_points(BytesView input, Bytes& buffer) noexcept;
std::uint64_t bls12_pairing_gas(BytesView input) noexcept;
bool bls12_pairing(BytesView input, Bytes& buffer) noexcept;
bool bls12_map_fp(BytesView input, Bytes& buffer) noexcept;
bool bls12_map_fp2(BytesView input, Bytes& buffer) noexcept;
}  // namespace jiffy::evm
