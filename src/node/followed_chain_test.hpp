// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "node/node.hpp"
#include "rpc/test_client.hpp"
#include "types/transaction.hpp"

#include <ctime>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace jiffy::node
{
/// A chain whose genesis is in a file, so that it is the same after a restart and for whoever follows it.
struct FollowedChain
{
    using Json = nlohmann::json;

    static constexpr std::uint64_t chain_id = 777;
    static constexpr Hash sender_secret{{0x61}};
    static constexpr auto token = "a token for the tests";

    static Address sender() { return crypto::address_of(*crypto::public_key_of(sender_secret)); }

    /// Writes the file, of a chain that begins now; `jiffy` is its section of ours.
    static std::string genesis_file(const std::string& name, const Json& jiffy = Json::object())
    {
        Json config = {{"chainId", chain_id}, {"terminalTotalDifficulty", 0}, {"jiffy", jiffy}};
        for (const auto* fork : {"homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg",
                 "istanbul", "berlin", "london"})
            config[std::string{fork} + "Block"] = 0;
        for (const auto* fork : {"shanghai", "cancun"})
            config[std::string{fork} + "Time"] = 0;
        static const auto begin = std::to_string(std::time(nullptr));
        const Json genesis = {{"config", config}, {"timestamp", begin}, {"gasLimit", "0x3b9aca00"},
            {"baseFeePerGas", "1000000"}, {"alloc", {{to_hex(sender().view()), {{"balance", "1000000000000000000"}}}}}};
        auto path = testing::TempDir() + "jiffy-" + name + "-genesis.json";
        std::ofstream{path} << genesis;
        return path;
    }

    /// The whole answer.
    static Json call(const Node& node, const std::string& method, const Json& parameters = Json::array())
    {
        rpc::TestClient client{node.port()};
        const Json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
        return Json::parse(client.post(body.dump()).body);
    }
    static Json ask(const Node& node, const std::string& method, const Json& parameters = Json::array())
    {
        const auto answer = call(node, method, parameters);
        EXPECT_TRUE(answer.contains("result")) << method << ": " << answer;
        return answer.value("result", Json{});
    }

    /// A signed transfer of one wei, as it is sent.
    static std::string transfer(std::uint64_t nonce)
    {
        types::Transaction transaction;
        transaction.type = types::TransactionType::dynamic_fee;
        transaction.chain_id = chain_id;
        transaction.nonce = nonce;
        transaction.gas_limit = 21'000;
        transaction.max_fee_per_gas = U256{5'000'000'000};
        transaction.to = Address{{1, 2, 3}};
        transaction.value = U256{1};
        types::sign(transaction, sender_secret);
        return to_hex(types::encode(transaction));
    }
    static Json send_transfer(const Node& node, std::uint64_t nonce)
    {
        return ask(node, "eth_sendRawTransactionSync", Json::array({transfer(nonce)}));
    }
};
}  // namespace jiffy::node
