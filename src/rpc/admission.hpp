// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace jiffy::rpc
{
struct AdmissionLimits
{
    /// Microseconds that what is admitted has to wait for its turn while there is more than can be done.
    std::uint64_t longest_wait = 4'000;
    /// Microseconds for which the wait may be longer than that: a burst is no overload.
    std::uint64_t patience = 500'000;
    /// Whatever the wait, more than this does not wait.
    std::size_t capacity = 8'192;
};

/// Decides whether one more may join a queue. A burst may, however long it makes the queue; a queue that stays long
/// does nobody good, and is cut to what can be done in time.
class Admission
{
public:
    explicit Admission(const AdmissionLimits& limits) noexcept
      : limits_{limits}
    {
    }

    /// `waiting` are in the queue, the next one would wait for `wait` microseconds; `now` in microseconds of a clock
    /// that does not run backwards.
    [[nodiscard]] bool admits(std::size_t waiting, std::uint64_t wait, std::uint64_t now) noexcept
    {
        // Those who send stop now and then for a moment: an overload is not over before that has lasted, too.
        if (wait > limits_.longest_wait / 2)
            last_busy_ = now;
        else if (now - last_busy_ >= limits_.patience)
            is_overloaded_ = false;
        if (wait <= limits_.longest_wait)
        {
            long_since_.reset();
            return waiting < limits_.capacity;
        }
        if (!long_since_)
            long_since_ = now;
        if (now - *long_since_ >= limits_.patience)
            is_overloaded_ = true;
        // What takes longer than that to be done cannot be a burst.
        return !is_overloaded_ && wait <= limits_.patience && waiting < limits_.capacity;
    }

private:
    AdmissionLimits limits_;
    std::optional<std::uint64_t> long_since_;
    /// When the wait was last longer than half of what it may be.
    std::uint64_t last_busy_ = 0;
    bool is_overloaded_ = false;
};
}  // namespace jiffy::rpc
