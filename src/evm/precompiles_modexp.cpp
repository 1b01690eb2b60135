// SPDX-License-Identifier: Apache-2.0
#include "crypto/modexp.hpp"
#include "evm/precompiles_contracts.hpp"

#include <limits>

namespace jiffy::evm
{
namespace
{
constexpr std::size_t header_size = 96;
constexpr std::uint64_t gas_limit = std::numeric_limits<std::uint64_t>::max();

/// Lengths in bytes as the caller claims them; what is 2^64 or more stands as the largest 64-bit value.
struct Lengths
{
    std::uint64_t base;
    std::uint64_t exponent;
    std::uint64_t modulus;

    [[nodiscard]] std::uint64_t longest_factor() const noexcept { return std::max(base, modulus); }
};

Lengths read_lengths(BytesView input) noexcept
{
    const auto length = [&](std::size_t offset) { return to_u256(padded_input<32>(input, offset)).saturated_64(); };
    return {.base = length(0), .exponent = length(32), .modulus = length(64)};
}

/// The most significant 32 bytes of the exponent, or all of it if it is shorter.
U256 exponent_head(BytesView input, const Lengths& lengths) noexcept
{
    if (lengths.base >= input.size())
        return {};
    const auto word = to_u256(padded_input<32>(input, header_size + lengths.base));
    return lengths.exponent < 32 ? word >> (8 * (32 - lengths.exponent)) : word;
}

/// Squarings that the exponent takes at most: its bit length by estimate, the bytes after the head weighted by
/// `tail_weight`; at least 1.
Uint128 iteration_count(BytesView input, const Lengths& lengths, unsigned tail_weight) noexcept
{
    const unsigned head_bits = exponent_head(input, lengths).bit_length();
    Uint128 count = head_bits > 0 ? head_bits - 1 : 0;
    if (lengths.exponent > 32)
        count += static_cast<Uint128>(tail_weight) * (lengths.exponent - 32);
    return std::max<Uint128>(count, 1);
}

/// Factors longer than this cost more than any 64-bit amount of gas by every rule, and their squares still fit 128
/// bits.
constexpr std::uint64_t factor_limit = std::uint64_t{1} << 40;

std::uint64_t price(Uint128 complexity, Uint128 iterations, unsigned divisor) noexcept
{
    Uint128 work;
    if (__builtin_mul_overflow(complexity, iterations, &work))
        return gas_limit;
    return static_cast<std::uint64_t>(std::min<Uint128>(work / divisor, gas_limit));
}

Uint128 squared_words(std::uint64_t length) noexcept
{
    const Uint128 words = (length + 7) / 8;
    return words * words;
}

/// EIP-198's estimate of a multiplication of `length` bytes.
Uint128 karatsuba_complexity(Uint128 length) noexcept
{
    if (length <= 64)
        return length * length;
    if (length <= 1024)
        return length * length / 4 + 96 * length - 3072;
    return length * length / 16 + 480 * length - 199680;
}

/// Longest number that `modexp_bounded` takes, in bytes (EIP-7823).
constexpr std::uint64_t bounded_length = 1024;
}  // namespace

std::uint64_t modexp_gas_byzantium(BytesView input) noexcept
{
    const Lengths lengths = read_lengths(input);
    if (lengths.longest_factor() > factor_limit)
        return gas_limit;
    return price(karatsuba_complexity(lengths.longest_factor()), iteration_count(input, lengths, 8), 20);
}

std::uint64_t modexp_gas_berlin(BytesView input) noexcept
{
    const Lengths lengths = read_lengths(input);
    if (lengths.longest_factor() > factor_limit)
        return gas_limit;
    const Uint128 complexity = squared_words(lengths.longest_factor());
    return std::max<std::uint64_t>(200, price(complexity, iteration_count(input, lengths, 8), 3));
}

std::uint64_t modexp_gas_osaka(BytesView input) noexcept
{
    const Lengths lengths = read_lengths(input);
    if (lengths.longest_factor() > factor_limit)
        return gas_limit;
    const Uint128 complexity = lengths.longest_factor() > 32 ? 2 * squared_words(lengths.longest_factor()) : 16;
    return std::max<std::uint64_t>(500, price(complexity, iteration_count(input, lengths, 16), 1));
}

bool modexp(BytesView input, Bytes& buffer) noexcept
{
    const Lengths lengths = read_lengths(input);
    buffer.assign(lengths.modulus, Byte{0});

    // The modulus comes last: if the input ends before it, it is 0, and so is the result.
    BytesView rest = input.subspan(std::min(header_size, input.size()));
    if (rest.size() <= lengths.base || rest.size() - lengths.base <= lengths.exponent || lengths.modulus == 0)
        return true;
    const BytesView base = rest.first(lengths.base);
    const BytesView exponent = rest.subspan(lengths.base, lengths.exponent);
    BytesView modulus = rest.subspan(lengths.base + lengths.exponent);
    Bytes completed;
    if (modulus.size() < lengths.modulus)
    {
        completed.resize(lengths.modulus);
        std::ranges::copy(modulus, completed.begin());
        modulus = completed;
    }
    crypto::modular_power(base, exponent, modulus.first(lengths.modulus), buffer);
    return true;
}

bool modexp_bounded(BytesView input, Bytes& buffer) noexcept
{
    const Lengths lengths = read_lengths(input);
    return std::max(lengths.longest_factor(), lengths.exponent) <= bounded_length && modexp(input, buffer);
}
}  // namespace jiffy::evm
