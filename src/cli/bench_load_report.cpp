// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace jiffy::cli::load
{
namespace
{
using Json = nlohmann::ordered_json;

struct Quantile
{
    const char* name;
    double share;
};
constexpr Quantile quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};

Json json_of(const sequencer::LatencyHistogram& histogram)
{
    Json json;
    for (const auto& [name, share] : quantiles)
        json[name] = histogram.quantile(share);
    json["max"] = histogram.maximum();
    return json;
}

std::string text_of(const sequencer::LatencyHistogram& histogram)
{
    std::string text;
    for (const auto& [name, share] : quantiles)
        text += fmt::format("{} {}  ", name, histogram.quantile(share));
    return text + fmt::format("max {} us", histogram.maximum());
}

double generator_microseconds(const Tally& tally)
{
    return tally.sent == 0 ? 0 : tally.generator_seconds * 1e6 / static_cast<double>(tally.sent);
}
std::string text_of(const NodeWork& node)
{
    auto text = fmt::format(
        "  the node: {:.1f} us of processor time per transaction, of all threads\n"
        "    {:<16} {:>10} {:>12}\n",
        node.processor_microseconds, "stage", "us each", "how many");
    for (const auto& stage : node.stages)
        text += fmt::format("    {:<16} {:>10.1f} {:>12}\n", stage.name, stage.mean_microseconds, stage.count);
    return text;
}

Json json_of(const NodeWork& node)
{
    Json json{
        {"transactions", node.transactions}, {"processorMicrosecondsPerTransaction", node.processor_microseconds}};
    for (const auto& stage : node.stages)
        json["stages"][std::string{stage.name}] = {
            {"count", stage.count}, {"meanMicroseconds", stage.mean_microseconds}};
    return json;
}
}  // namespace

double Run::transactions_per_second() const
{
    return seconds > 0 ? static_cast<double>(tally.executed + tally.reverted) / seconds : 0;
}

bool Run::is_consistent() const
{
    const auto known = tally.executed + tally.reverted;
    const auto unknown = tally.refused + tally.lost + tally.unanswered();
    return tally.missing() == 0 && executed_on_chain >= known && executed_on_chain <= known + unknown;
}

std::string text_of(const Run& run)
{
    const auto& tally = run.tally;
    std::string text = fmt::format("{}, {}, {} connections, rate {}: {:.1f} s, {} senders\n", name_of(run.kind),
        name_of(run.options.mode), run.options.connections,
        run.options.rate ? fmt::format("{:g}/s", *run.options.rate) : "max", run.seconds, run.senders);
    text += fmt::format("  executed   {:.0f} transactions per second\n", run.transactions_per_second());
    text += fmt::format("  sent {}  accepted {}  executed {}  reverted {}  refused {}  lost {}  unanswered {}\n",
        tally.sent, tally.accepted, tally.executed, tally.reverted, tally.refused, tally.lost, tally.unanswered());
    for (const auto& [code, refusals] : tally.refusals)
        text += fmt::format("  refused    {} with code {}: {}\n", refusals.count, code, refusals.message);
    text += fmt::format("  to {:<8} {}\n", run.latency_to, text_of(tally.latency));
    if (tally.refused > 0)
        text += fmt::format("  to refusal  {}\n", text_of(tally.refusal_latency));
    if (run.options.rate)
        text += fmt::format("  sent late by {}; overdue at the end {}\n", text_of(tally.delay), tally.overdue);
    if (tally.sent == run.prepared && !run.options.rate)
        text += fmt::format("  all {} prepared transactions were sent: --count prepares more\n", run.prepared);
    text += fmt::format("  generator  {:.1f} us of processor time per transaction\n", generator_microseconds(tally));
    if (run.node)
        text += text_of(*run.node);
    text += fmt::format("  accepted = executed + reverted + {} missing; nonces on chain say {} executed: {}\n",
        tally.missing(), run.executed_on_chain, run.is_consistent() ? "consistent" : "NOT CONSISTENT");
    return text;
}

std::string json_of(const Run& run)
{
    const auto& tally = run.tally;
    Json json;
    json["kind"] = name_of(run.kind);
    json["mode"] = name_of(run.options.mode);
    json["connections"] = run.options.connections;
    json["rate"] = run.options.rate ? Json(*run.options.rate) : Json("max");
    json["batch"] = run.options.batch;
    json["window"] = run.options.mode == Mode::ws ? Json(run.options.window) : Json(nullptr);
    json["senders"] = run.senders;
    json["prepared"] = run.prepared;
    json["seconds"] = run.seconds;
    json["transactionsPerSecond"] = run.transactions_per_second();
    json["sent"] = tally.sent;
    json["accepted"] = tally.accepted;
    json["executed"] = tally.executed;
    json["reverted"] = tally.reverted;
    json["refused"] = tally.refused;
    json["lost"] = tally.lost;
    json["unanswered"] = tally.unanswered();
    json["missing"] = tally.missing();
    json["overdue"] = tally.overdue;
    json["executedOnChain"] = run.executed_on_chain;
    json["consistent"] = run.is_consistent();
    json["refusals"] = Json::array();
    for (const auto& [code, refusals] : tally.refusals)
        json["refusals"].push_back({{"code", code}, {"count", refusals.count}, {"message", refusals.message}});
    json["latencyTo"] = run.latency_to;
    json["latencyMicroseconds"] = json_of(tally.latency);
    json["refusalMicroseconds"] = json_of(tally.refusal_latency);
    json["sentLateMicroseconds"] = json_of(tally.delay);
    json["generatorMicrosecondsPerTransaction"] = generator_microseconds(tally);
    if (run.node)
        json["node"] = json_of(*run.node);
    return json.dump() + "\n";
}
}  // namespace jiffy::cli::load
