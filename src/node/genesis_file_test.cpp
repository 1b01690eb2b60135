// SPDX-License-Identifier: Apache-2.0
#include "node/genesis_file.hpp"

#include "base/hex.hpp"
#include "node/node.hpp"
#include "rpc/test_client.hpp"
#include "sequencer/pool.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

namespace jiffy::node
{
namespace
{
using nlohmann::json;
using namespace literals;

/// A chain of the OP Stack with one account, as op-geth would be given it.
json any_genesis()
{
    json config = {{"chainId", 777}, {"terminalTotalDifficulty", 0}};
    for (const auto* key : {"homesteadBlock", "eip150Block", "eip155Block", "eip158Block", "byzantiumBlock",
             "constantinopleBlock", "petersburgBlock", "istanbulBlock", "berlinBlock", "londonBlock", "shanghaiTime",
             "cancunTime", "pragueTime", "bedrockBlock", "regolithTime", "canyonTime", "ecotoneTime", "fjordTime",
             "graniteTime", "holoceneTime", "isthmusTime"})
        config[key] = 0;
    config["optimism"] = {{"eip1559Elasticity", 6}, {"eip1559Denominator", 50}, {"eip1559DenominatorCanyon", 250}};
    config["jiffy"] = {{"miniBlockMs", 5}, {"blockMs", 100}, {"transactionGasCap", 9'000'000},
        {"minimumBaseFee", "12345678901234567890123"}, {"sequencer", "0x00000000000000000000000000000000000000bb"}};
    return {{"config", config}, {"timestamp", "0x65000000"}, {"gasLimit", "0x3b9aca00"}, {"baseFeePerGas", "1000000"},
        {"alloc", {{"00000000000000000000000000000000000000aa",
                      {{"balance", "0x10"}, {"nonce", "0x2"}, {"code", "0x00"},
                          {"storage", {{"0x" + std::string(63, '0') + "1", "0x" + std::string(63, '0') + "7"}}}}}}}};
}

std::string fault_of(const json& genesis)
{
    const auto parsed = parse_genesis(genesis.dump());
    return parsed ? "none" : parsed.error();
}

TEST(GenesisFile, holds_rules_accounts_and_header)
{
    const auto parsed = parse_genesis(any_genesis().dump());
    ASSERT_TRUE(parsed) << parsed.error();
    auto expected = chain::optimism_specification(777);
    // There are no such blocks on a chain that begins after the Merge.
    for (const auto fork : {chain::Fork::muir_glacier, chain::Fork::arrow_glacier, chain::Fork::gray_glacier})
        expected.activations[fork].reset();
    expected.deposit_contract = {};
    expected.jiffy->mini_block_interval = 5;
    expected.jiffy->block_time = 100;
    expected.jiffy->block_gas_limit = 1'000'000'000;
    expected.jiffy->transaction_gas_cap = 9'000'000;
    expected.jiffy->sequencer = "0x00000000000000000000000000000000000000bb"_address;
    expected.jiffy->minimum_base_fee = U256{12'345'678'901U} * U256{1'000'000'000'000U} + U256{234'567'890'123U};
    EXPECT_EQ(parsed->specification, expected);

    const auto& [header, state] = parsed->genesis;
    EXPECT_EQ(header.timestamp, 0x65000000U);
    EXPECT_EQ(header.base_fee_per_gas, U256{1'000'000});
    EXPECT_EQ(header.extra_data, (Bytes{0, 0, 0, 0, 250, 0, 0, 0, 6}));
    ASSERT_EQ(state.accounts.size(), 1U);
    const auto& change = state.accounts[0];
    EXPECT_EQ(change.address, "0x00000000000000000000000000000000000000aa"_address);
    EXPECT_EQ(change.account.nonce, 2U);
    EXPECT_EQ(change.account.balance, U256{16});
    EXPECT_EQ(change.account.code_hash, crypto::keccak256(Bytes{0}));
    ASSERT_EQ(change.slot_count, 1U);
    EXPECT_EQ(state.slots[0], (types::SlotChange{U256{1}, U256{7}}));
}

TEST(GenesisFile, says_what_is_wrong_with_it)
{
    const auto with = [](const json::json_pointer& place, const json& value)
    {
        auto genesis = any_genesis();
        genesis[place] = value;
        return fault_of(genesis);
    };
    using namespace nlohmann::literals;
    EXPECT_EQ(fault_of(any_genesis()), "none");
    EXPECT_EQ(with("/config"_json_pointer, nullptr), "config: is missing");
    EXPECT_EQ(with("/alloc"_json_pointer, nullptr), "alloc: is missing");
    EXPECT_EQ(with("/alloc"_json_pointer, 5), "alloc: expected an object");
    EXPECT_EQ(with("/config/chainId"_json_pointer, nullptr), "chainId: is missing");
    EXPECT_EQ(with("/config/chainId"_json_pointer, "0x1ffffffffffffffff"), "chainId: the number exceeds 64 bits");
    EXPECT_EQ(with("/config/chainId"_json_pointer, -1), "chainId: expected a string");
    EXPECT_EQ(with("/config/chainId"_json_pointer, "12a"), "chainId: expected a number");
    EXPECT_EQ(with("/config/terminalTotalDifficulty"_json_pointer, 1),
        "terminalTotalDifficulty: must be 0: nobody mines on this chain");
    EXPECT_EQ(
        with("/config/bedrockBlock"_json_pointer, 5), "bedrockBlock: must be 0: there is no chain before Bedrock");
    EXPECT_EQ(with("/config/optimism/eip1559Elasticity"_json_pointer, 0),
        "optimism: a parameter of EIP-1559 is zero or exceeds 32 bits");
    EXPECT_EQ(with("/config/jiffy/miniblockMs"_json_pointer, 5), "jiffy: there is no setting miniblockMs");
    EXPECT_EQ(with("/config/jiffy/miniBlockMs"_json_pointer, 0), "jiffy: blocks last from a mini-block to an hour");
    EXPECT_EQ(with("/config/jiffy/sequencer"_json_pointer, "0x12"), "sequencer: expected 20 bytes as hex digits");
    EXPECT_EQ(with("/config/londonBlock"_json_pointer, nullptr),
        "londonBlock: must be 0: there are no fees without a base fee");
    EXPECT_EQ(with("/extraData"_json_pointer, "0x01"),
        "extraData: must name the parameters of the base fee, as Holocene wants it");
    EXPECT_EQ(with("/gasLimit"_json_pointer, "0x1"), "gasLimit: must be at least 5000 and fit 63 bits");
    EXPECT_EQ(with("/number"_json_pointer, 1), "number: must be 0");
    EXPECT_EQ(with("/alloc/0x12"_json_pointer, json::object()), "alloc: expected 20 bytes as hex digits");
    EXPECT_EQ(with("/alloc/0x00000000000000000000000000000000000000AA"_json_pointer, json::object()),
        "alloc: has an account twice: 0x00000000000000000000000000000000000000AA");
    EXPECT_EQ(parse_genesis("{").error().find("not a JSON document"), 0U);
    EXPECT_NE(read_genesis_file("/no/such/file").error().find("No such file"), std::string::npos);
}

TEST(GenesisFile, a_chain_of_the_op_stack_bounds_the_gas_of_a_transaction_unless_it_is_told_otherwise)
{
    const auto cap_of = [](const json& genesis)
    { return parse_genesis(genesis.dump())->specification.jiffy->transaction_gas_cap; };
    auto genesis = any_genesis();
    genesis["config"]["jiffy"].erase("transactionGasCap");
    EXPECT_EQ(cap_of(genesis), std::uint64_t{1} << 24);
    genesis["config"].erase("jiffy");
    EXPECT_EQ(cap_of(genesis), std::uint64_t{1} << 24);
    genesis["config"]["jiffy"] = {{"transactionGasCap", 5'000'000'000}};
    EXPECT_EQ(cap_of(genesis), 5'000'000'000U) << "up too";
    genesis["config"].erase("jiffy");
    genesis["config"].erase("optimism");
    EXPECT_FALSE(cap_of(genesis)) << "Ethereum has its own from Osaka on (EIP-7825)";
}

/// Any document has an answer, whatever member is missing or of another kind.
RC_GTEST_PROP(GenesisFile, survives_any_change, ())
{
    auto genesis = any_genesis();
    const auto flat = genesis.flatten();
    auto member = flat.begin();
    std::advance(member, *rc::gen::inRange<std::size_t>(0, flat.size()));
    const json values[] = {nullptr, -1, 1.5, "", "0x", "x", std::string(100, '9'), json::object(), json::array(), true};
    genesis[json::json_pointer{member.key()}] = values[*rc::gen::inRange<std::size_t>(0, std::size(values))];
    const auto parsed = parse_genesis(genesis.dump());
    RC_ASSERT(parsed.has_value() || !parsed.error().empty());
}

TEST(GenesisFile, starts_a_node)
{
    const auto path = testing::TempDir() + "jiffy-genesis.json";
    auto genesis = any_genesis();
    genesis["config"]["jiffy"].erase("minimumBaseFee");
    std::ofstream{path} << genesis;
    NodeOptions options;
    options.port = 0;
    options.verify_roots = true;
    options.genesis_file = path;
    auto node = std::move(*Node::start(options));
    EXPECT_TRUE(node->accounts().empty());
    const auto ask = [&node](const json& parameters)
    {
        rpc::TestClient client{node->port()};
        const json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", parameters[0]}, {"params", parameters[1]}};
        return json::parse(client.post(body.dump()).body)["result"];
    };
    EXPECT_EQ(ask({"eth_chainId", json::array()}), "0x309");
    EXPECT_EQ(ask({"eth_getBalance", {"0x00000000000000000000000000000000000000aa", "latest"}}), "0x10");
    EXPECT_EQ(ask({"eth_getBlockByNumber", {"0x1", false}})["gasLimit"], "0x3b9aca00");
    node->stop();
    EXPECT_EQ(node->root_report().wrong, 0U);
    options.genesis_file = "/no/such/file";
    EXPECT_FALSE(Node::start(options));
}

TEST(GenesisFile, a_full_block_refuses_with_the_time_until_the_next_one)
{
    const auto path = testing::TempDir() + "jiffy-small-blocks.json";
    const auto account = sequencer::development_accounts()[0];
    auto genesis = any_genesis();
    genesis["config"].erase("optimism");
    genesis["config"].erase("pragueTime");
    genesis["config"]["jiffy"] = {{"blockMs", 3'600'000}};
    genesis["gasLimit"] = 63'000;
    genesis["alloc"] = {{to_hex(account.address.view()).substr(2), {{"balance", "1000000000000000000"}}}};
    std::ofstream{path} << genesis;
    NodeOptions options;
    options.port = 0;
    options.genesis_file = path;
    auto node = std::move(*Node::start(options));
    rpc::TestClient client{node->port()};
    const auto send = [&](std::uint64_t nonce)
    {
        types::Transaction transaction;
        transaction.type = types::TransactionType::dynamic_fee;
        transaction.chain_id = 777;
        transaction.nonce = nonce;
        transaction.gas_limit = 21'000;
        transaction.max_fee_per_gas = U256{10'000'000};
        transaction.to = account.address;
        types::sign(transaction, account.secret);
        const json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_sendRawTransaction"},
            {"params", {to_hex(types::encode(transaction))}}};
        return json::parse(client.post(body.dump()).body);
    };
    std::uint64_t nonce = 0;
    while (nonce < 3 + sequencer::PoolLimits{}.per_sender)
        ASSERT_TRUE(send(nonce++).contains("result"));
    const auto error = send(nonce)["error"];
    EXPECT_EQ(error["code"], -32005);
    const auto wait = error["data"]["retryAfterMilliseconds"].get<std::uint64_t>();
    EXPECT_EQ(error["message"], "the block is full, retry in " + std::to_string(wait) + " ms");
    EXPECT_GT(wait, 0U);
    EXPECT_LE(wait, 3'600'001U);
}
}  // namespace
}  // namespace jiffy::node
