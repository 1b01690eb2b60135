// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_node.hpp"
#include "cli/bench_load_options.hpp"
#include "cli/bench_load_tally.hpp"

namespace jiffy::cli::load
{
/// A finished run.
struct Run
{
    const Options& options;
    Kind kind = Kind::transfer;
    /// What `Tally::latency` goes up to: "receipt" or "hash".
    std::string latency_to;
    std::size_t prepared = 0;
    std::size_t senders = 0;
    /// By the nonces on chain.
    std::uint64_t executed_on_chain = 0;
    /// From the first request until everything accepted was executed.
    double seconds = 0;
    const Tally& tally;
    /// If the endpoint is a Jiffy node.
    std::optional<NodeWork> node;

    [[nodiscard]] double transactions_per_second() const;
    /// Everything accepted was executed, and the chain's nonces say so too. What was refused or not answered may or may
    /// not have been executed.
    [[nodiscard]] bool is_consistent() const;
};

std::string text_of(const Run& run);
std::string json_of(const Run& run);
}  // namespace jiffy::cli::load
