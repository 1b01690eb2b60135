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
    std::uint64_t longest_wait = 8'000;
    /// Microseconds for which the wait may be longer than that: a burst is no overload.
    std::uint64_t patience = 50'000;
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

    /// `waiting` are in the queue, the next one would wait for `wait` microseconds; `now` in microseconds of any clock.
    [[nodiscard]] bool admits(std::size_t waiting, std::uint64_t wait, std::uint64_t now) noexcept
    {
        if (wait <= limits_.longest_wait)
        {
            // One that hovers at the limit because it is being cut is still overloaded.
            if (wait <= limits_.longest_wait / 2)
                is_overloaded_ = false;
            long_since_.reset();
            return waiting < limits_.capacity;
        }
        if (!long_since_)
            long_since_ = now;
        if (now - *long_since_ >= limits_.patience)
            is_overloaded_ = true;
        return !is_overloaded_ && waiting < limits_.capacity;
    }

private:
    AdmissionLimits limits_;
    std::optional<std::uint64_t> long_since_;
    bool is_overloaded_ = false;
};
}  // namespace jiffy::rpc
