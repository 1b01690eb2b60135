// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/admission.hpp"
#include "sequencer/sequencer.hpp"

#include <atomic>
#include <deque>
#include <expected>
#include <functional>
#include <mutex>

namespace jiffy::rpc
{
/// A transaction that was read, and when, with its place in the order.
struct Arrival
{
    Bytes raw;
    sequencer::Tickets::Ticket ticket;
    sequencer::Instant time;
    /// Of `raw`, if whoever added it knows it.
    std::optional<Hash> hash;
    /// For the submission that is made of it.
    bool more_follow = false;
};

/// Transactions that were read and wait for what costs most, the recovery of their senders. The I/O threads take them,
/// oldest first, whenever they have read what there is to read, so that reading, and refusing what is too much, never
/// waits behind that work.
class Ingress
{
public:
    using Process = std::move_only_function<void(Arrival)>;

    /// `capacity` in bytes of transactions.
    explicit Ingress(const AdmissionLimits& limits = {}, std::size_t capacity = std::size_t{64} << 20) noexcept
      : admission_{limits}
      , capacity_{capacity}
    {
    }

    /// Before anything is added, or anybody asks for a refusal: whom the transactions are for.
    void begin(sequencer::Sequencer& sequencer) noexcept { sequencer_ = &sequencer; }

    /// Before anything is added: `wake` is called when there is more work than those who are awake can see to at once.
    void set_waker(std::function<void(std::size_t waiting)> wake) { wake_ = std::move(wake); }

    /// Any thread: the wait in microseconds, if it is so long that whatever comes now is refused. To ask before a
    /// transaction is read makes a refusal cheap.
    std::optional<std::uint64_t> refusal();
    /// Any thread: the last one who asked was refused.
    [[nodiscard]] bool is_refusing() const noexcept { return is_refusing_.load(std::memory_order_relaxed); }

    /// Any thread: has `process` run with the transaction on an I/O thread in its turn. If more waits already, here and
    /// for the sequencing thread, than can be done in time, the error is that wait in microseconds.
    std::expected<void, std::uint64_t> add(Bytes raw, Process process, const std::optional<Hash>& hash = {});

    /// Processes transactions until there is none or the time is over, but at least one.
    void work(sequencer::Instant until);

    [[nodiscard]] bool empty() const noexcept { return waiting() == 0; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.load(); }
    /// Transactions that were not admitted.
    [[nodiscard]] const std::atomic<std::uint64_t>& refused() const noexcept { return refused_; }

private:
    struct Waiting
    {
        Arrival arrival;
        Process process;
    };

    /// Microseconds. `mutex_` is held, as for the next one.
    [[nodiscard]] std::uint64_t expected_wait() const noexcept;
    std::optional<std::uint64_t> refusal_at(sequencer::Instant time);
    std::optional<Waiting> take(sequencer::Instant now);

    sequencer::Sequencer* sequencer_ = nullptr;
    std::mutex mutex_;
    Admission admission_;
    std::size_t capacity_;
    std::deque<Waiting> queue_;
    /// Of all that wait, in bytes.
    std::size_t size_ = 0;
    /// Nanoseconds from one transaction's turn to the next one's while some wait.
    sequencer::MovingAverage interval_{50'000};
    /// None if the queue was empty after it.
    sequencer::Instant last_turn_{};
    std::atomic<std::size_t> waiting_ = 0;
    std::atomic<std::uint64_t> refused_ = 0;
    std::atomic<bool> is_refusing_ = false;
    std::function<void(std::size_t)> wake_;
};
}  // namespace jiffy::rpc
