// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/log_frame.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <variant>

namespace jiffy::sequencer
{
/// The frames are in the log, and as durable as their statements promise.
struct Logged
{
};

/// None of the frames was taken, as another term has begun: what they sign is to be signed again on these terms, behind
/// an `EpochFrame` that says so.
struct SignAgain
{
    types::StatementTerms terms;
};

/// The log takes nothing more: what is not released will not be, as far as this node knows.
struct NotLogged
{
};

using LogOutcome = std::variant<Logged, SignAgain, NotLogged>;

/// Where the order log goes, and what a release waits for.
struct LogSink
{
    /// Takes the log's next frames: all since the last release. The releasing thread calls it and waits. Empty if
    /// nobody wants frames.
    std::function<LogOutcome(std::span<const types::LogFrame>)> write;
    /// The releasing thread calls it between releases, when there is something to do for it, and again at the time that
    /// it returns at the latest. May be empty.
    std::function<std::chrono::steady_clock::time_point()> attend{};
};

/// A log that takes frames one by one, in terms that do not change; `make_durable` is false if that is not to be had.
inline LogSink frame_by_frame(
    std::function<void(const types::LogFrame&)> append,
    std::function<bool()> make_durable = [] { return true; })
{
    return {.write = [append = std::move(append), make_durable = std::move(make_durable)](
                         std::span<const types::LogFrame> frames) -> LogOutcome
        {
            for (const auto& frame : frames)
                append(frame);
            return make_durable() ? LogOutcome{Logged{}} : LogOutcome{NotLogged{}};
        },
        .attend = {}};
}
}  // namespace jiffy::sequencer
