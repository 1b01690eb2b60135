// SPDX-License-Identifier: Apache-2.0
#include "chain/validity.hpp"
#include "conformance/transaction_runner.hpp"
#include "conformance/vectors.hpp"

#include <gtest/gtest.h>
#include <map>

namespace jiffy::chain
{
namespace
{
std::optional<std::uint64_t> intrinsic_gas_of_valid(const types::Transaction& transaction, const std::string& fork)
{
    static const std::map<std::string, Fork> forks{
        {"Frontier", Fork::frontier},
        {"Homestead", Fork::homestead},
        {"EIP150", Fork::tangerine_whistle},
        {"EIP158", Fork::spurious_dragon},
        {"Byzantium", Fork::byzantium},
        {"Constantinople", Fork::constantinople},
        {"ConstantinopleFix", Fork::petersburg},
        {"Istanbul", Fork::istanbul},
        {"Berlin", Fork::berlin},
        {"London", Fork::london},
        {"Paris", Fork::paris},
        {"Shanghai", Fork::shanghai},
        {"Cancun", Fork::cancun},
    };
    const auto specification = ethereum_specification(1, forks.at(fork));
    const auto context = make_block_context(specification, {}, {});
    const auto gas = validate_static(context, transaction);
    // The vectors refuse a price of gas above 256 bits; with the value added it is a matter of funds.
    auto gas_only = transaction;
    gas_only.value = {};
    if (!gas || !maximum_cost(gas_only))
        return std::nullopt;
    return gas->gas;
}

TEST(ChainVectors, transaction_tests)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    const auto counts = vectors::run_transaction_tests(folder / "TransactionTests", intrinsic_gas_of_valid);
    EXPECT_GT(counts.cases, 1500U);
    EXPECT_EQ(counts.undecided, 0U);
    RecordProperty("cases", static_cast<int>(counts.cases));
}
}  // namespace
}  // namespace jiffy::chain
