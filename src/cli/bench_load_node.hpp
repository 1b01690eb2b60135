// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_options.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jiffy::cli::load
{
/// Samples without labels of the text format of Prometheus, by name.
using Samples = std::map<std::string, double, std::less<>>;

/// Lines that are no samples, or have labels, are left out.
Samples parse_samples(std::string_view text);

/// What a Jiffy node tells of itself at /metrics of the endpoint's host and port; empty for any other endpoint, which
/// has no such document or another one.
std::optional<Samples> read_node_samples(const Url& url);

/// What a node did between two readings, whoever it did it for.
struct NodeWork
{
    struct Stage
    {
        std::string_view name;
        std::uint64_t count = 0;
        /// Of one.
        double mean_microseconds = 0;
    };
    /// In the order in which a transaction comes to them.
    std::vector<Stage> stages;
    std::uint64_t transactions = 0;
    /// Of all threads, for each transaction.
    double processor_microseconds = 0;
};

/// Empty if the readings are not of one process, or nothing was executed in between.
std::optional<NodeWork> work_between(const Samples& before, const Samples& after);
}  // namespace jiffy::cli::load
