// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <memory>

namespace jiffy::sequencer
{
/// Hashes of the newest sealed blocks, whatever the history forgets: BLOCKHASH asks for the last 256. One thread
/// writes, any may read.
class RecentHashes
{
    /// Of places. A reader may be overtaken by as many blocks as lie between this and `reach`.
    static constexpr std::size_t capacity = 4096;

public:
    /// How far behind the newest one a block may be.
    static constexpr std::uint64_t reach = capacity - 512;

    /// Writer: of the block behind the newest one, or of any at the beginning.
    void add(std::uint64_t number, const Hash& hash) noexcept
    {
        std::uint64_t words[4];
        std::memcpy(words, hash.data(), sizeof(words));
        for (std::size_t i = 0; i < 4; ++i)
            (*places_)[number % capacity][i].store(words[i], std::memory_order_relaxed);
    }

    /// Of a block that is at most `reach` behind the newest one that the reader knows to be added.
    [[nodiscard]] Hash at(std::uint64_t number) const noexcept
    {
        std::uint64_t words[4];
        for (std::size_t i = 0; i < 4; ++i)
            words[i] = (*places_)[number % capacity][i].load(std::memory_order_relaxed);
        Hash hash;
        std::memcpy(hash.data(), words, sizeof(words));
        return hash;
    }

private:
    std::unique_ptr<std::array<std::array<std::atomic<std::uint64_t>, 4>, capacity>> places_ =
        std::make_unique<std::array<std::array<std::atomic<std::uint64_t>, 4>, capacity>>();
};
}  // namespace jiffy::sequencer
