// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/latency_histogram.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jiffy::node
{
/// The figures of a node by name, and their text for Prometheus. The owner of a figure keeps it up to date; this only
/// reads it. Registered before the first `text`, then callable by any thread.
class Metrics
{
public:
    /// Reads a figure; called by any thread, must not block.
    using Reading = std::function<double()>;

    /// A number that only grows.
    void counter(std::string_view name, std::string_view help, Reading reading);
    void counter(std::string_view name, std::string_view help, const std::atomic<std::uint64_t>& value);
    /// A number that goes up and down.
    void gauge(std::string_view name, std::string_view help, Reading reading);
    /// Durations, recorded in microseconds and told in seconds. The histogram must live as long as this.
    void histogram(std::string_view name, std::string_view help, const sequencer::LatencyHistogram& microseconds);
    /// Likewise of one that may not be there yet; none is told as empty.
    using Source = std::function<const sequencer::LatencyHistogram*()>;
    void histogram(std::string_view name, std::string_view help, Source source);

    /// All of them (Prometheus, "Text-based format", version 0.0.4).
    [[nodiscard]] std::string text() const;

private:
    struct Metric
    {
        std::string name;
        std::string help;
        const char* type;
        std::variant<Reading, Source> source;
    };

    void add(Metric metric);

    std::vector<Metric> metrics_;
};

/// Memory and processor time of this process, under the names that Prometheus' clients use for them.
void add_process_metrics(Metrics& metrics);
}  // namespace jiffy::node
