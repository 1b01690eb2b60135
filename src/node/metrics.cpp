// SPDX-License-Identifier: Apache-2.0
#include "node/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

namespace jiffy::node
{
namespace
{
/// In microseconds, up to about 17 s.
constexpr std::size_t bucket_count = 92;

void append_number(std::string& text, double value)
{
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_sample(std::string& text, std::string_view name, std::string_view suffix, double value)
{
    text.append(name).append(suffix).append(" ");
    append_number(text, value);
    text.append("\n");
}

void append_histogram(std::string& text, std::string_view name, const sequencer::LatencyHistogram& histogram)
{
    const auto counts = histogram.counts_by_bound();
    const auto append_bucket = [&](std::string_view bound, std::uint64_t count)
    {
        text.append(name).append("_bucket{le=\"").append(bound).append("\"} ");
        text.append(std::to_string(count)).append("\n");
    };
    std::string bound;
    for (std::size_t i = 0; i < bucket_count; ++i)
    {
        bound.clear();
        // What was recorded as less than so many whole microseconds took less than that in truth.
        append_number(bound, static_cast<double>(sequencer::LatencyHistogram::bound(i)) / 1e6);
        append_bucket(bound, counts[i]);
    }
    append_bucket("+Inf", counts.back());
    append_sample(text, name, "_sum", static_cast<double>(histogram.sum()) / 1e6);
    append_sample(text, name, "_count", static_cast<double>(counts.back()));
}

double resident_bytes()
{
    std::ifstream statistics{"/proc/self/statm"};
    std::uint64_t total_pages = 0;
    std::uint64_t resident_pages = 0;
    statistics >> total_pages >> resident_pages;
    return static_cast<double>(resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double processor_seconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time)
    { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}
}  // namespace

void Metrics::add(Metric metric)
{
    if (std::ranges::find(metrics_, metric.name, &Metric::name) != metrics_.end())
        throw std::logic_error{"two metrics have the name " + metric.name};
    metrics_.push_back(std::move(metric));
}

void Metrics::counter(std::string_view name, std::string_view help, Reading reading)
{
    add({std::string{name}, std::string{help}, "counter", std::move(reading)});
}

void Metrics::counter(std::string_view name, std::string_view help, const std::atomic<std::uint64_t>& value)
{
    counter(name, help, [&value] { return static_cast<double>(value.load(std::memory_order_relaxed)); });
}

void Metrics::gauge(std::string_view name, std::string_view help, Reading reading)
{
    add({std::string{name}, std::string{help}, "gauge", std::move(reading)});
}

void Metrics::histogram(std::string_view name, std::string_view help, const sequencer::LatencyHistogram& microseconds)
{
    histogram(name, help, [&microseconds] { return &microseconds; });
}

void Metrics::histogram(std::string_view name, std::string_view help, Source source)
{
    add({std::string{name}, std::string{help}, "histogram", std::move(source)});
}

std::string Metrics::text() const
{
    static const sequencer::LatencyHistogram empty;
    std::string text;
    for (const auto& metric : metrics_)
    {
        text.append("# HELP ").append(metric.name).append(" ").append(metric.help).append("\n");
        text.append("# TYPE ").append(metric.name).append(" ").append(metric.type).append("\n");
        if (const auto* reading = std::get_if<Reading>(&metric.source))
        {
            append_sample(text, metric.name, {}, (*reading)());
            continue;
        }
        const auto* histogram = std::get<Source>(metric.source)();
        append_histogram(text, metric.name, histogram != nullptr ? *histogram : empty);
    }
    return text;
}

void add_process_metrics(Metrics& metrics)
{
    metrics.gauge("process_resident_memory_bytes", "Memory of the process in RAM.", resident_bytes);
    metrics.counter("process_cpu_seconds_total", "Processor time of the process.", processor_seconds);
}
}  // namespace jiffy::node
