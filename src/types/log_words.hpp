// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/frame_coding.hpp"

namespace jiffy::types
{
/// The words of calldata and logs and the fee caps that were written in full in a frame, so that another mention of one
/// is a byte. Each belongs into one pair of places, in which a word that was mentioned again last stays longest: what
/// comes once does not drive out what comes always, and what an attacker makes collide only costs him bytes. A few that
/// are everywhere are there from the start.
class WordTable
{
public:
    static constexpr unsigned pairs = 93;
    static constexpr unsigned places = 2 * pairs;

    WordTable() noexcept;

    /// The word's place; none is beyond the last.
    [[nodiscard]] unsigned find(const U256& word) const noexcept
    {
        const auto pair = pair_of(word);
        for (auto place = 2 * pair; place != 2 * pair + 2; ++place)
            if (is_filled(place) && at(place) == word)
                return place;
        return places;
    }
    [[nodiscard]] bool is_filled(unsigned place) const noexcept { return place % 2 < pairs_[place / 2].filled; }
    /// The word at a place that is filled.
    [[nodiscard]] U256 at(unsigned place) const noexcept
    {
        const auto& limbs = words_[place];
        return {limbs[0], limbs[1], limbs[2], limbs[3]};
    }
    /// Says that the word at a place was mentioned.
    void touch(unsigned place) noexcept { pairs_[place / 2].newest = place % 2; }
    /// Adds a word that is not there.
    void put(const U256& word) noexcept
    {
        const auto number = pair_of(word);
        auto& pair = pairs_[number];
        const auto place = 2 * number + (pair.filled < 2 ? pair.filled++ : 1U - pair.newest);
        std::memcpy(words_[place], word.limbs, sizeof(word.limbs));
    }

private:
    struct Pair
    {
        std::uint8_t filled = 0;
        /// Which was mentioned last.
        std::uint8_t newest = 0;
    };

    [[nodiscard]] static unsigned pair_of(const U256& word) noexcept
    {
        const auto& limbs = word.limbs;
        const auto mixed =
            (limbs[0] ^ limbs[1] * 0xbf58476d1ce4e5b9 ^ limbs[2] * 0x94d049bb133111eb ^ limbs[3] * 0xd6e8feb86659fd93) *
            0x9e3779b97f4a7c15;
        return static_cast<unsigned>((mixed >> 32) * pairs >> 32);
    }

    Pair pairs_[pairs];
    /// Means something where it is filled.
    std::uint64_t words_[places][4];
};

/// A number that is often round, such as an amount or a fee: a byte that says how, then bytes without leading zeros, or
/// for a multiple of 1,000 below 2^128 with no more than 56 bits before its decimal zeros those bits.
void put_amount(FrameWriter& writer, const U256& amount);
U256 read_amount(FrameReader& reader) noexcept;

/// A word: like an amount, or its place in the table.
void put_word(FrameWriter& writer, WordTable& table, const U256& word);
U256 read_word(FrameReader& reader, WordTable& table) noexcept;

/// Bytes whose number the reader knows, as words; what is more than whole words comes first, as the selector of a call
/// does. Takes up to 32 times the memory of its encoding, which is checked before.
void put_words(FrameWriter& writer, WordTable& table, BytesView bytes);
Bytes read_words(FrameReader& reader, WordTable& table, std::uint64_t size);
}  // namespace jiffy::types
