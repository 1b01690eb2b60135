// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_gas_worst.hpp"

#include "cli/bench_gas_worst_clock.hpp"
#include "cli/bench_gas_worst_programs.hpp"
#include "cli/bench_gas_worst_transactions.hpp"
#include "evm/machine.hpp"
#include "evm/precompiles.hpp"
#include "types/receipt.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>

namespace jiffy::cli
{
namespace
{
using namespace gas_worst;
using Json = nlohmann::ordered_json;

/// Of a transaction (EIP-7825, decision on gas and limits).
constexpr double transaction_gas = 1 << 24;
/// Milliseconds: a mini-block.
constexpr double longest_transaction = 10;

/// What a program takes.
struct Timing
{
    std::string variant;
    std::int64_t gas = 0;
    /// The median of the repetitions.
    double nanoseconds = 0;
    /// What was timed is the largest transaction there is of this, not a run of code that could go on.
    bool is_whole = false;

    [[nodiscard]] double per_gas() const { return nanoseconds / static_cast<double>(gas); }
    /// Of a transaction that spends all the gas it may on this.
    [[nodiscard]] double milliseconds() const { return (is_whole ? nanoseconds : per_gas() * transaction_gas) / 1e6; }
};

struct Result
{
    std::string name;
    /// "opcode", "precompile" or "transaction".
    std::string_view kind;
    /// Slowest first.
    std::vector<Timing> timings;
};

std::string title_of(const Result& result, const Timing& timing)
{
    return timing.variant.empty() ? result.name : result.name + ", " + timing.variant;
}

state::Presence any_hash(const void* /*context*/, std::uint64_t number, Hash& result) noexcept
{
    result = to_hash(U256{number});
    return state::Presence::present;
}

/// Runs programs as transactions of their own, on one machine, as the sequencer does.
class Bench
{
public:
    Bench(const world::World& world, evm::Revision revision)
      : world_{world}
      , machine_{journal_, codes_}
    {
        block_.revision = revision;
        block_.number = 1'000;
        block_.block_hashes.lookup = any_hash;
        transaction_.origin = sender_address;
        machine_.set_environment(block_, transaction_);
    }

    Timing time(const Program& program, const BenchGasWorstOptions& options)
    {
        const ProgramState state{world_, program.code};
        const auto gas = program.gas_limit > 0 ? std::min(program.gas_limit, options.gas) : options.gas;
        Timing timing{.variant = program.variant};
        Bytes input(32);
        append(input, program.input);
        const auto run_once = [&]
        {
            store_big_endian(input.data(), U256{++runs_ * 0x9e3779b97f4a7c15});
            return run(state, program, input, gas, timing.gas);
        };
        timing.nanoseconds = median_of(options.repetitions, run_once);
        return timing;
    }

private:
    double run(const ProgramState& state,
        const Program& program,
        BytesView input,
        std::int64_t gas,
        std::int64_t& gas_used)
    {
        // Without capacity: every run meets code for the first time.
        codes_.trim();
        const auto begin = processor_nanoseconds();
        journal_.begin(state::Source{state});
        for (const auto& address : evm::precompile_addresses(block_.revision))
            journal_.warm_up(*journal_.account(address));
        for (const auto& address : {sender_address, program_address, block_.coinbase})
            journal_.warm_up(*journal_.account(address));
        const auto outcome = machine_.execute(
            {.sender = sender_address, .recipient = program_address, .value = {}, .input = input, .gas = gas});
        const auto bloom = types::bloom_of(journal_.logs());
        difference_ = {};
        journal_.finalise({.remove_empty_accounts = true}, difference_);
        const auto end = processor_nanoseconds();
        if (outcome.status != evm::Status::out_of_gas && outcome.status != evm::Status::success)
            throw std::logic_error{fmt::format(
                "the program \"{}\" ends with status {}", program.variant, static_cast<int>(outcome.status))};
        if (!bloom.is_zero() && outcome.status == evm::Status::out_of_gas)
            throw std::logic_error{"logs remain of a transaction that ran out of gas"};
        gas_used = gas - outcome.gas_left;
        return end - begin;
    }

