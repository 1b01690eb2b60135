// SPDX-License-Identifier: Apache-2.0
#include "conformance/transaction_runner.hpp"

#include "base/hex.hpp"
#include "conformance/vectors.hpp"
#include "crypto/keccak.hpp"

#include <set>

namespace jiffy::vectors
{
namespace
{
using types::TransactionError;

/// The transaction and its sender, as far as bytes alone tell.
struct Reading
{
    Result<types::Transaction, TransactionError> transaction;
    std::optional<Address> sender;
};

Reading read(const Bytes& encoded, const std::string& fork)
{
    Reading reading{types::decode_transaction(encoded), std::nullopt};
    if (reading.transaction)
        reading.sender = types::recover_sender(*reading.transaction, fork == "Frontier");
    return reading;
}

/// True if decoding may give this reason where the test names that exception.
bool fits(TransactionError error, const std::string& exception)
{
    if (exception.contains("VRS") || exception.contains("CHAINID"))
        return error == TransactionError::invalid_signature || error == TransactionError::invalid_field;
    if (exception.contains("ADDRESS_TOO") || exception.contains("OVERFLOW") || exception.contains("ACCESS_LIST"))
        return error == TransactionError::invalid_field;
    // A fork that does not know a type refuses it, whatever its bytes are.
    if (exception.contains("TYPE_NOT_SUPPORTED"))
        return true;
    return exception.contains("RLP") && error == TransactionError::malformed;
}

/// True if nothing but the rules of a fork refuses the transaction.
bool is_left_to_fork(const std::string& exception, const types::Transaction& transaction)
{
    static const std::set<std::string> fork_rules{
        "TransactionException.GASLIMIT_PRICE_PRODUCT_OVERFLOW",
        "TransactionException.INITCODE_SIZE_EXCEEDED",
        "TransactionException.INTRINSIC_GAS_TOO_LOW",
        "TransactionException.INVALID_CHAINID",
        "TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2",
        "TransactionException.TYPE_NOT_SUPPORTED",
    };
    const bool has_early_chain_id = transaction.type == types::TransactionType::legacy && transaction.chain_id &&
                                    exception == "TransactionException.INVALID_SIGNATURE_VRS";
    return fork_rules.contains(exception) || has_early_chain_id;
}

void expect_refusal(const Reading& reading,
    const std::string& exception,
    const std::string& fork,
    const ForkCheck& fork_check,
    TransactionTestCounts& counts)
{
    if (!reading.transaction)
        EXPECT_TRUE(fits(reading.transaction.error(), exception)) << static_cast<int>(reading.transaction.error());
    else if (reading.sender)
    {
        EXPECT_TRUE(is_left_to_fork(exception, *reading.transaction)) << "accepted";
        if (fork_check)
            EXPECT_EQ(fork_check(*reading.transaction, fork), std::nullopt);
        else
            ++counts.undecided;
    }
}

void expect_acceptance(const Reading& reading,
    const Bytes& encoded,
    const nlohmann::json& result,
    const std::string& fork,
    const ForkCheck& fork_check,
    TransactionTestCounts& counts)
{
    ASSERT_TRUE(reading.transaction.has_value()) << static_cast<int>(reading.transaction.error());
    EXPECT_EQ(types::encode(*reading.transaction), encoded);
    EXPECT_EQ(to_bytes(types::transaction_hash(*reading.transaction).view()), hex_bytes(result.at("hash")));
    ASSERT_TRUE(reading.sender.has_value());
    EXPECT_EQ(to_bytes(reading.sender->view()), hex_bytes(result.at("sender")));
    if (fork_check)
        EXPECT_EQ(
            fork_check(*reading.transaction, fork), quantity64_from_hex(result.at("intrinsicGas").get<std::string>()));
    else
        ++counts.undecided;
}
}  // namespace

TransactionTestCounts run_transaction_tests(const std::filesystem::path& folder, const ForkCheck& fork_check)
{
    TransactionTestCounts counts;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
    {
        if (entry.path().extension() != ".json")
            continue;
        for (const auto& [name, test] : read_json(entry.path()).items())
            for (const auto& [fork, result] : test.at("result").items())
            {
                SCOPED_TRACE(name + " in " + fork);
                const Bytes encoded = hex_bytes(test.at("txbytes"));
                const Reading reading = read(encoded, fork);
                ++counts.cases;
                if (result.contains("exception"))
                    expect_refusal(reading, result.at("exception"), fork, fork_check, counts);
                else
                    expect_acceptance(reading, encoded, result, fork, fork_check, counts);
            }
    }
    return counts;
}
}  // namespace jiffy::vectors
