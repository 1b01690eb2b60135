// SPDX-License-Identifier: Apache-2.0
#include "world/pin_table.hpp"

#include <algorithm>
#include <functional>
#include <thread>

namespace jiffy::world
{
PinTable::PinTable(std::size_t capacity)
  : capacity_{capacity}
  , places_{std::make_unique<Place[]>(capacity)}
{
}

std::optional<std::uint32_t> PinTable::enter() noexcept
{
    // Threads begin their search at different places.
    const auto start = std::hash<std::thread::id>{}(std::this_thread::get_id());
    for (std::size_t i = 0; i < capacity_; ++i)
    {
        const auto place = (start + i) % capacity_;
        Generation expected = 0;
        // Sequentially consistent together with `retire` and `oldest`: either the writer sees this place taken, or this
        // thread sees the new tables.
        if (places_[place].generation.load(std::memory_order_relaxed) == 0 &&
            places_[place].generation.compare_exchange_strong(
                expected, generation_.load(std::memory_order_seq_cst), std::memory_order_seq_cst))
            return static_cast<std::uint32_t>(place);
    }
    return std::nullopt;
}

void PinTable::leave(std::uint32_t place) noexcept
{
    places_[place].generation.store(0, std::memory_order_release);
}

PinTable::Generation PinTable::oldest() const noexcept
{
    auto result = generation_.load(std::memory_order_seq_cst);
    for (std::size_t i = 0; i < capacity_; ++i)
        if (const auto generation = places_[i].generation.load(std::memory_order_seq_cst); generation != 0)
            result = std::min(result, generation);
    return result;
}

std::size_t PinTable::count() const noexcept
{
    return static_cast<std::size_t>(std::count_if(places_.get(), places_.get() + capacity_,
        [](const Place& place) { return place.generation.load(std::memory_order_relaxed) != 0; }));
}
}  // namespace jiffy::world