    const world::World& world_;
    state::Journal journal_;
    evm::CodeCache codes_{0};
    evm::Machine machine_;
    evm::BlockEnvironment block_;
    evm::TransactionEnvironment transaction_;
    types::StateDifference difference_;
    std::uint64_t runs_ = 0;
};

std::vector<Result> measure(const BenchGasWorstOptions& options)
{
    const auto revision = options.fork == "osaka" ? evm::Revision::osaka : evm::Revision::prague;
    const std::regex filter{options.filter};
    StateSize size;
    size.accounts = std::bit_ceil(options.accounts);
    size.large_contracts = std::min(size.large_contracts, size.accounts);
    const auto world = std::make_unique<world::World>();
    fill(*world, size);
    Bench bench{*world, revision};

    std::vector<Result> results;
    const auto add = [&](const std::string& name, std::string_view kind, const auto& cases, const auto& time)
    {
        if (!options.filter.empty() && !std::regex_search(name, filter))
            return;
        auto& result = results.emplace_back(name, kind, std::vector<Timing>{});
        for (const auto& subject : cases)
            result.timings.push_back(time(subject));
        std::ranges::sort(result.timings, std::greater{}, &Timing::milliseconds);
    };
    const auto time_program = [&](const Program& program) { return bench.time(program, options); };
    for (const auto& subject : opcode_subjects(revision, size))
        add(subject.name, "opcode", subject.programs, time_program);
    for (const auto& subject : precompile_subjects(revision))
        add(subject.name, "precompile", subject.programs, time_program);

    TransactionBench transaction_bench{*world, revision};
    const auto time_transaction = [&](const TransactionCase& subject)
    {
        return Timing{.variant = subject.variant,
            .gas = static_cast<std::int64_t>(subject.transaction.gas_limit),
            .nanoseconds = median_of(options.repetitions, [&] { return transaction_bench.run(subject); }),
            .is_whole = true};
    };
    for (const auto& subject : transaction_subjects(revision, size, static_cast<std::uint64_t>(options.gas)))
        add(subject.name, "transaction", subject.cases, time_transaction);
    std::ranges::sort(results, std::greater{}, [](const Result& result) { return result.timings.front().per_gas(); });
    return results;
}

void print_text(const std::vector<Result>& results)
{
    fmt::print("{:<20} {:>8} {:>10}  {}\n", "", "ns/gas", "ms at most", "worst when");
    for (const auto& result : results)
    {
        const auto& worst = result.timings.front();
        fmt::print(
            "{:<20} {:>8.3f} {:>10.2f}  {}\n", result.name, worst.per_gas(), worst.milliseconds(), worst.variant);
    }
    if (results.empty())
        return;
    const auto& worst = results.front();
    fmt::print("\na transaction of 2^24 gas takes at most {:.1f} ms ({}): no other one waits longer for it\n",
        worst.timings.front().milliseconds(), title_of(worst, worst.timings.front()));
    fmt::print("longer than {} ms:\n", longest_transaction);
    for (const auto& result : results)
        for (const auto& timing : result.timings)
            if (timing.milliseconds() > longest_transaction)
                fmt::print("  {:>7.1f} ms  {}\n", timing.milliseconds(), title_of(result, timing));
}

void print_json(const std::vector<Result>& results)
{
    Json report{{"transactionGas", transaction_gas}, {"results", Json::array()}};
    for (const auto& result : results)
    {
        Json entry{{"name", result.name}, {"kind", result.kind}};
        entry["nanosecondsPerGas"] = result.timings.front().per_gas();
        for (const auto& timing : result.timings)
            entry["variants"].push_back(
                {{"variant", timing.variant}, {"gas", timing.gas}, {"nanoseconds", timing.nanoseconds},
                    {"nanosecondsPerGas", timing.per_gas()}, {"milliseconds", timing.milliseconds()}});
        report["results"].push_back(std::move(entry));
    }
    if (!results.empty())
        report["headOfLineMilliseconds"] = results.front().timings.front().milliseconds();
    fmt::print("{}\n", report.dump());
}
}  // namespace

int bench_gas_worst(const BenchGasWorstOptions& options)
{
    try
    {
        const auto results = measure(options);
        if (options.json)
            print_json(results);
        else
            print_text(results);
    }
    catch (const std::regex_error& error)
    {
        std::fprintf(stderr, "jiffy bench gas-worst: %s\n", error.what());
        return 2;
    }
    return 0;
}
}  // namespace jiffy::cli
