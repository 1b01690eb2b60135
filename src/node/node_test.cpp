// SPDX-License-Identifier: Apache-2.0
#include "node/node.hpp"

#include "base/hex.hpp"
#include "rpc/test_client.hpp"
#include "types/transaction.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace jiffy::node
{
namespace
{
using nlohmann::json;
using rpc::TestClient;

types::Transaction transfer(std::uint64_t nonce)
{
    types::Transaction transaction;
    transaction.type = types::TransactionType::dynamic_fee;
    transaction.chain_id = Node::chain_id;
    transaction.nonce = nonce;
    transaction.gas_limit = 21'000;
    transaction.max_fee_per_gas = U256{5'000'000'000};
    transaction.max_priority_fee_per_gas = U256{1};
    transaction.to = Address{{1, 2, 3}};
    transaction.value = U256{1};
    return transaction;
}

std::string sign(const Node& node, std::size_t account, types::Transaction transaction)
{
    types::sign(transaction, node.accounts()[account].secret);
    return to_hex(types::encode(transaction));
}

/// A node with quick blocks for each test, and a client of it.
class NodeTest : public testing::Test
{
protected:
    static NodeOptions options()
    {
        NodeOptions options;
        options.port = 0;
        options.block_interval = 200;
        options.verify_roots = true;
        return options;
    }

    json request(const json& body) { return json::parse(client.post(body.dump()).body); }
    json call(const std::string& method, std::initializer_list<json> parameters = {})
    {
        json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}};
        body["params"] = std::vector<json>(parameters);
        return request(body);
    }
    json result(const std::string& method, std::initializer_list<json> parameters = {})
    {
        auto answer = call(method, parameters);
        EXPECT_TRUE(answer.contains("result")) << method << ": " << answer;
        return answer["result"];
    }
    json error(const std::string& method, std::initializer_list<json> parameters = {})
    {
        auto answer = call(method, parameters);
        EXPECT_TRUE(answer.contains("error")) << method << ": " << answer;
        return answer["error"];
    }

    std::string address(std::size_t account) { return to_hex(node->accounts()[account].address.view()); }

    std::string sign(std::size_t account, const types::Transaction& transaction)
    {
        return jiffy::node::sign(*node, account, transaction);
    }

    std::unique_ptr<Node> node = std::move(*Node::start(options()));
    TestClient client{node->port()};
};

TEST_F(NodeTest, echoes_ids_of_any_type)
{
    for (const json& id : {json{1}, json{-5}, json{"text \" \\ \n \u00e9"}, json{nullptr}, json{1.5},
             json{{"a", {1, 2}}}, json{true}, json{18'446'744'073'709'551'615ULL}})
    {
        const auto answer = request({{"jsonrpc", "2.0"}, {"id", id}, {"method", "eth_chainId"}});
        EXPECT_EQ(answer["id"], id);
        EXPECT_EQ(answer["result"], "0x7a69");
    }
}

TEST_F(NodeTest, refuses_malformed_requests)
{
    const auto code_of = [this](std::string_view body)
    {
        const auto response = client.post(body);
        EXPECT_EQ(response.status, 200);
        return json::parse(response.body)["error"]["code"].get<int>();
    };
    for (const auto* body : {"", "{", "[", "nonsense", "{\"jsonrpc\":\"2.0\",", "{\"a\":\"\xff\xfe\"}", "[1,2",
             "{\"id\":1e999999}", "{\"id\":99999999999999999999999999}"})
        EXPECT_EQ(code_of(body), -32700) << body;
    EXPECT_EQ(code_of(std::string(100'000, '[')), -32700);
    EXPECT_EQ(code_of(std::string(40, '[') + std::string(40, ']')), -32700) << "nested too deeply";
    for (const auto* body : {"1", "\"text\"", "null", "[]", "{}", R"({"jsonrpc":"1.0","id":1,"method":"eth_chainId"})",
             R"({"jsonrpc":"2.0","id":1,"method":5})", R"({"id":1,"method":"eth_chainId"})"})
        EXPECT_EQ(code_of(body), -32600) << body;
    EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{"a":1}})"), -32602);
    EXPECT_EQ(call("eth_nothing")["error"],
        (json{{"code", -32601}, {"message", "the method eth_nothing does not exist/is not available"}}));
    json large = json::array();
    for (int i = 0; i < 1001; ++i)
        large.push_back({{"jsonrpc", "2.0"}, {"id", i}, {"method", "eth_chainId"}});
    EXPECT_EQ(request(large)["error"]["code"], -32600);
    EXPECT_EQ(TestClient{node->port()}.post(std::string(5'000'001, ' ')).status, 413);
}

TEST_F(NodeTest, refuses_bad_parameters_by_name)
{
    const auto message_of = [this](const std::string& method, std::initializer_list<json> parameters)
    {
        const auto refused = error(method, parameters);
        EXPECT_EQ(refused["code"], -32602) << refused;
        return refused["message"].get<std::string>();
    };
    EXPECT_EQ(message_of("eth_getBalance", {}), "missing value for required argument 0");
    EXPECT_EQ(message_of("eth_getBalance", {5}), "invalid argument 0: expected a string");
    EXPECT_EQ(message_of("eth_getBalance", {"1234"}), "invalid argument 0: hex string without 0x prefix");
    EXPECT_EQ(message_of("eth_getBalance", {"0x123"}), "invalid argument 0: hex string of odd length");
    EXPECT_EQ(
        message_of("eth_getBalance", {"0x1234"}), "invalid argument 0: hex string has length 4, want 40 for address");
    EXPECT_EQ(message_of("eth_getBalance", {"0x" + std::string(40, 'g')}), "invalid argument 0: invalid hex string");
    EXPECT_EQ(message_of("eth_getBalance", {address(0), "newest"}), "invalid argument 1: hex string without 0x prefix");
    EXPECT_EQ(
        message_of("eth_getBalance", {address(0), "0x1ffffffffffffffff"}), "invalid argument 1: hex number > 64 bits");
    EXPECT_EQ(message_of("eth_getBalance", {address(0), "latest", 1}), "too many arguments, want at most 2");
    EXPECT_EQ(message_of("eth_call", {json::array()}), "invalid argument 0: expected an object");
    EXPECT_EQ(
        message_of("eth_call", {{{"gas", "0x1ffffffffffffffff"}}}), "invalid argument 0: gas: hex number > 64 bits");
    EXPECT_EQ(message_of("eth_getLogs", {{{"topics", {1}}}}), "invalid argument 0: topics: expected a string");
    EXPECT_EQ(message_of("eth_sendRawTransaction", {"0x0"}), "invalid argument 0: hex string of odd length");
}

TEST_F(NodeTest, survives_absurd_calls)
{
    EXPECT_EQ(result("eth_call", {{{"to", address(1)}, {"gas", "0xffffffffffffffff"}}}), "0x");
    // An endless loop: JUMPDEST PUSH0 JUMP
    const json loop = {{"data", "0x5b5f56"}, {"gas", "0xffffffffffffffff"}};
    EXPECT_EQ(error("eth_call", {loop})["message"], "out of gas");
    EXPECT_EQ(
        error("eth_estimateGas", {loop})["message"].get<std::string>().find("gas required exceeds allowance"), 0U);
    // As much memory as gas can buy: MSTORE at 2^32.
    EXPECT_EQ(error("eth_call", {{{"data", "0x5f64010000000052"}}})["message"], "out of gas");
    EXPECT_EQ(
        error("eth_call", {{{"from", address(0)}, {"to", address(1)}, {"value", "0x" + std::string(64, 'f')}}})["code"],
        -32000);
    EXPECT_EQ(error("eth_getBalance", {address(0), "0xffffffffffffffff"})["message"], "header not found");
    EXPECT_EQ(result("eth_feeHistory", {"0xffffffffffffffff", "latest", json::array()})["oldestBlock"], "0x0");
    EXPECT_EQ(result("eth_getLogs", {{{"fromBlock", "0xfffffffffffffff0"}, {"toBlock", "0xffffffffffffffff"}}}),
        json::array());
}

TEST_F(NodeTest, refuses_transactions_in_geths_words)
{
    const auto message_of = [this](const std::string& raw)
    {
        const auto refused = error("eth_sendRawTransaction", {raw});
        EXPECT_EQ(refused["code"], -32000);
        return refused["message"].get<std::string>();
    };
    EXPECT_EQ(message_of("0x"), "typed transaction too short");
    EXPECT_EQ(message_of("0xc0"), "rlp: malformed transaction");
    EXPECT_EQ(message_of("0x05"), "transaction type not supported");
    EXPECT_EQ(message_of("0x" + std::string(400'000, '0')).find("oversized data"), 0U);
    ASSERT_TRUE(result("eth_sendRawTransaction", {sign(0, transfer(0))}).is_string());
    auto other = transfer(0);
    other.value = U256{2};
    EXPECT_EQ(message_of(sign(0, other)), "nonce too low: next nonce 1, tx nonce 0");
    other.nonce = 1;
    other.gas_limit = 20'000;
    EXPECT_EQ(message_of(sign(0, other)), "intrinsic gas too low: gas 20000");
    other.gas_limit = 20'000'000;
    EXPECT_EQ(message_of(sign(0, other)), "transaction gas limit too high: tx: 20000000");
    other = transfer(1);
    other.max_fee_per_gas = U256{2};
    EXPECT_EQ(message_of(sign(0, other)).find("max fee per gas less than block base fee"), 0U);
    other.max_fee_per_gas = U256::max();
    EXPECT_EQ(message_of(sign(0, other)).find("insufficient funds for gas * price + value"), 0U);
    other = transfer(1);
    other.chain_id = 1;
    EXPECT_EQ(message_of(sign(0, other)), "invalid chain id for signer");
}

TEST_F(NodeTest, a_receipt_is_there_at_once_and_the_block_is_held_until_it_is_whole)
{
    const auto hash = result("eth_sendRawTransaction", {sign(0, transfer(0))});
    const auto early = result("eth_getTransactionReceipt", {hash});
    ASSERT_EQ(early["status"], "0x1");
    EXPECT_EQ(result("eth_blockNumber"), early["blockNumber"]);
    EXPECT_EQ(result("eth_getBalance", {"0x0102030000000000000000000000000000000000", "latest"}), "0x1");

    // Asked by number, by provisional hash, and for its logs: one answer, once it is sealed.
    const auto by_hash = result("eth_getBlockByHash", {early["blockHash"], false});
    ASSERT_TRUE(by_hash.is_object());
    EXPECT_EQ(by_hash["number"], early["blockNumber"]);
    ASSERT_EQ(by_hash["transactions"].size(), 2U) << "the L1 attributes come first";
    EXPECT_EQ(by_hash["transactions"][1], hash);
    const auto mini_blocks = std::stoul(by_hash["miniBlockCount"].get<std::string>(), nullptr, 16);
    EXPECT_GE(mini_blocks, 1U);
    EXPECT_LE(mini_blocks, 20U) << "one in 10 ms of 200 ms, fewer if the machine is busy";
    const auto late = result("eth_getTransactionReceipt", {hash});
    EXPECT_EQ(late["blockHash"], by_hash["hash"]);
    EXPECT_EQ(result("eth_getBlockByNumber", {early["blockNumber"], false}), by_hash);
    EXPECT_EQ(result("eth_getBlockByHash", {by_hash["hash"], false}), by_hash);
    EXPECT_EQ(result("eth_getBlockReceipts", {early["blockNumber"]})[1], late);

    const auto pending = result("eth_getBlockByNumber", {"pending", false});
    EXPECT_TRUE(pending["hash"].is_null());
    EXPECT_EQ(result("eth_getBlockByNumber", {"0x7fffffff", false}), nullptr);
}

TEST_F(NodeTest, answers_a_sync_send_with_the_receipt)
{
    const auto receipt = result("eth_sendRawTransactionSync", {sign(0, transfer(0)), 1000});
    EXPECT_EQ(receipt["gasUsed"], "0x5208");
    EXPECT_EQ(result("eth_sendRawTransactionSync", {sign(0, transfer(1)), "0x3e8"})["status"], "0x1");
    const auto gap = error("eth_sendRawTransactionSync", {sign(0, transfer(7))});
    EXPECT_EQ(gap["code"], 6);
    EXPECT_EQ(gap["data"], "0x2");
}

TEST_F(NodeTest, counts_pooled_transactions_in_the_pending_nonce)
{
    ASSERT_TRUE(result("eth_sendRawTransaction", {sign(0, transfer(1))}).is_string());
    EXPECT_EQ(result("eth_getTransactionCount", {address(0), "pending"}), "0x0");
    ASSERT_TRUE(result("eth_sendRawTransaction", {sign(1, transfer(0))}).is_string());
    EXPECT_EQ(result("eth_getTransactionCount", {address(1), "pending"}), "0x1");
    ASSERT_TRUE(result("eth_sendRawTransaction", {sign(0, transfer(0))}).is_string());
    EXPECT_EQ(result("eth_getTransactionCount", {address(0), "latest"}), "0x2");
}

TEST_F(NodeTest, serves_batches_in_order_and_notifications_without_an_answer)
{
    const auto answer = request(json::array({
        {{"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_chainId"}},
        {{"jsonrpc", "2.0"}, {"method", "eth_chainId"}},
        {{"jsonrpc", "2.0"}, {"id", 2}, {"method", "eth_call"}, {"params", {{{"to", address(0)}}}}},
        5,
        {{"jsonrpc", "2.0"}, {"id", 3}, {"method", "eth_sendRawTransactionSync"}, {"params", {sign(0, transfer(0))}}},
    }));
    ASSERT_EQ(answer.size(), 4U);
    EXPECT_EQ(answer[0]["result"], "0x7a69");
    EXPECT_EQ(answer[1]["result"], "0x");
    EXPECT_EQ(answer[2]["error"]["code"], -32600);
    EXPECT_EQ(answer[3]["result"]["status"], "0x1");
    EXPECT_EQ(client.post(R"({"jsonrpc":"2.0","method":"eth_chainId"})").body, "");
}

TEST_F(NodeTest, tells_subscribers_of_heads_logs_and_transactions)
{
    TestClient socket{node->port()};
    ASSERT_TRUE(socket.upgrade());
    const auto ask = [&socket](const std::string& method, const json& parameters)
    {
        socket.send_text(json{{"jsonrpc", "2.0"}, {"id", 9}, {"method", method}, {"params", parameters}}.dump());
        for (;;)
        {
            const auto message = json::parse(socket.read_text().value_or("{\"id\":9,\"closed\":true}"));
            if (message.contains("id"))
                return message;
        }
    };
    const auto heads = ask("eth_subscribe", {"newHeads"})["result"].get<std::string>();
    const auto logs = ask("eth_subscribe", {"logs"})["result"].get<std::string>();
    const auto transactions = ask("eth_subscribe", {"newPendingTransactions"})["result"].get<std::string>();
    EXPECT_EQ(ask("eth_subscribe", {"nothing"})["error"]["code"], -32602);
    for (const json& filter : {json::object({{"toBlock", "0xffffff"}}), json::object({{"toBlock", "finalized"}}),
             json::object({{"blockHash", result("eth_getBlockByNumber", {"0x0", false})["hash"]}})})
        EXPECT_EQ(ask("eth_subscribe", {"logs", filter})["error"]["code"], -32602) << filter;
    // As cast sends it.
    EXPECT_TRUE(ask("eth_subscribe", {"logs", {{"fromBlock", "earliest"}, {"toBlock", "latest"}}}).contains("result"));
    const json open_ended = {{"fromBlock", "latest"}, {"toBlock", "pending"}};
    const auto accepted = ask("eth_subscribe", {"logs", open_ended})["result"];
    EXPECT_EQ(ask("eth_unsubscribe", json::array({accepted}))["result"], true);
    EXPECT_EQ(error("eth_subscribe", {"newHeads"})["message"], "notifications not supported");

    // Init code that emits one log without topics and creates an empty contract: PUSH0 PUSH0 LOG0.
    auto emitting = transfer(0);
    emitting.to.reset();
    emitting.gas_limit = 100'000;
    emitting.data = {0x5f, 0x5f, 0xa0};
    const auto receipt = result("eth_sendRawTransactionSync", {sign(0, emitting)});
    ASSERT_EQ(receipt["logs"].size(), 1U);
    bool seen_transaction = false;
    bool seen_log = false;
    for (bool seen_head = false; !seen_head || !seen_log;)
    {
        const auto text = socket.read_text();
        ASSERT_TRUE(text.has_value());
        const auto message = json::parse(*text)["params"];
        if (message["subscription"] == transactions)
            seen_transaction = message["result"] == receipt["transactionHash"];
        else if (message["subscription"] == logs)
        {
            EXPECT_TRUE(seen_transaction) << "a transaction is told of before the block that holds it";
            EXPECT_EQ(message["result"]["transactionHash"], receipt["transactionHash"]);
            seen_log = true;
        }
        else if (message["subscription"] == heads && message["result"]["number"] == receipt["blockNumber"])
            seen_head = true;
    }
    EXPECT_EQ(ask("eth_unsubscribe", {heads})["result"], true);
    EXPECT_EQ(ask("eth_unsubscribe", {heads})["error"]["message"], "subscription not found");
}

TEST_F(NodeTest, filters_report_each_thing_once)
{
    const auto blocks = result("eth_newBlockFilter");
    const auto pending = result("eth_newPendingTransactionFilter");
    const auto logs = result("eth_newFilter", {json::object()});
    const auto hash = result("eth_sendRawTransaction", {sign(0, transfer(0))});
    EXPECT_EQ(result("eth_getFilterChanges", {pending}), json::array({hash}));
    EXPECT_EQ(result("eth_getFilterChanges", {pending}), json::array());
    const auto block = result("eth_getBlockByNumber", {result("eth_blockNumber"), false});
    const auto changes = result("eth_getFilterChanges", {blocks});
    EXPECT_NE(std::find(changes.begin(), changes.end(), block["hash"]), changes.end());
    EXPECT_EQ(result("eth_getFilterChanges", {logs}), json::array());
    EXPECT_EQ(result("eth_uninstallFilter", {blocks}), true);
    EXPECT_EQ(error("eth_getFilterChanges", {blocks})["message"], "filter not found");
}

TEST_F(NodeTest, reads_old_states_overrides_and_proofs)
{
    const auto recipient = "0x0102030000000000000000000000000000000000";
    const auto receipt = result("eth_sendRawTransactionSync", {sign(0, transfer(0))});
    const auto block = result("eth_getBlockByNumber", {receipt["blockNumber"], false});
    EXPECT_EQ(result("eth_getBalance", {recipient, "0x0"}), "0x0");
    EXPECT_EQ(result("eth_getBalance", {recipient, receipt["blockNumber"]}), "0x1");
    EXPECT_EQ(result("eth_getBalance", {recipient, {{"blockHash", block["hash"]}}}), "0x1");
    const auto proof = result("eth_getProof", {recipient, {"0x0"}, receipt["blockNumber"]});
    EXPECT_EQ(proof["balance"], "0x1");
    EXPECT_FALSE(proof["accountProof"].empty());
    // Code that returns its own balance: SELFBALANCE PUSH0 MSTORE PUSH1 32 PUSH0 RETURN
    const json overrides = {{recipient, {{"code", "0x475f5260205ff3"}, {"balance", "0x7"}}}};
    EXPECT_EQ(result("eth_call", {{{"to", recipient}}, "latest", overrides}),
        "0x0000000000000000000000000000000000000000000000000000000000000007");
    EXPECT_EQ(result("eth_estimateGas", {{{"from", address(0)}, {"to", recipient}, {"value", "0x1"}}}), "0x5208");
}

TEST_F(NodeTest, stops_quickly_and_every_root_was_right)
{
    result("eth_sendRawTransactionSync", {sign(0, transfer(0))});
    const auto before = std::chrono::steady_clock::now();
    node->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{5});
    EXPECT_GT(node->root_report().verified, 0U);
    EXPECT_EQ(node->root_report().wrong, 0U);
}

TEST(Node, refuses_what_is_too_much_and_takes_it_later)
{
    NodeOptions options;
    options.port = 0;
    options.admission = {.longest_wait = 0, .patience = 0};
    const auto node = std::move(*Node::start(options));
    TestClient client{node->port()};
    const auto send = [&](std::uint64_t nonce, std::size_t account)
    {
        return json{{"jsonrpc", "2.0"}, {"id", account}, {"method", "eth_sendRawTransactionSync"},
            {"params", {sign(*node, account, transfer(nonce))}}};
    };
    std::size_t refusals = 0;
    // Several in one request: mostly none of them is taken before the next is looked at, but not always.
    for (std::uint64_t nonce = 0; refusals == 0; ++nonce)
    {
        json batch = json::array();
        for (std::size_t account = 0; account < node->accounts().size(); ++account)
            batch.push_back(send(nonce, account));
        for (auto answer : json::parse(client.post(batch.dump()).body))
        {
            const auto account = answer["id"].get<std::size_t>();
            while (answer.contains("error"))
            {
                ++refusals;
                const auto& error = answer["error"];
                ASSERT_EQ(error["code"], -32005) << answer;
                ASSERT_GT(error["data"]["retryAfterMilliseconds"], 0);
                answer = json::parse(client.post(send(nonce, account).dump()).body);
            }
            EXPECT_EQ(answer["result"]["status"], "0x1");
        }
    }
}

TEST(Node, refuses_a_port_in_use)
{
    NodeOptions options;
    options.port = 0;
    const auto first = std::move(*Node::start(options));
    options.port = first->port();
    const auto second = Node::start(options);
    ASSERT_FALSE(second.has_value());
    EXPECT_NE(second.error().find("Address already in use"), std::string::npos);
}
}  // namespace
}  // namespace jiffy::node
