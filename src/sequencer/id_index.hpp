// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace jiffy::sequencer
{
/// Gives each id that it is asked about the next place, from 0 on, and later the same again. Clearing it takes no time
/// and keeps its memory.
class IdIndex
{
public:
    /// The seed keeps anybody from picking ids that collide.
    explicit IdIndex(std::uint64_t seed) noexcept
      : multiplier_{(seed ^ 0x9e3779b97f4a7c15) | 1}
    {
    }

    /// Place of the id, and whether it has got it only now.
    std::pair<std::uint32_t, bool> place_of(std::uint32_t id)
    {
        if (2 * std::size_t{count_} >= cells_.size())
            grow();
        auto& cell = cell_of(id);
        if (cell.round == round_)
            return {cell.place, false};
        cell = {round_, id, count_};
        return {count_++, true};
    }

    void clear() noexcept
    {
        count_ = 0;
        if (++round_ != 0)
            return;
        for (auto& cell : cells_)
            cell.round = 0;
        round_ = 1;
    }

private:
    struct Cell
    {
        /// The time between two clearings that it was filled in.
        std::uint32_t round = 0;
        std::uint32_t id = 0;
        std::uint32_t place = 0;
    };

    /// The cell that the id is in, or else belongs into.
    Cell& cell_of(std::uint32_t id) noexcept
    {
        const auto mask = cells_.size() - 1;
        auto number = static_cast<std::size_t>(id * multiplier_ >> (64 - std::bit_width(mask)));
        while (cells_[number].round == round_ && cells_[number].id != id)
            number = (number + 1) & mask;
        return cells_[number];
    }

    void grow()
    {
        constexpr std::size_t least_size = 64;
        const auto before = std::exchange(cells_, std::vector<Cell>(cells_.empty() ? least_size : 2 * cells_.size()));
        for (const auto& cell : before)
            if (cell.round == round_)
                cell_of(cell.id) = cell;
    }

    std::uint64_t multiplier_;
    std::uint32_t round_ = 1;
    std::uint32_t count_ = 0;
    std::vector<Cell> cells_;
};
}  // namespace jiffy::sequencer
