// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>

namespace jiffy::sequencer
{
/// Bounded queue from one thread to one other, without locks.
template <class T>
class SpscQueue
{
public:
    explicit SpscQueue(std::size_t capacity)
      : mask_{std::bit_ceil(capacity) - 1}
      , places_{std::make_unique<std::optional<T>[]>(mask_ + 1)}
    {
    }

    /// Moves from `value` only if there is room.
    bool try_push(T& value)
    {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_.load(std::memory_order_acquire) > mask_)
            return false;
        places_[tail & mask_].emplace(std::move(value));
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    std::optional<T> try_pop()
    {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head == tail_.load(std::memory_order_acquire))
            return std::nullopt;
        auto value = std::move(places_[head & mask_]);
        places_[head & mask_].reset();
        head_.store(head + 1, std::memory_order_release);
        return value;
    }

private:
    std::size_t mask_;
    std::unique_ptr<std::optional<T>[]> places_;
    alignas(64) std::atomic<std::size_t> head_ = 0;
    alignas(64) std::atomic<std::size_t> tail_ = 0;
};

/// Bounded queue from any number of threads to one, without locks, in order of entry. Each place carries the turn in
/// which it may be written or read.
template <class T>
class MpscQueue
{
public:
    explicit MpscQueue(std::size_t capacity)
      : mask_{std::bit_ceil(capacity) - 1}
      , places_{std::make_unique<Place[]>(mask_ + 1)}
    {
        for (std::size_t i = 0; i <= mask_; ++i)
            places_[i].turn.store(i, std::memory_order_relaxed);
    }

    /// Moves from `value` only if there is room.
    bool try_push(T& value)
    {
        std::size_t ticket = tail_.load(std::memory_order_relaxed);
        for (;;)
        {
            Place& place = places_[ticket & mask_];
            const std::size_t turn = place.turn.load(std::memory_order_acquire);
            if (turn == ticket)
            {
                if (!tail_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_relaxed))
                    continue;
                place.value.emplace(std::move(value));
                place.turn.store(ticket + 1, std::memory_order_release);
                return true;
            }
            if (turn < ticket)
                return false;
            ticket = tail_.load(std::memory_order_relaxed);
        }
    }

    /// Reading thread only.
    std::optional<T> try_pop()
    {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        Place& place = places_[head & mask_];
        if (place.turn.load(std::memory_order_acquire) != head + 1)
            return std::nullopt;
        auto value = std::move(place.value);
        place.value.reset();
        place.turn.store(head + mask_ + 1, std::memory_order_release);
        head_.store(head + 1, std::memory_order_relaxed);
        return value;
    }

    /// About how many values wait; any thread.
    [[nodiscard]] std::size_t size() const noexcept
    {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        return tail > head ? tail - head : 0;
    }

private:
    struct Place
    {
        std::atomic<std::size_t> turn = 0;
        std::optional<T> value;
    };

    std::size_t mask_;
    std::unique_ptr<Place[]> places_;
    alignas(64) std::atomic<std::size_t> head_ = 0;
    alignas(64) std::atomic<std::size_t> tail_ = 0;
};
}  // namespace jiffy::sequencer
