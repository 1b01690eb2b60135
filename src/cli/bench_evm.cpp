// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_evm.hpp"

#include "base/hex.hpp"
#include "evm/machine.hpp"
#include "evm/precompiles.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

namespace jiffy::cli
{
namespace
{
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr Address default_recipient = literals::fixed_hex<20>("0x000000000000000000000000000000000000be7c");
constexpr Address default_sender = literals::fixed_hex<20>("0x000000000000000000000000000000000000a94f");
constexpr std::int64_t message_gas = 10'000'000'000'000;
/// Of the cases with calls, whose recursion ends where 63/64 of the gas no longer suffice.
constexpr std::int64_t call_case_gas = 50'000'000'000;

/// Accounts with code and nothing else.
struct CodeState
{
    std::map<Address, types::Account> accounts;
    std::map<Hash, Bytes> codes;

    void add(const Address& address, Bytes code)
    {
        const Hash hash = crypto::keccak256(code);
        accounts[address] = {.nonce = 1, .balance = {}, .code_hash = hash};
        codes[hash] = std::move(code);
    }
    state::Presence account(const Address& address, types::Account& result) const noexcept
    {
        const auto found = accounts.find(address);
        if (found == accounts.end())
            return state::Presence::absent;
        result = found->second;
        return state::Presence::present;
    }
    static state::Presence storage(const Address& /*address*/, const U256& /*key*/, U256& /*result*/) noexcept
    {
        return state::Presence::absent;
    }
    state::Presence code(const Hash& code_hash, BytesView& result) const noexcept
    {
        const auto found = codes.find(code_hash);
        if (found == codes.end())
            return state::Presence::absent;
        result = found->second;
        return state::Presence::present;
    }
    static state::Presence has_storage(const Address& /*address*/) noexcept { return state::Presence::absent; }
};

struct Case
{
    std::string name;
    std::string group;
    CodeState state;
    Address sender = default_sender;
    Address recipient = default_recipient;
    Bytes input;
    Bytes expected_output;
    bool expects_success = true;
    std::int64_t expected_gas = 0;
    /// Gas of a repetition on the same journal, with warm slots; what the time is put in relation to.
    std::int64_t timed_gas = 0;
    std::int64_t gas = message_gas;
    /// The expected gas is after the refund, at most a fifth of it (EIP-3529).
    bool gas_is_after_refund = false;
};

struct Measurement
{
    double nanoseconds = 0;
    bool matches = false;
    std::string difference;
};

Bytes hex_field(const Json& json)
{
    const auto bytes = from_hex(json.get<std::string>());
    if (!bytes)
        throw std::runtime_error{"malformed hex in the case file"};
    return *bytes;
}

Address address_field(const Json& json)
{
    const auto address = fixed_from_hex<20>(json.get<std::string>());
    if (!address)
        throw std::runtime_error{"malformed address in the case file"};
    return *address;
}

std::vector<Case> read_cases(const std::string& file)
{
    std::ifstream stream{file};
    if (!stream)
        throw std::runtime_error{"cannot read " + file};
    const Json json = Json::parse(stream);
    std::vector<Case> cases;
    for (const auto& entry : json.at("cases"))
    {
        auto& item = cases.emplace_back();
        item.name = entry.at("name");
        item.group = entry.at("group");
        item.state.add(item.recipient, hex_field(entry.at("code")));
        item.input = hex_field(entry.at("calldata"));
        item.expected_output = hex_field(entry.at("output"));
        item.expects_success = entry.at("status") == "success";
        item.expected_gas = entry.at("gas_used");
        item.timed_gas = entry.at("gas_used_warm");
    }
    for (const auto& entry : json.at("call_cases"))
    {
        auto& item = cases.emplace_back();
        item.name = entry.at("name");
        item.group = "call";
        for (const auto& [address, code] : entry.at("pre").items())
            item.state.add(address_field(address), hex_field(code));
        item.sender = address_field(entry.at("sender"));
        item.recipient = address_field(entry.at("to"));
        item.input = hex_field(entry.at("calldata"));
        item.expected_output = hex_field(entry.at("output"));
        item.expected_gas = entry.at("gas_used");
        item.timed_gas = item.expected_gas;
        item.gas = call_case_gas;
        item.gas_is_after_refund = true;
    }
    return cases;
}

/// A machine in the surroundings that the case file describes: revision Prague, nothing else in the block.
class Bench
{
public:
    explicit Bench(const Case& item)
      : item_{item}
      , machine_{journal_, codes_}
    {
        block_.revision = evm::Revision::prague;
        transaction_.origin = item.sender;
        machine_.set_environment(block_, transaction_);
    }

