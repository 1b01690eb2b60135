// SPDX-License-Identifier: Apache-2.0
#include "crypto/hashes.hpp"
#include "evm/precompiles_contracts.hpp"

namespace jiffy::evm
{
namespace
{
/// rounds (4, big-endian), h (64), m (128), t (16, all little-endian), final block flag (1).
constexpr std::size_t blake2f_input_size = 213;

std::uint32_t blake2f_rounds(BytesView input) noexcept
{
    std::uint32_t rounds;
    std::memcpy(&rounds, input.data(), sizeof(rounds));
    return __builtin_bswap32(rounds);
}
}  // namespace

bool sha256_hash(BytesView input, Bytes& buffer) noexcept
{
    write_bytes(buffer, crypto::sha256(input).view());
    return true;
}

bool ripemd160_hash(BytesView input, Bytes& buffer) noexcept
{
    write_word(buffer, to_u256(crypto::ripemd160(input).view()));
    return true;
}

bool identity(BytesView input, Bytes& buffer) noexcept
{
    write_bytes(buffer, input);
    return true;
}

std::uint64_t blake2f_gas(BytesView input) noexcept
{
    return input.size() == blake2f_input_size ? blake2f_rounds(input) : 0;
}

bool blake2f(BytesView input, Bytes& buffer) noexcept
{
    static_assert(std::endian::native == std::endian::little);
    if (input.size() != blake2f_input_size || input[212] > 1)
        return false;
    std::uint64_t h[8];
    std::uint64_t m[16];
    std::uint64_t t[2];
    std::memcpy(h, input.data() + 4, sizeof(h));
    std::memcpy(m, input.data() + 68, sizeof(m));
    std::memcpy(t, input.data() + 196, sizeof(t));
    crypto::blake2b_compress(blake2f_rounds(input), h, m, t, input[212] == 1);
    buffer.resize(sizeof(h));
    std::memcpy(buffer.data(), h, sizeof(h));
    return true;
}
}  // namespace jiffy::evm
