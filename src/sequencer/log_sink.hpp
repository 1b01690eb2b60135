// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/log_frame.hpp"

#include <functional>

namespace jiffy::sequencer
{
/// Where the order log goes, and what a release waits for. The releasing thread calls it.
struct LogSink
{
    /// The log's next frame; does not wait for a disk or a network. Empty if nobody wants frames.
    std::function<void(const types::LogFrame&)> append;
    /// Returns once all frames so far are as durable as the statements promise. False if that is not to be had: nothing
    /// may be released any more.
    std::function<bool()> make_durable = [] { return true; };
};
}  // namespace jiffy::sequencer