    evm::Outcome run_fresh()
    {
        journal_.begin(state::Source{item_.state});
        for (const auto& address : evm::precompile_addresses(block_.revision))
            journal_.warm_up(*journal_.account(address));
        for (const auto& address : {item_.sender, item_.recipient, block_.coinbase})
            journal_.warm_up(*journal_.account(address));
        return run();
    }

    evm::Outcome run()
    {
        return machine_.execute({.sender = item_.sender,
            .recipient = item_.recipient,
            .value = {},
            .input = item_.input,
            .gas = item_.gas});
    }

    [[nodiscard]] std::int64_t refund() const { return journal_.refund(); }

private:
    const Case& item_;
    state::Journal journal_;
    evm::CodeCache codes_;
    evm::Machine machine_;
    evm::BlockEnvironment block_;
    evm::TransactionEnvironment transaction_;
};

Measurement measure(const Case& item, unsigned budget_ms)
{
    Bench bench{item};
    Measurement result;
    {
        const auto outcome = bench.run_fresh();
        auto gas = item.gas - outcome.gas_left;
        if (item.gas_is_after_refund)
            gas -= std::min(bench.refund(), gas / 5);
        const bool success = outcome.status == evm::Status::success;
        if (success != item.expects_success)
            result.difference = "another status";
        else if (!equal(outcome.output, item.expected_output))
            result.difference = "output " + to_hex(outcome.output);
        else if (gas != item.expected_gas)
            result.difference = "gas " + std::to_string(gas) + " instead of " + std::to_string(item.expected_gas);
        result.matches = result.difference.empty();
    }

    const auto deadline = Clock::now() + std::chrono::milliseconds{budget_ms};
    std::uint64_t batch = 1;
    double best = 1e18;
    while (Clock::now() < deadline)
    {
        const auto begin = Clock::now();
        for (std::uint64_t i = 0; i < batch; ++i)
            bench.run_fresh();
        const std::chrono::duration<double, std::nano> time = Clock::now() - begin;
        if (time.count() < 5e6)
        {
            batch *= 2;
            continue;
        }
        best = std::min(best, time.count() / static_cast<double>(batch));
    }
    result.nanoseconds = best;
    return result;
}

double million_gas_per_second(const Case& item, const Measurement& measurement)
{
    return static_cast<double>(item.timed_gas) * 1000 / measurement.nanoseconds;
}
}  // namespace

int bench_evm(const BenchEvmOptions& options)
{
    std::vector<Case> cases;
    std::regex filter;
    try
    {
        filter = std::regex{options.filter};
        cases = read_cases(options.cases_file);
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "jiffy bench evm: %s\n", error.what());
        return 2;
    }

    Json report{{"cases", Json::array()}, {"mismatches", 0}};
    int mismatches = 0;
    std::map<std::string, std::pair<double, int>> logarithms;
    for (const auto& item : cases)
    {
        if (!options.filter.empty() && !std::regex_search(item.name, filter))
            continue;
        const auto measurement = measure(item, options.budget_ms);
        const double speed = million_gas_per_second(item, measurement);
        if (!measurement.matches)
            ++mismatches;
        for (const auto& group : {item.group, std::string{"all"}})
        {
            logarithms[group].first += std::log(speed);
            ++logarithms[group].second;
        }
        if (options.json)
        {
            report["cases"].push_back(
                {{"name", item.name}, {"group", item.group}, {"ns", measurement.nanoseconds}, {"gas", item.timed_gas},
                    {"mgas_per_s", speed}, {"ok", measurement.matches}, {"difference", measurement.difference}});
            continue;
        }
        std::printf("%-40s %14.0f ns %10.0f Mgas/s%s%s\n", item.name.c_str(), measurement.nanoseconds, speed,
            measurement.matches ? "" : "  MISMATCH: ", measurement.difference.c_str());
        std::fflush(stdout);
    }
    report["mismatches"] = mismatches;
    for (const auto& [group, sum] : logarithms)
    {
        const double mean = std::exp(sum.first / sum.second);
        report["geometric_mean_mgas_per_s"][group] = mean;
        if (!options.json)
            std::printf("geometric mean %-25s %14d cases %8.0f Mgas/s\n", group.c_str(), sum.second, mean);
    }
    if (options.json)
        std::printf("%s\n", report.dump(2).c_str());
    else
        std::printf("%d mismatches\n", mismatches);
    return mismatches == 0 ? 0 : 1;
}
}  // namespace jiffy::cli
