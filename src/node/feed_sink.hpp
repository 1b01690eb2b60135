// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/publisher.hpp"
#include "node/metrics.hpp"
#include "sequencer/log_sink.hpp"
#include "store/order_log.hpp"

namespace jiffy::node
{
/// Writes frames to the log, which may be null, and shows them to the feed's subscribers when they are as durable as is
/// asked for.
sequencer::LogSink feed_sink(feed::Publisher& publisher, store::OrderLog* log, std::uint64_t chain_id);

/// Figures of the feed; zeros without one.
void add_feed_metrics(Metrics& metrics, const feed::Publisher* publisher);
}  // namespace jiffy::node
