// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/reply.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>

namespace jiffy::rpc
{
/// A reply that is given in time, or else by the clock.
class TimedReply
{
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    /// Makes the error that says that the time is over.
    using Expiry = std::move_only_function<Error()>;

    TimedReply(Reply reply, TimePoint deadline, Expiry expiry)
      : reply_{std::move(reply)}
      , deadline_{deadline}
      , expiry_{std::move(expiry)}
    {
    }

    /// Any thread: the reply, which is then to be given, for whoever asks first; none for everybody else. It is not
    /// kept here any more: if it is dropped, it says so at once, not when the time is over.
    [[nodiscard]] std::optional<Reply> take()
    {
        if (is_taken_.exchange(true))
            return std::nullopt;
        expiry_ = nullptr;
        return std::move(reply_);
    }

    /// Any thread: gives the error, unless the reply was taken.
    void expire()
    {
        if (!is_taken_.exchange(true))
            reply_.error(std::exchange(expiry_, nullptr)());
    }

    [[nodiscard]] bool is_taken() const noexcept { return is_taken_; }
    [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }

private:
    friend class TimedReplies;

    Reply reply_;
    TimePoint deadline_;
    Expiry expiry_;
    std::atomic<bool> is_taken_ = false;
    /// In the stack of those that were added: the one before, and what keeps this one alive there.
    TimedReply* previous_ = nullptr;
    std::shared_ptr<TimedReply> self_;
};

/// Replies that the clock gives when their time is over. Nearly all are given long before, so that to add one costs
/// next to nothing: those that are given when somebody looks are never put in order.
class TimedReplies
{
public:
    TimedReplies() = default;
    TimedReplies(const TimedReplies&) = delete;
    TimedReplies& operator=(const TimedReplies&) = delete;
    ~TimedReplies();

    /// Any thread. Takes no lock and wakes nobody.
    void add(std::shared_ptr<TimedReply> reply) noexcept;
    /// One thread: gives those whose time is over.
    void expire(TimedReply::TimePoint now);
    /// The same thread: how many are kept, at most about twice as many as are not given yet.
    [[nodiscard]] std::size_t size() const noexcept { return by_deadline_.size(); }

private:
    static constexpr std::size_t least_purged = 1024;

    std::atomic<TimedReply*> newest_ = nullptr;
    std::multimap<TimedReply::TimePoint, std::shared_ptr<TimedReply>> by_deadline_;
    /// So many are kept before those that are given are thrown out.
    std::size_t most_kept_ = least_purged;
};
}  // namespace jiffy::rpc
