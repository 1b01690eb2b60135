// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/machine.hpp"
#include "evm_scenario.hpp"

namespace jiffy::fuzz
{
/// One interpreter with memory of its own, and what came of the last scenario that it ran.
class Runner
{
public:
    /// The plain interpreter if `plain`, else the fast one.
    explicit Runner(bool plain);
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    struct Result
    {
        evm::Status status = evm::Status::success;
        std::int64_t gas_left = 0;
        Bytes output;
        std::int64_t refund = 0;
        std::vector<types::Log> logs;
        types::StateDifference difference;

        friend bool operator==(const Result&, const Result&) = default;
    };

    const Result& run(const Scenario& scenario);

private:
    state::Journal journal_;
    evm::CodeCache codes_{std::size_t{1} << 20};
    evm::Machine machine_;
    evm::Tracer tracer_;
    Result result_;
};

/// Runs scenarios under both interpreters.
class Comparison
{
public:
    /// What the interpreters do not agree on; empty if they do on everything.
    std::string difference(const Scenario& scenario);

    /// How the last scenario ended.
    [[nodiscard]] evm::Status status() const noexcept { return status_; }

private:
    Runner fast_{false};
    Runner plain_{true};
    evm::Status status_ = evm::Status::success;
};
}  // namespace jiffy::fuzz
