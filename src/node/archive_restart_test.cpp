// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "node/node.hpp"
#include "store/temporary_directory_test.hpp"
#include "types/transaction.hpp"

#include <ctime>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace jiffy::node
{
namespace
{
using nlohmann::json;

constexpr Hash sender_secret{{0x61}};

/// A chain whose memory holds sixteen blocks of 50 ms, and whose directory holds all.
struct ArchiveRestart : testing::Test
{
    ArchiveRestart()
    {
        json config = {{"chainId", 777}, {"terminalTotalDifficulty", 0}, {"bedrockBlock", 0},
            {"optimism", json::object()}, {"jiffy", {{"blockMs", 50}, {"miniBlockMs", 10}}}};
        for (const auto* fork : {"homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg",
                 "istanbul", "berlin", "london"})
            config[std::string{fork} + "Block"] = 0;
        for (const auto* fork : {"shanghai", "cancun", "prague", "regolith", "canyon", "ecotone", "fjord", "granite",
                 "holocene", "isthmus"})
            config[std::string{fork} + "Time"] = 0;
        const auto sender = crypto::address_of(*crypto::public_key_of(sender_secret));
        const json genesis = {{"config", config}, {"timestamp", std::to_string(std::time(nullptr))},
            {"gasLimit", "0x3b9aca00"}, {"baseFeePerGas", "1000000"},
            {"alloc", {{to_hex(sender.view()), {{"balance", "1000000000000000000"}}}}}};
        options.port = 0;
        options.genesis_file = directory.path() + "/genesis.json";
        options.data_directory = directory.path() + "/data";
        options.history_blocks = 16;
        std::ofstream{options.genesis_file} << genesis;
    }

    [[nodiscard]] std::unique_ptr<Node> start() const
    {
        auto started = Node::start(options);
        if (!started)
            throw std::runtime_error{started.error()};
        return std::move(*started);
    }

    static json ask(Node& node, const std::string& method, const json& parameters)
    {
        const json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
        std::promise<json> promise;
        node.handle(
            body.dump(), [&promise](rpc::Answer answer) { promise.set_value(json::parse(std::move(answer).text())); });
        return promise.get_future().get();
    }

    /// Sends one transaction after the other until one is in this block or a later one; gives the first one's receipt.
    json fill_up_to(Node& node, std::uint64_t block)
    {
        json first;
        for (;;)
        {
            types::Transaction transaction;
            transaction.type = types::TransactionType::dynamic_fee;
            transaction.chain_id = 777;
            transaction.nonce = nonce++;
            transaction.gas_limit = 100'000;
            transaction.max_fee_per_gas = U256{5'000'000'000};
            transaction.data = {0x60, 0x20, 0x5f, 0xa0};  // PUSH1 32 PUSH0 LOG0: a creation that logs
            types::sign(transaction, sender_secret);
            const auto answer =
                ask(node, "eth_sendRawTransactionSync", json::array({to_hex(types::encode(transaction))}));
            if (!answer.contains("result"))
                throw std::runtime_error{answer.dump()};
            const auto& receipt = answer["result"];
            if (first.is_null())
                first = receipt;
            if (std::stoull(receipt["blockNumber"].get<std::string>(), nullptr, 16) >= block)
                return first;
        }
    }

    store::TemporaryDirectory directory;
    NodeOptions options;
    std::uint64_t nonce = 0;
};

TEST_F(ArchiveRestart, old_blocks_receipts_and_logs_are_answered_for_when_memory_has_forgotten_them_and_after_a_restart)
{
    std::vector<json> answers;
    std::vector<std::pair<std::string, json>> questions;
    {
        const auto node = start();
        const auto receipt = fill_up_to(*node, 2);
        const auto number = receipt["blockNumber"];
        // Held until the block is sealed.
        const auto block = ask(*node, "eth_getBlockByNumber", {number, true})["result"];
        questions = {{"eth_getBlockByNumber", {number, true}}, {"eth_getBlockByHash", {block["hash"], true}},
            {"eth_getTransactionReceipt", json::array({receipt["transactionHash"]})},
            {"eth_getLogs", json::array({json{{"fromBlock", number}, {"toBlock", number}}})},
            {"jiffy_getPreconfirmation", json::array({receipt["transactionHash"]})},
            {"jiffy_getMiniBlockProof", json::array({receipt["transactionHash"]})}};
        for (const auto& [method, parameters] : questions)
            answers.push_back(ask(*node, method, parameters));
        EXPECT_FALSE(answers[3]["result"].empty()) << "logs";
        fill_up_to(*node, 40);
        for (std::size_t i = 0; i < questions.size(); ++i)
            EXPECT_EQ(ask(*node, questions[i].first, questions[i].second), answers[i]) << questions[i].first;
        EXPECT_TRUE(ask(*node, "eth_getBalance", {to_hex(Address{}.view()), block["number"]}).contains("error"));
        node->stop();
    }
    for (int restart = 0; restart < 2; ++restart)
    {
        const auto node = start();
        for (std::size_t i = 0; i < questions.size(); ++i)
            EXPECT_EQ(ask(*node, questions[i].first, questions[i].second), answers[i]) << questions[i].first;
        fill_up_to(*node, 45 + 5 * static_cast<std::uint64_t>(restart));
        node->stop();
    }
}
}  // namespace
}  // namespace jiffy::node
