// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "node/banner.hpp"
#include "node/node.hpp"
#include "rpc/test_client.hpp"
#include "types/transaction.hpp"

#include <ctime>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace jiffy::node
{
namespace
{
using nlohmann::json;

constexpr Hash secret{{0x51, 0x52}};
constexpr Hash sender_secret{{0x61}};

Address address_of(const Hash& key)
{
    return crypto::address_of(*crypto::public_key_of(key));
}

/// A chain of the OP Stack whose sequencer has that address.
json genesis_of(const json& sequencer)
{
    json config = {{"chainId", 777}, {"terminalTotalDifficulty", 0}, {"bedrockBlock", 0}, {"optimism", json::object()}};
    for (const auto* fork : {"homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg",
             "istanbul", "berlin", "london"})
        config[std::string{fork} + "Block"] = 0;
    for (const auto* fork :
        {"shanghai", "cancun", "prague", "regolith", "canyon", "ecotone", "fjord", "granite", "holocene", "isthmus"})
        config[std::string{fork} + "Time"] = 0;
    config["jiffy"] = json::object();
    if (!sequencer.is_null())
        config["jiffy"]["sequencer"] = sequencer;
    return {{"config", config}, {"timestamp", "0x0"}, {"gasLimit", "0x3b9aca00"}, {"baseFeePerGas", "1000000"},
        {"alloc", {{to_hex(address_of(sender_secret).view()), {{"balance", "1000000000000000000"}}}}}};
}

NodeOptions options_of(json genesis, std::time_t age = 0)
{
    NodeOptions options;
    options.port = 0;
    options.sequencer_secret = secret;
    options.genesis_file = testing::TempDir() + "jiffy-sequencer-genesis.json";
    genesis["timestamp"] = std::to_string(std::time(nullptr) - age);
    std::ofstream{options.genesis_file} << genesis;
    return options;
}

std::string fault_of(const NodeOptions& options)
{
    const auto started = Node::start(options);
    return started ? "none" : started.error();
}

TEST(SequencerRole, signs_for_a_real_chain_with_its_own_key)
{
    const auto options = options_of(genesis_of(to_hex(address_of(secret).view())));
    auto started = Node::start(options);
    ASSERT_TRUE(started) << started.error();
    auto& node = **started;
    EXPECT_TRUE(node.accounts().empty());
    EXPECT_EQ(node.signer(), address_of(secret));
    rpc::TestClient client{node.port()};
    const auto call = [&client](const std::string& method, const json& parameters)
    {
        const json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
        return json::parse(client.post(body.dump()).body);
    };
    EXPECT_EQ(call("eth_chainId", json::array())["result"], "0x309");
    EXPECT_EQ(call("eth_accounts", json::array())["result"], json::array());
    EXPECT_EQ(call("anvil_nodeInfo", json::array())["error"]["code"], -32601) << "only development chains have it";

    types::Transaction transaction;
    transaction.type = types::TransactionType::dynamic_fee;
    transaction.chain_id = 777;
    transaction.gas_limit = 21'000;
    transaction.max_fee_per_gas = U256{5'000'000'000};
    transaction.to = Address{{1, 2, 3}};
    types::sign(transaction, sender_secret);
    const auto receipt =
        call("eth_sendRawTransactionSync", json::array({to_hex(types::encode(transaction))}))["result"];
    EXPECT_EQ(receipt["preconfirmation"]["domain"], "production");
    EXPECT_EQ(receipt["preconfirmation"]["durability"], "memory");
    EXPECT_EQ(call("jiffy_chainInfo", json::array())["result"]["signer"], to_hex(address_of(secret).view()));

    for (const auto& text : {banner_text(node, options), banner_json(node, options)})
    {
        EXPECT_NE(text.find(checksummed(address_of(secret))), std::string::npos);
        EXPECT_EQ(text.find(to_hex_digits(secret.view())), std::string::npos) << "the key is nobody else's";
        EXPECT_EQ(text.find("development"), std::string::npos);
    }
}

TEST(SequencerRole, wants_the_key_that_the_chain_names)
{
    const auto own = to_hex(address_of(secret).view());
    const auto other = to_hex(address_of(sender_secret).view());
    EXPECT_EQ(fault_of(options_of(genesis_of(other))),
        "the key is that of " + own + ", but the chain's sequencer is " + other);
    EXPECT_EQ(fault_of(options_of(genesis_of(nullptr))),
        "the genesis file does not name the sequencer: config.jiffy.sequencer");
    auto options = options_of(genesis_of(own));
    options.sequencer_secret = Hash{};
    EXPECT_EQ(fault_of(options), "the sequencer's key is no key");
    options.sequencer_secret = secret;
    options.genesis_file.clear();
    EXPECT_EQ(fault_of(options), "a sequencer needs a genesis file");
    options.genesis_file = "/no/such/file";
    EXPECT_NE(fault_of(options).find("No such file"), std::string::npos);
}

TEST(SequencerRole, refuses_a_chain_that_it_cannot_be_at_the_time_of)
{
    const auto genesis = genesis_of(to_hex(address_of(secret).view()));
    EXPECT_TRUE(fault_of(options_of(genesis, -3600)).starts_with("the chain begins in the future"));
    EXPECT_TRUE(fault_of(options_of(genesis, 100'010)).starts_with("the chain began 1000"));
    EXPECT_EQ(fault_of(options_of(genesis, 100)), "none");
}
}  // namespace
}  // namespace jiffy::node
