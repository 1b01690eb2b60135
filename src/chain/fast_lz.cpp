// SPDX-License-Identifier: Apache-2.0
#include "chain/fast_lz.hpp"

namespace jiffy::chain
{
namespace
{
constexpr std::uint32_t table_bits = 13;
constexpr std::uint32_t table_size = 1U << table_bits;
constexpr std::uint32_t largest_distance = 8191;
/// The compressor looks for no match in the last bytes.
constexpr std::uint32_t search_margin = 13;
/// A match may reach into them this far.
constexpr std::uint32_t match_margin = 4;
constexpr std::uint32_t longest_literal_run = 32;
/// Longest match of one instruction, two less than the bytes it stands for.
constexpr std::uint32_t longest_match = 262;
constexpr std::uint32_t longest_short_match = 6;
constexpr std::uint32_t shortest_match = 3;

std::uint32_t load_24(BytesView data, std::uint32_t position) noexcept
{
    return data[position] | (std::uint32_t{data[position + 1]} << 8) | (std::uint32_t{data[position + 2]} << 16);
}

std::uint32_t table_place(std::uint32_t sequence) noexcept
{
    return (2654435769U * sequence) >> (32 - table_bits);
}

/// One byte before each run of literals.
std::uint32_t literals_length(std::uint32_t count) noexcept
{
    const auto rest = count % longest_literal_run;
    return count / longest_literal_run * (longest_literal_run + 1) + (rest != 0 ? rest + 1 : 0);
}

/// Two bytes for a short match, three for a long one, several instructions for one beyond the longest.
std::uint32_t match_length(std::uint32_t matched) noexcept
{
    const auto code = matched - 1;
    return code / longest_match * 3 + (code % longest_match >= longest_short_match ? 3 : 2);
}
}  // namespace

std::uint32_t fast_lz_length(BytesView data) noexcept
{
    const auto size = static_cast<std::uint32_t>(data.size());
    const auto limit = size < search_margin ? 0 : size - search_margin;
    std::uint32_t table[table_size] = {};
    std::uint32_t length = 0;
    std::uint32_t anchor = 0;
    std::uint32_t position = 2;
    while (position < limit)
    {
        const auto sequence = load_24(data, position);
        auto& last = table[table_place(sequence)];
        const auto candidate = last;
        last = position;
        if (position - candidate > largest_distance || load_24(data, candidate) != sequence)
        {
            ++position;
            continue;
        }
        // A hit on the very last position of the search is not taken: the compressor stops there first.
        if (position + 1 >= limit)
            break;
        length += literals_length(position - anchor);

        const auto end = size - match_margin;
        std::uint32_t matched = 0;
        while (position + shortest_match + matched < end)
        {
            const bool same = data[candidate + shortest_match + matched] == data[position + shortest_match + matched];
            ++matched;
            // The byte that differs is counted too: the code of a length is one less than the length.
            if (!same)
                break;
        }
        length += match_length(matched);
        position += matched;
        table[table_place(load_24(data, position))] = position;
        table[table_place(load_24(data, position + 1))] = position + 1;
        position += 2;
        anchor = position;
    }
    return length + literals_length(size - anchor);
}
}  // namespace jiffy::chain
