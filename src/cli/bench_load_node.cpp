// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_node.hpp"

#include "cli/bench_load_rpc.hpp"
#include "cli/bench_load_wire.hpp"

#include <charconv>
#include <stdexcept>

namespace jiffy::cli::load
{
namespace
{
struct StageMetric
{
    std::string_view name;
    std::string_view histogram;
};
constexpr StageMetric stage_metrics[] = {{"ingress", "jiffy_ingress_seconds"}, {"queue", "jiffy_queue_seconds"},
    {"execution", "jiffy_execution_seconds"}, {"release", "jiffy_release_seconds"},
    {"signature", "jiffy_signature_seconds"}, {"mini-block seal", "jiffy_mini_block_seal_seconds"},
    {"block seal", "jiffy_block_seal_seconds"}};
constexpr std::string_view transactions_metric = "jiffy_transactions_total";
constexpr std::string_view processor_metric = "process_cpu_seconds_total";

std::string get(const Url& url, std::string_view path)
{
    Socket socket{url};
    socket.send_all("GET " + std::string{path} + " HTTP/1.1\r\nHost: " + url.host + "\r\n\r\n");
    std::string input;
    HttpResponse response;
    ReadState state = ReadState::incomplete;
    while ((state = read_http_response(input, response)) == ReadState::incomplete)
        socket.receive_some(input);
    if (state == ReadState::malformed || response.status != 200)
        throw std::runtime_error{"the endpoint has no " + std::string{path}};
    return std::string{response.body};
}

double growth(const Samples& before, const Samples& after, std::string_view name, std::string_view suffix = {})
{
    const auto full_name = std::string{name}.append(suffix);
    const auto first = before.find(full_name);
    const auto last = after.find(full_name);
    return first == before.end() || last == after.end() ? 0 : last->second - first->second;
}
}  // namespace

Samples parse_samples(std::string_view text)
{
    Samples samples;
    while (!text.empty())
    {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto space = line.find(' ');
        if (line.starts_with('#') || space == std::string_view::npos || line.find('{') < space)
            continue;
        double value = 0;
        const auto number = line.substr(space + 1);
        const auto end = number.data() + number.size();
        if (const auto parsed = std::from_chars(number.data(), end, value);
            parsed.ec == std::errc{} && parsed.ptr == end)
            samples.emplace(line.substr(0, space), value);
    }
    return samples;
}

std::optional<Samples> read_node_samples(const Url& url)
{
    try
    {
        auto samples = parse_samples(get(url, "/metrics"));
        if (samples.contains(transactions_metric))
            return samples;
    }
    catch (const std::runtime_error&)
    {
        // Any endpoint can be put under load; most are no Jiffy nodes.
    }
    return std::nullopt;
}

std::optional<NodeWork> work_between(const Samples& before, const Samples& after)
{
    const auto transactions = growth(before, after, transactions_metric);
    if (transactions <= 0)
        return std::nullopt;
    NodeWork work;
    work.transactions = static_cast<std::uint64_t>(transactions);
    work.processor_microseconds = growth(before, after, processor_metric) * 1e6 / transactions;
    for (const auto& [name, histogram] : stage_metrics)
        if (const auto count = growth(before, after, histogram, "_count"); count > 0)
            work.stages.push_back(
                {name, static_cast<std::uint64_t>(count), growth(before, after, histogram, "_sum") * 1e6 / count});
    return work;
}
}  // namespace jiffy::cli::load
