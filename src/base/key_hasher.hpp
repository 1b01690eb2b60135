// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::base
{
/// Folds the 128-bit product of both words into 64 bits.
inline std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) noexcept
{
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Hash for in-memory tables whose keys outside input chooses. The shell draws the seed, so that nobody can prepare
/// colliding keys; results never depend on it, only the places inside a table do.
class KeyHasher
{
public:
    constexpr explicit KeyHasher(std::uint64_t seed = 0) noexcept
      : seed_{seed ^ 0x9e3779b97f4a7c15}
    {
    }

    [[nodiscard]] std::uint64_t operator()(const Address& key) const noexcept
    {
        std::uint64_t words[3] = {};
        std::memcpy(words, key.data(), key.size());
        const auto first = fold_multiply(words[0] ^ seed_, words[1] ^ 0xa0761d6478bd642f);
        return fold_multiply(first ^ words[2], seed_ ^ 0xe7037ed1a0b428db);
    }

    [[nodiscard]] std::uint64_t operator()(const Hash& key) const noexcept
    {
        std::uint64_t words[4];
        std::memcpy(words, key.data(), key.size());
        return words_hash(words);
    }

    /// Hash of four words, as of a 256-bit storage key.
    [[nodiscard]] std::uint64_t words_hash(const std::uint64_t words[4]) const noexcept
    {
        const auto low = fold_multiply(words[0] ^ seed_, words[1] ^ 0xa0761d6478bd642f);
        const auto high = fold_multiply(words[2] ^ 0x8ebc6af09c88c6e3, words[3] ^ seed_ ^ 0x589965cc75374cc3);
        return fold_multiply(low ^ seed_, high ^ 0xe7037ed1a0b428db);
    }

private:
    std::uint64_t seed_;
};
}  // namespace jiffy::base
