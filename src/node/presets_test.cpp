// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "chain/l1_attributes.hpp"
#include "node/banner.hpp"
#include "rpc/test_client.hpp"
#include "sequencer/test_chain.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace jiffy::node
{
namespace
{
using nlohmann::json;

/// A development node with the rules of a preset, and a client of it.
class PresetNode
{
public:
    explicit PresetNode(Preset preset)
    {
        options.port = 0;
        options.preset = preset;
        options.block_interval = 100;
        options.verify_roots = true;
        node = std::move(*Node::start(options));
        client.emplace(node->port());
    }

    json call(const std::string& method, std::initializer_list<json> parameters = {})
    {
        json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}};
        body["params"] = std::vector<json>(parameters);
        return json::parse(client->post(body.dump()).body);
    }
    json result(const std::string& method, std::initializer_list<json> parameters = {})
    {
        auto answer = call(method, parameters);
        EXPECT_TRUE(answer.contains("result")) << method << ": " << answer;
        return answer["result"];
    }

    static types::Transaction transfer(std::uint64_t nonce)
    {
        auto transaction = sequencer::TestChain::transfer(nonce, 5'000'000'000);
        transaction.chain_id = Node::chain_id;
        transaction.max_priority_fee_per_gas = U256{1};
        return transaction;
    }
    [[nodiscard]] std::string sign(types::Transaction transaction) const
    {
        types::sign(transaction, node->accounts()[0].secret);
        return to_hex(types::encode(transaction));
    }
    json send(std::uint64_t nonce) { return result("eth_sendRawTransactionSync", {sign(transfer(nonce))}); }

    NodeOptions options;
    std::unique_ptr<Node> node;
    std::optional<rpc::TestClient> client;
};

class Presets : public testing::TestWithParam<Preset>
{
protected:
    PresetNode node{GetParam()};
    /// Transactions of the protocol in each block.
    std::size_t system_transactions = GetParam() == Preset::op ? 1 : 0;
};

TEST_P(Presets, execute_seal_and_have_right_roots)
{
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
    {
        const auto receipt = node.send(nonce);
        EXPECT_EQ(receipt["status"], "0x1");
        const auto block = node.result("eth_getBlockByNumber", {receipt["blockNumber"], true});
        EXPECT_GE(block["transactions"].size(), system_transactions + 1);
        EXPECT_EQ(block["transactions"].size(), node.result("eth_getBlockReceipts", {receipt["blockNumber"]}).size());
    }
    node.node->stop();
    EXPECT_GT(node.node->root_report().verified, 0U);
    EXPECT_EQ(node.node->root_report().wrong, 0U);
}

TEST_P(Presets, count_a_block_once_a_user_sent_something)
{
    const auto number = [](const json& quantity) { return std::stoul(quantity.get<std::string>(), nullptr, 16); };
    // After a block is sealed, the next one holds nothing but transactions of the protocol. It opens at about the same
    // time; on a busy machine it may be a little later.
    const auto block = node.result("eth_getBlockByNumber", {node.send(0)["blockNumber"], false});
    auto pending = block;
    while (pending["number"] == block["number"])
        pending = node.result("eth_getBlockByNumber", {"pending", false});
    const auto visible = number(node.result("eth_blockNumber"));
    EXPECT_GE(visible, number(block["number"]));
    EXPECT_LE(visible, number(node.result("eth_getBlockByNumber", {"latest", false})["number"]));
    EXPECT_LE(pending["transactions"].size(), system_transactions);
    const auto receipt = node.send(1);
    EXPECT_GE(number(node.result("eth_blockNumber")), number(receipt["blockNumber"]));
}

TEST_P(Presets, tell_a_history_of_fees)
{
    node.result("eth_getBlockByNumber", {node.send(0)["blockNumber"], false});
    const auto history = node.result("eth_feeHistory", {"0x4", "latest", json::array({0, 50, 100})});
    for (const auto& rewards : history["reward"])
        for (const auto& reward : rewards)
            EXPECT_TRUE(reward == "0x0" || reward == "0x1") << reward;
}

TEST_P(Presets, stand_in_the_banner)
{
    EXPECT_EQ(json::parse(banner_json(*node.node, node.options))["preset"], name_of(GetParam()));
    EXPECT_NE(banner_text(*node.node, node.options).find(rules_of(GetParam())), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All,
    Presets,
    testing::Values(Preset::op, Preset::ethereum),
    [](const auto& preset) { return std::string{name_of(preset.param)}; });

TEST(OpPreset, tells_of_deposits_as_op_geth_does)
{
    PresetNode node{Preset::op};
    const auto receipt = node.send(0);
    const auto block = node.result("eth_getBlockByNumber", {receipt["blockNumber"], true});
    const auto& deposit = block["transactions"][0];
    EXPECT_EQ(deposit["type"], "0x7e");
    EXPECT_EQ(deposit["from"], to_hex(chain::predeploys::depositor_account.view()));
    EXPECT_EQ(deposit["to"], to_hex(chain::predeploys::l1_block.view()));
    EXPECT_EQ(deposit["gas"], "0xf4240");
    EXPECT_EQ(deposit["sourceHash"].get<std::string>().size(), 66U);
    EXPECT_EQ(deposit["depositReceiptVersion"], "0x1");
    EXPECT_EQ(deposit["gasPrice"], "0x0");
    for (const auto* part : {"v", "r", "s"})
        EXPECT_EQ(deposit[part], "0x0");
    for (const auto* absent : {"yParity", "accessList", "chainId", "mint", "isSystemTx", "maxFeePerGas"})
        EXPECT_FALSE(deposit.contains(absent)) << absent;

    const auto of_deposit = node.result("eth_getTransactionReceipt", {deposit["hash"]});
    EXPECT_EQ(of_deposit["depositNonce"], deposit["nonce"]);
    EXPECT_EQ(of_deposit["depositReceiptVersion"], "0x1");
    EXPECT_EQ(of_deposit["effectiveGasPrice"], "0x0");
    EXPECT_EQ(of_deposit["status"], "0x1");
    EXPECT_FALSE(of_deposit.contains("l1Fee"));

    EXPECT_EQ(receipt["l1Fee"], "0x0");
    EXPECT_EQ(receipt["l1GasPrice"], "0x0");
    EXPECT_EQ(receipt["l1GasUsed"], "0x640") << "100 bytes at 16 gas";
    EXPECT_EQ(receipt["l1BlobBaseFee"], "0x0");
    EXPECT_EQ(receipt["l1BaseFeeScalar"], "0x0");
    EXPECT_EQ(receipt["l1BlobBaseFeeScalar"], "0x0");
    for (const auto* absent : {"operatorFeeScalar", "operatorFeeConstant", "l1FeeScalar", "depositNonce"})
        EXPECT_FALSE(receipt.contains(absent)) << absent;
}

/// Who proves a withdrawal asks for the block and for the proof at once, before either can be given.
TEST(OpPreset, proves_against_an_open_block_once_it_is_sealed)
{
    PresetNode node{Preset::op};
    auto withdrawal = PresetNode::transfer(0);
    withdrawal.to = chain::predeploys::message_passer;
    withdrawal.gas_limit = 300'000;
    const auto number = node.result("eth_sendRawTransactionSync", {node.sign(withdrawal)})["blockNumber"];
    const auto proof =
        node.result("eth_getProof", {to_hex(chain::predeploys::message_passer.view()), json::array(), number});
    EXPECT_EQ(proof["balance"], "0x1");
    EXPECT_EQ(proof["storageHash"], node.result("eth_getBlockByNumber", {number, false})["withdrawalsRoot"]);
}

TEST(OpPreset, has_the_headers_of_isthmus)
{
    PresetNode node{Preset::op};
    const auto block = node.result("eth_getBlockByNumber", {node.send(0)["blockNumber"], false});
    EXPECT_EQ(block["extraData"], "0x00000000fa00000006");
    EXPECT_EQ(block["gasLimit"], "0x2540be400");
    EXPECT_EQ(block["miner"], to_hex(chain::predeploys::sequencer_fee_vault.view()));
    EXPECT_EQ(block["requestsHash"], "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(block["withdrawals"], json::array());
    const auto proof =
        node.result("eth_getProof", {to_hex(chain::predeploys::message_passer.view()), json::array(), block["number"]});
    EXPECT_EQ(block["withdrawalsRoot"], proof["storageHash"]);
}

TEST(OpPreset, refuses_blobs_in_geths_words)
{
    PresetNode node{Preset::op};
    auto transaction = PresetNode::transfer(0);
    transaction.type = types::TransactionType::blob;
    transaction.blob_versioned_hashes.assign(1, Hash{{1}});
    transaction.max_fee_per_blob_gas = U256{1};
    const auto signed_raw = node.sign(transaction);
    for (const auto& raw : {signed_raw, "0x03" + std::string(400'000, '0')})
    {
        const auto error = node.call("eth_sendRawTransaction", {raw})["error"];
        EXPECT_EQ(error, (json{{"code", -32000}, {"message", "transaction type not supported"}}));
    }
}

TEST(OpPreset, does_not_announce_transactions_of_the_protocol)
{
    PresetNode node{Preset::op};
    const auto filter = node.result("eth_newPendingTransactionFilter");
    const auto receipt = node.send(0);
    node.result("eth_getBlockByNumber", {receipt["blockNumber"], false});
    EXPECT_EQ(node.result("eth_getFilterChanges", {filter}), json::array({receipt["transactionHash"]}));
}
}  // namespace
}  // namespace jiffy::node
