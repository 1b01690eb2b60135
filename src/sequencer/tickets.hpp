// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace jiffy::sequencer
{
/// Numbers that transactions get in the order in which they arrive, before any thread looks into them, so that their
/// order does not depend on which thread is done first.
class Tickets
{
public:
    /// A place in the order. One that goes without having been used is given up, and nobody waits for it.
    class Ticket
    {
    public:
        Ticket(Tickets& tickets, std::uint64_t number) noexcept
          : tickets_{&tickets}
          , number_{number}
        {
        }
        Ticket(Ticket&& other) noexcept
          : tickets_{std::exchange(other.tickets_, nullptr)}
          , number_{other.number_}
        {
        }
        Ticket& operator=(Ticket&& other) noexcept
        {
            std::swap(tickets_, other.tickets_);
            std::swap(number_, other.number_);
            return *this;
        }
        ~Ticket()
        {
            if (tickets_ != nullptr)
                tickets_->give_up(number_);
        }

        [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
        /// Its turn has come.
        void use() noexcept { tickets_ = nullptr; }

    private:
        Tickets* tickets_;
        std::uint64_t number_;
    };

    Tickets()
      : given_up_{std::make_unique<std::atomic<std::uint64_t>[]>(window)}
    {
    }

    /// Any thread.
    [[nodiscard]] Ticket take() noexcept { return {*this, next_.fetch_add(1, std::memory_order_relaxed)}; }

    /// True if the ticket was given up. Sequencing thread, for tickets at most `window` behind the newest.
    [[nodiscard]] bool is_given_up(std::uint64_t number) const noexcept
    {
        return given_up_[number % window].load(std::memory_order_acquire) == number + 1;
    }

    /// Tickets that are told apart.
    static constexpr std::uint64_t window = 16'384;

private:
    void give_up(std::uint64_t number) noexcept
    {
        given_up_[number % window].store(number + 1, std::memory_order_release);
    }

    std::atomic<std::uint64_t> next_ = 0;
    std::unique_ptr<std::atomic<std::uint64_t>[]> given_up_;
};

/// Puts what comes in any order into the order of its tickets. It waits for those that are missing, but neither for
/// more than a number of others nor beyond a time: then it goes on, and what comes late gets its turn at once.
template <class Value>
class ReorderBuffer
{
public:
    /// `longest_wait` in microseconds.
    ReorderBuffer(const Tickets& tickets, std::uint64_t longest_wait)
      : tickets_{tickets}
      , longest_wait_{longest_wait}
      , places_{std::make_unique<std::optional<Value>[]>(capacity)}
    {
    }

    /// Takes the value, and calls `serve` with it and all others whose turn has come. `now` is in microseconds.
    template <class Serve>
    void put(std::uint64_t number, Value value, std::uint64_t now, const Serve& serve)
    {
        if (number < next_)
            return serve(std::move(value));
        while (number - next_ >= capacity)
            pass_over(serve);
        if (waiting_ == 0)
            waits_since_ = now;
        places_[number % capacity].emplace(std::move(value));
        ++waiting_;
        advance(now, serve);
    }

    /// Calls `serve` with those whose turn has come because what they waited for was given up, or for too long.
    template <class Serve>
    void advance(std::uint64_t now, const Serve& serve)
    {
        // After a step backwards it would wait for as long as the clock was stepped.
        waits_since_ = std::min(waits_since_, now);
        while (waiting_ != 0)
        {
            if (places_[next_ % capacity].has_value())
            {
                pass_over(serve);
                waits_since_ = now;
            }
            else if (tickets_.is_given_up(next_) || now - waits_since_ > longest_wait_)
                ++next_;
            else
                return;
        }
    }

    /// Calls `serve` with all that wait.
    template <class Serve>
    void flush(const Serve& serve)
    {
        while (waiting_ != 0)
            pass_over(serve);
    }

    [[nodiscard]] bool is_waiting() const noexcept { return waiting_ != 0; }

private:
    static constexpr std::uint64_t capacity = 4096;

    template <class Serve>
    void pass_over(const Serve& serve)
    {
        auto& place = places_[next_ % capacity];
        ++next_;
        if (!place.has_value())
            return;
        auto value = std::move(*place);
        place.reset();
        --waiting_;
        serve(std::move(value));
    }

    const Tickets& tickets_;
    std::uint64_t longest_wait_;
    std::unique_ptr<std::optional<Value>[]> places_;
    /// The first ticket that has not had its turn.
    std::uint64_t next_ = 0;
    std::size_t waiting_ = 0;
    std::uint64_t waits_since_ = 0;
};
}  // namespace jiffy::sequencer
