// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::base
{
/// Hash for in-memory tables whose keys outside input chooses. The shell draws the seed, so that nobody can prepare
/// colliding keys; results never depend on it, only the places inside a table do.
class KeyHasher
{
public:
    constexpr explicit KeyHasher(std::uint64_t seed = 0) noexcept
    {
        for (auto& secret : secrets_)
        {
            seed += 0x9e3779b97f4a7c15;
            secret = mixed(seed);
        }
    }

    [[nodiscard]] std::uint64_t operator()(const Address& key) const noexcept
    {
        std::uint64_t words[3] = {};
        std::memcpy(words, key.data(), key.size());
        const auto first = fold_multiply(words[0] ^ secrets_[0], words[1] ^ secrets_[1]);
        return fold_multiply(first ^ words[2], secrets_[2]);
    }

    [[nodiscard]] std::uint64_t operator()(const Hash& key) const noexcept
    {
        std::uint64_t words[4];
        std::memcpy(words, key.data(), key.size());
        return words_hash(words);
    }

    /// Hash of four words, as of a 256-bit storage key, and of a number that tells equal keys apart.
    [[nodiscard]] std::uint64_t words_hash(const std::uint64_t words[4], std::uint64_t owner = 0) const noexcept
    {
        const auto low = fold_multiply(words[0] ^ secrets_[0], words[1] ^ secrets_[1]);
        const auto high = fold_multiply(words[2] ^ secrets_[2], words[3] ^ secrets_[3]);
        return fold_multiply(low ^ secrets_[2], high ^ secrets_[1] ^ owner);
    }

private:
    /// Folds the 128-bit product of both words into 64 bits. A factor of zero hides the other one: each factor holds a
    /// secret of its own, so that no key can be chosen to make it zero, nor two keys to swap the factors.
    static std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) noexcept
    {
        const auto product = static_cast<unsigned __int128>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    /// The output function of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    static constexpr std::uint64_t mixed(std::uint64_t word) noexcept
    {
        word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
        word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
        return word ^ (word >> 31);
    }

    std::uint64_t secrets_[4]{};
};
}  // namespace jiffy::base
