// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace jiffy::world
{
/// Who is reading: a bounded number of places, each holding the generation of tables that its reader may look at. The
/// writer starts a new generation when it has replaced a table, and frees the old one when no reader of an older
/// generation is left. It never waits for readers.
class PinTable
{
public:
    using Generation = std::uint64_t;

    explicit PinTable(std::size_t capacity);

    /// Takes a place for a reader; empty if all are taken. What the reader loads afterwards stays valid until `leave`.
    std::optional<std::uint32_t> enter() noexcept;
    void leave(std::uint32_t place) noexcept;

    /// Writer: ends the generation during which a table was replaced, and returns it.
    Generation retire() noexcept { return generation_.fetch_add(1, std::memory_order_seq_cst); }

    /// Writer: the oldest generation that a reader may still look at.
    [[nodiscard]] Generation oldest() const noexcept;

    /// Places that are taken; a reading for people.
    [[nodiscard]] std::size_t count() const noexcept;

private:
    /// A line of its own for each, lest readers on different cores fight for it.
    struct alignas(64) Place
    {
        /// 0 if free.
        std::atomic<Generation> generation{0};
    };

    std::atomic<Generation> generation_{1};
    std::size_t capacity_;
    std::unique_ptr<Place[]> places_;
};
}  // namespace jiffy::world
