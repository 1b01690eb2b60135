// SPDX-License-Identifier: Apache-2.0
#include "node/feed_sink.hpp"

namespace jiffy::node
{
sequencer::LogSink feed_sink(feed::Publisher& publisher, store::OrderLog* log, std::uint64_t chain_id)
{
    if (log != nullptr)
        return sequencer::frame_by_frame([&publisher, log](const types::LogFrame& frame)
            { publisher.append(log->append(frame)); },
            [&publisher, log]
            {
                if (!log->make_durable())
                    return false;
                publisher.release();
                return true;
            });
    return sequencer::frame_by_frame(
        [&publisher, chain_id, encoded = Bytes{}](const types::LogFrame& frame) mutable
        {
            encoded.clear();
            types::encode(frame, chain_id, encoded);
            publisher.append(encoded);
        },
        [&publisher]
        {
            publisher.release();
            return true;
        });
}

void add_feed_metrics(Metrics& metrics, const feed::Publisher* publisher)
{
    const auto reading = [publisher](const std::atomic<std::uint64_t> feed::ServerMetrics::* member)
    {
        return [publisher, member]
        { return publisher != nullptr ? static_cast<double>(publisher->metrics().*member) : 0.0; };
    };
    metrics.gauge(
        "jiffy_feed_subscribers", "Open connections of the feed.", reading(&feed::ServerMetrics::subscribers));
    metrics.counter(
        "jiffy_feed_bytes_total", "Bytes sent to subscribers of the feed.", reading(&feed::ServerMetrics::bytes));
    metrics.counter("jiffy_feed_cut_total", "Subscribers cut as too slow, or for what they sent.",
        reading(&feed::ServerMetrics::cut));
}
}  // namespace jiffy::node
