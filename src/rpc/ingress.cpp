// SPDX-License-Identifier: Apache-2.0
#include "rpc/ingress.hpp"

#include <algorithm>
#include <chrono>

namespace jiffy::rpc
{
namespace
{
/// Nanoseconds; if there was more between two turns, the machine was away.
constexpr std::int64_t longest_interval = 1'000'000;
/// With so many waiting, the sequencing thread is not woken for each: that would take a tenth as long as the rest.
constexpr std::size_t many = 4;
}  // namespace

std::uint64_t Ingress::expected_wait() const noexcept
{
    return queue_.size() * interval_.get() / 1000 + sequencer_->expected_wait();
}

std::optional<std::uint64_t> Ingress::refusal_at(sequencer::Instant time)
{
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
    const auto wait = expected_wait();
    const bool is_refused = !admission_.admits(queue_.size(), wait, static_cast<std::uint64_t>(now));
    is_refusing_.store(is_refused, std::memory_order_relaxed);
    if (!is_refused)
        return std::nullopt;
    refused_.fetch_add(1, std::memory_order_relaxed);
    return wait;
}

std::optional<std::uint64_t> Ingress::refusal()
{
    const std::lock_guard lock{mutex_};
    return refusal_at(sequencer::read_stopwatch());
}

std::expected<void, std::uint64_t> Ingress::add(Bytes raw, Process process, const std::optional<Hash>& hash)
{
    std::size_t waiting = 0;
    {
        const std::lock_guard lock{mutex_};
        // Here, so that for those who come one after the other time does not run backwards.
        const auto time = sequencer::read_stopwatch();
        if (const auto wait = refusal_at(time))
            return std::unexpected{*wait};
        if (raw.size() > capacity_ - size_)
        {
            refused_.fetch_add(1, std::memory_order_relaxed);
            return std::unexpected{expected_wait()};
        }
        size_ += raw.size();
        // The queue's order is that of the tickets.
        queue_.push_back({{std::move(raw), sequencer_->take_ticket(), time, hash}, std::move(process)});
        waiting = queue_.size();
        waiting_.store(waiting);
    }
    if (wake_)
        wake_(waiting);
    return {};
}

std::optional<Ingress::Waiting> Ingress::take(sequencer::Instant now)
{
    const std::lock_guard lock{mutex_};
    if (queue_.empty())
        return std::nullopt;
    if (last_turn_ != sequencer::Instant{})
    {
        const auto interval = std::clamp(std::chrono::nanoseconds{now - last_turn_}.count(), 0L, longest_interval);
        interval_.add(static_cast<std::uint64_t>(interval));
    }
    std::optional<Waiting> taken{std::move(queue_.front())};
    queue_.pop_front();
    size_ -= taken->arrival.raw.size();
    waiting_.store(queue_.size());
    last_turn_ = queue_.empty() ? sequencer::Instant{} : now;
    return taken;
}

void Ingress::work(sequencer::Instant until)
{
    bool owes_wake = false;
    for (auto now = sequencer::read_stopwatch(); auto next = take(now);)
    {
        next->arrival.more_follow = waiting() >= many;
        owes_wake |= next->arrival.more_follow;
        next->process(std::move(next->arrival));
        now = sequencer::read_stopwatch();
        if (now >= until)
            break;
    }
    if (owes_wake)
        sequencer_->wake();
}
}  // namespace jiffy::rpc
