// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_gas_worst.hpp"

#include "evm/opcodes.hpp"
#include "evm/precompiles.hpp"

#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace jiffy::cli
{
namespace
{
nlohmann::json report_of(const BenchGasWorstOptions& options)
{
    testing::internal::CaptureStdout();
    const auto exit_code = bench_gas_worst(options);
    const auto output = testing::internal::GetCapturedStdout();
    EXPECT_EQ(exit_code, 0);
    return nlohmann::json::parse(output);
}

/// Little gas, little state, once.
BenchGasWorstOptions tiny_options()
{
    BenchGasWorstOptions options;
    options.gas = 400'000;
    options.repetitions = 1;
    options.accounts = 16;
    options.json = true;
    return options;
}

class BenchGasWorst : public testing::TestWithParam<std::pair<const char*, evm::Revision>>
{
};

TEST_P(BenchGasWorst, has_every_opcode_and_every_precompiled_contract_once)
{
    const auto& [fork, revision] = GetParam();
    auto options = tiny_options();
    options.fork = fork;
    const auto report = report_of(options);

    std::multiset<std::string> expected;
    for (std::size_t opcode = 0; opcode < 256; ++opcode)
        if (evm::base_gas(revision, opcode) >= 0)
            expected.insert("opcode " + std::string{evm::opcode_table[opcode].name});
    for (const auto& address : evm::precompile_addresses(revision))
        expected.insert("precompile " + std::string{evm::find_precompile(revision, address)->name});
    for (const auto* part : {"authorizations", "access list", "call data"})
        expected.insert("transaction " + std::string{part});
    std::multiset<std::string> told;
    for (const auto& result : report["results"])
        told.insert(result["kind"].get<std::string>() + " " + result["name"].get<std::string>());
    EXPECT_EQ(told, expected);
}

INSTANTIATE_TEST_SUITE_P(Forks,
    BenchGasWorst,
    testing::Values(std::pair{"prague", evm::Revision::prague}, std::pair{"osaka", evm::Revision::osaka}));

TEST(BenchGasWorstReport, sorts_and_bounds)
{
    const auto report = report_of(tiny_options());
    const auto& results = report["results"];
    double before = results[0]["nanosecondsPerGas"];
    EXPECT_DOUBLE_EQ(report["headOfLineMilliseconds"].get<double>(), before * (1 << 24) / 1e6);
    for (const auto& result : results)
    {
        EXPECT_LE(result["nanosecondsPerGas"], before);
        before = result["nanosecondsPerGas"];
        EXPECT_FALSE(result["variants"].empty());
        for (const auto& variant : result["variants"])
            EXPECT_GT(variant["gas"], 0) << result["name"] << variant;
    }
}

TEST(BenchGasWorstReport, has_transactions_as_large_as_they_may_be)
{
    auto options = tiny_options();
    options.gas = 1 << 24;
    options.filter = "^(authorizations|access list|call data)$";
    std::map<std::string, std::int64_t> gas;
    const auto report = report_of(options);
    for (const auto& result : report["results"])
        for (const auto& variant : result["variants"])
        {
            gas[result["name"].get<std::string>() + ", " + variant["variant"].get<std::string>()] = variant["gas"];
            EXPECT_DOUBLE_EQ(variant["milliseconds"].get<double>(), variant["nanoseconds"].get<double>() / 1e6);
        }
    // By the gas cap, or by the 128 KiB that a transaction may have.
    EXPECT_EQ(gas["authorizations, of accounts that are new"], 21'000 + 670 * 25'000);
    EXPECT_EQ(gas["access list, accounts"], 21'000 + 5'021 * 2'400);
    EXPECT_EQ(gas["call data, noise"], 21'000 + 130'560 * 40);
    EXPECT_EQ(gas["call data, zeros, priced on L1"], 21'000 + 130'560 * 10);
    EXPECT_EQ(gas.size(), 9U);
}

TEST(BenchGasWorstReport, takes_a_filter)
{
    auto options = tiny_options();
    options.filter = "^(SHA|sha256$|MUL$)";
    std::set<std::string> told;
    const auto report = report_of(options);
    for (const auto& result : report["results"])
        told.insert(result["name"]);
    EXPECT_EQ(told, (std::set<std::string>{"sha256", "MUL"}));
    options.filter = "(";
    testing::internal::CaptureStdout();
    EXPECT_EQ(bench_gas_worst(options), 2);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}
}  // namespace
}  // namespace jiffy::cli
