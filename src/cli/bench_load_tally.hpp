// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/latency_histogram.hpp"

#include <map>
#include <string>
#include <vector>

namespace jiffy::cli::load
{
/// How far a prepared transaction has come.
enum class Outcome : std::uint8_t
{
    unsent,
    /// Not answered.
    sent,
    /// Answered with a hash.
    accepted,
    executed,
    /// Executed, and failed.
    reverted,
    /// Answered with an error.
    refused,
    /// The connection broke, or the answer was none.
    lost,
};

/// Refusals with the same code.
struct Refusals
{
    std::uint64_t count = 0;
    /// Of the first one.
    std::string message;
};

/// What has become of the load.
struct Tally
{
    explicit Tally(std::size_t transactions)
      : outcomes(transactions, Outcome::unsent)
    {
    }

    std::vector<Outcome> outcomes;
    std::uint64_t sent = 0;
    /// Answered with a hash or a receipt.
    std::uint64_t accepted = 0;
    std::uint64_t executed = 0;
    std::uint64_t reverted = 0;
    std::uint64_t refused = 0;
    std::uint64_t lost = 0;
    /// With an offered rate: their time had come, but every request that may be outstanding was.
    std::uint64_t overdue = 0;
    /// By JSON-RPC code, or by HTTP status.
    std::map<std::int64_t, Refusals> refusals;

    /// Microseconds from the intended time of sending to the receipt, or to the hash where only that is asked for.
    sequencer::LatencyHistogram latency;
    /// Microseconds from the intended time of sending to the refusal.
    sequencer::LatencyHistogram refusal_latency;
    /// Microseconds by which the generator sent later than intended.
    sequencer::LatencyHistogram delay;

    /// From the first request to the last answer.
    double seconds = 0;
    /// Processor time of the generator meanwhile.
    double generator_seconds = 0;

    [[nodiscard]] std::uint64_t unanswered() const noexcept { return sent - accepted - refused - lost; }
    /// Accepted, but neither executed nor refused.
    [[nodiscard]] std::uint64_t missing() const noexcept { return accepted - executed - reverted; }
};
}  // namespace jiffy::cli::load
