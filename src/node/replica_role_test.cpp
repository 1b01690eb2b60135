// SPDX-License-Identifier: Apache-2.0
#include "feed/proxy_test.hpp"
#include "node/banner.hpp"
#include "node/followed_chain_test.hpp"
#include "replica/checkpoint.hpp"
#include "store/posix_disk.hpp"
#include "store/snapshot_file.hpp"
#include "store/temporary_directory_test.hpp"

#include <future>
#include <random>

namespace jiffy::node
{
namespace
{
using Json = FollowedChain::Json;

constexpr std::chrono::seconds patience{20};

/// Asks again and again, since nobody tells.
template <class Condition>
[[nodiscard]] bool comes_true(Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition())
    {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::yield();
    }
    return true;
}

std::unique_ptr<Node> start(const NodeOptions& options)
{
    auto node = Node::start(options);
    if (!node)
        throw std::runtime_error{node.error()};
    return std::move(*node);
}

const Json quick_blocks = {{"blockMs", 200}};

NodeOptions leader_options_of(const std::string& data_directory = "")
{
    NodeOptions options;
    options.port = 0;
    options.genesis_file = FollowedChain::genesis_file("replica", quick_blocks);
    options.data_directory = data_directory;
    options.feed.emplace();
    options.feed->server.token = FollowedChain::token;
    return options;
}

NodeOptions replica_options_of(const Node& leader,
    const std::vector<std::uint16_t>& feed_ports,
    const std::string& data_directory = "")
{
    NodeOptions options;
    options.port = 0;
    options.genesis_file = FollowedChain::genesis_file("replica", quick_blocks);
    options.data_directory = data_directory;
    options.follow.emplace();
    for (const auto port : feed_ports)
        options.follow->feeds.push_back({.port = port});
    options.follow->token = FollowedChain::token;
    options.follow->sequencer_url = "ws://127.0.0.1:" + std::to_string(leader.port());
    options.verify_roots = true;
    return options;
}

std::uint64_t sealed_number(const Node& node)
{
    return std::stoull(
        FollowedChain::ask(node, "eth_getBlockByNumber", Json::array({"latest", false}))["number"].get<std::string>(),
        nullptr, 16);
}

/// The same for whoever asks, of everything up to the newest block that the leader has sealed.
void expect_same_chain(const Node& leader, const Node& replica)
{
    const auto number = sealed_number(leader);
    ASSERT_TRUE(comes_true([&] { return sealed_number(replica) >= number; }));
    for (std::uint64_t i = 0; i <= number; ++i)
    {
        const auto name = "0x" + (std::ostringstream{} << std::hex << i).str();
        for (const auto* method : {"eth_getBlockByNumber", "eth_getBlockReceipts"})
        {
            const auto parameters =
                method == std::string_view{"eth_getBlockByNumber"} ? Json::array({name, true}) : Json::array({name});
            ASSERT_EQ(FollowedChain::ask(replica, method, parameters), FollowedChain::ask(leader, method, parameters));
        }
    }
}

/// The receipt of a transfer that was sent to the replica, and what the replica shows then.
void send_through(const Node& leader, const Node& replica, std::uint64_t nonce)
{
    const auto receipt = FollowedChain::send_transfer(replica, nonce);
    ASSERT_EQ(receipt["status"], "0x1");
    const auto hash = Json::array({receipt["transactionHash"]});
    const auto statement = FollowedChain::ask(leader, "jiffy_getPreconfirmation", hash);
    EXPECT_EQ(receipt["preconfirmation"], statement);
    EXPECT_EQ(FollowedChain::ask(replica, "jiffy_getPreconfirmation", hash), statement);
    EXPECT_EQ(FollowedChain::ask(
                  replica, "eth_getTransactionCount", Json::array({to_hex(FollowedChain::sender().view()), "latest"})),
        "0x" + (std::ostringstream{} << std::hex << nonce + 1).str())
        << "whoever has the receipt reads what the transaction did";
}

TEST(ReplicaRole, has_the_chain_and_takes_transactions)
{
    auto leader = start(leader_options_of());
    const auto options = replica_options_of(*leader, {leader->feed_port().value()});
    auto replica = start(options);
    EXPECT_EQ(FollowedChain::ask(*replica, "jiffy_status")["role"], "replica");
    for (std::uint64_t nonce = 0; nonce < 5; ++nonce)
        send_through(*leader, *replica, nonce);
    const auto raw = FollowedChain::transfer(5);
    const auto hash = FollowedChain::ask(*replica, "eth_sendRawTransaction", Json::array({raw}));
    EXPECT_TRUE(comes_true(
        [&] { return !FollowedChain::ask(*replica, "eth_getTransactionReceipt", Json::array({hash})).is_null(); }));
    const auto& repeated = FollowedChain::ask(*replica, "realtime_sendRawTransaction", Json::array({raw}));
    EXPECT_EQ(repeated["transactionHash"], hash) << "as on the sequencer";
    ASSERT_TRUE(comes_true([&] { return sealed_number(*leader) >= 3; }));
    expect_same_chain(*leader, *replica);
    EXPECT_EQ(FollowedChain::ask(*replica, "eth_syncing"), false);
    EXPECT_EQ(FollowedChain::ask(*replica, "jiffy_chainInfo")["signer"],
        FollowedChain::ask(*leader, "jiffy_chainInfo")["signer"]);
    const auto text = banner_text(*replica, options);
    EXPECT_NE(text.find("a replica of a chain in memory"), std::string::npos);
    EXPECT_EQ(text.find(FollowedChain::token), std::string::npos);
    replica->stop();
    EXPECT_EQ(replica->root_report().wrong, 0U);
    EXPECT_GT(replica->root_report().verified, 0U);
}

TEST(ReplicaRole, answers_what_cannot_be_a_transaction_and_passes_on_what_is_refused)
{
    auto leader = start(leader_options_of());
    auto replica = start(replica_options_of(*leader, {leader->feed_port().value()}));
    const auto error_of = [](const Node& node, const char* method, const std::string& raw)
    { return FollowedChain::call(node, method, Json::array({raw}))["error"]; };
    send_through(*leader, *replica, 0);
    for (const auto* method : {"eth_sendRawTransaction", "eth_sendRawTransactionSync", "realtime_sendRawTransaction"})
    {
        EXPECT_EQ(error_of(*replica, method, "0x02"), error_of(*leader, method, "0x02"));
        const auto gap = FollowedChain::transfer(7);
        if (method == std::string_view{"eth_sendRawTransactionSync"})
        {
            EXPECT_EQ(error_of(*replica, method, gap), error_of(*leader, method, gap));
            EXPECT_EQ(error_of(*replica, method, gap)["code"], 6);
            EXPECT_EQ(error_of(*replica, method, gap)["data"], "0x1");
        }
    }
    const auto forwarded = FollowedChain::ask(*leader, "jiffy_status");
    EXPECT_EQ(forwarded["transactions"], 1);

    // One that waits for an earlier nonce: only the sequencer's pool knows of it.
    FollowedChain::ask(*replica, "eth_sendRawTransaction", Json::array({FollowedChain::transfer(2)}));
    const auto pooled = to_hex(crypto::keccak256(*from_hex(FollowedChain::transfer(2))).view());
    EXPECT_EQ(FollowedChain::ask(*replica, "jiffy_getTransactionStage", Json::array({pooled}))["stage"], "pooled");
    FollowedChain::send_transfer(*replica, 1);
    const auto sender = to_hex(FollowedChain::sender().view());
    EXPECT_EQ(FollowedChain::ask(*replica, "eth_getTransactionCount", Json::array({sender, "pending"})), "0x3");

    leader->stop();
    leader.reset();
    EXPECT_TRUE(comes_true(
        [&]
        {
            const auto error = error_of(*replica, "eth_sendRawTransaction", FollowedChain::transfer(3));
            const auto message = error["message"].get<std::string>();
            return message == "the sequencer cannot be reached: the transaction was not sent" &&
                   error["data"] == to_hex(crypto::keccak256(*from_hex(FollowedChain::transfer(3))).view());
        }));
    EXPECT_EQ(FollowedChain::ask(*replica, "eth_getTransactionCount", Json::array({sender, "pending"})), "0x3")
        << "what is known here";
}

TEST(ReplicaRole, tells_subscribers)
{
    auto leader = start(leader_options_of());
    auto replica = start(replica_options_of(*leader, {leader->feed_port().value()}));
    rpc::TestClient client{replica->port()};
    ASSERT_TRUE(client.upgrade());
    const std::vector<Json> wishes = {{"newHeads"}, {"miniBlocks"}, {"stateChanges"}, {"newPendingTransactions"}};
    std::map<std::string, std::string> names;
    for (const auto& wish : wishes)
    {
        client.send_text(
            Json{{"jsonrpc", "2.0"}, {"id", wish[0]}, {"method", "eth_subscribe"}, {"params", wish}}.dump());
    }
    std::map<std::string, std::vector<Json>> told;
    const auto hear = [&]
    {
        const auto text = client.read_text();
        if (!text)
            throw std::runtime_error{"nothing is told"};
        const auto message = Json::parse(*text);
        if (message.contains("id"))
            names[message["result"]] = message["id"];
        else
            told[message["params"]["subscription"]].push_back(message["params"]["result"]);
    };
    while (names.size() < wishes.size())
        hear();
    const auto receipt = FollowedChain::send_transfer(*replica, 0);
    const auto count = [&](const std::string& topic, const auto& is_wanted)
    {
        std::size_t found = 0;
        for (const auto& [id, results] : told)
            if (names[id] == topic)
                found += static_cast<std::size_t>(std::ranges::count_if(results, is_wanted));
        return found;
    };
    const auto is_block = [&](const Json& head) { return head["number"] == receipt["blockNumber"]; };
    while (count("newHeads", is_block) == 0)
        hear();
    const auto has_it = [&](const Json& block)
    { return block["mini_block_number"] == receipt["preconfirmation"]["miniBlockNumber"]; };
    EXPECT_EQ(count("miniBlocks", has_it), 1U);
    EXPECT_EQ(
        count("newPendingTransactions", [&](const Json& hash) { return hash == receipt["transactionHash"]; }), 1U);
    EXPECT_GE(count("stateChanges", [](const Json&) { return true; }), 1U);
}

TEST(ReplicaRole, goes_on_when_the_feed_is_cut_and_another_one_is_there)
{
    auto options = leader_options_of();
    // So that connections which live for a short time only get further.
    options.feed->server.limits.batch.bytes = 300;
    auto leader = start(options);
    const auto plan = [network = std::minstd_rand{7}]() mutable
    { return feed::Proxy::Plan{.lifetime = 1 + network() % 10'000}; };
    feed::Proxy first{leader->feed_port().value(), plan};
    feed::Proxy second{leader->feed_port().value(), plan};
    auto replica = start(replica_options_of(*leader, {first.port(), second.port()}));
    for (std::uint64_t nonce = 0; nonce < 10 || first.cuts() < 5 || second.cuts() < 5; ++nonce)
        send_through(*leader, *replica, nonce);
    expect_same_chain(*leader, *replica);
    EXPECT_EQ(FollowedChain::ask(*replica, "eth_syncing"), false);
}

TEST(ReplicaRole, goes_on_when_the_sequencer_has_been_away)
{
    const store::TemporaryDirectory directory;
    auto options = leader_options_of(directory.path() + "/leader");
    auto leader = start(options);
    options.port = leader->port();
    options.feed->server.port = leader->feed_port().value();
    auto replica = start(replica_options_of(*leader, {leader->feed_port().value()}));
    const auto before = FollowedChain::ask(*replica, "jiffy_chainInfo")["epoch"];
    send_through(*leader, *replica, 0);
    leader.reset();
    leader = start(options);
    // The connection for transactions is made again by itself; until then they are refused.
    ASSERT_TRUE(comes_true(
        [&]
        {
            return FollowedChain::call(
                *replica, "eth_sendRawTransactionSync", Json::array({FollowedChain::transfer(1)}))
                .contains("result");
        }));
    send_through(*leader, *replica, 2);
    expect_same_chain(*leader, *replica);
    EXPECT_EQ(FollowedChain::ask(*replica, "jiffy_chainInfo")["epoch"],
        FollowedChain::ask(*leader, "jiffy_chainInfo")["epoch"]);
}

TEST(ReplicaRole, goes_on_from_its_own_directory_and_serves_others)
{
    const store::TemporaryDirectory directory;
    auto leader = start(leader_options_of());
    auto options = replica_options_of(*leader, {leader->feed_port().value()}, directory.path() + "/replica");
    options.snapshot_interval = 2;
    {
        auto replica = start(options);
        send_through(*leader, *replica, 0);
        ASSERT_TRUE(comes_true([&] { return sealed_number(*replica) >= 6; }));
        send_through(*leader, *replica, 1);
    }
    // The place in the feed is known without all of the log.
    store::PosixDisk disk;
    const auto numbers = store::list_snapshots(disk, options.data_directory);
    ASSERT_TRUE(numbers && !numbers->empty());
    const store::ChainIdentity chain{FollowedChain::chain_id, types::header_hash(leader->genesis().header)};
    const auto snapshot = store::SnapshotReader::open(disk, options.data_directory, chain, numbers->back());
    ASSERT_TRUE(snapshot);
    const auto checkpoint = replica::decode_checkpoint(snapshot->checkpoint());
    ASSERT_TRUE(checkpoint && checkpoint->feed);
    EXPECT_EQ(checkpoint->feed->sequence, checkpoint->log_sequence);
    EXPECT_GT(checkpoint->feed->sequence, 1U);

    // What comes meanwhile.
    FollowedChain::send_transfer(*leader, 2);
    {
        auto replica = start(options);
        send_through(*leader, *replica, 3);
        expect_same_chain(*leader, *replica);
    }
    options.feed.emplace();
    options.data_directory = directory.path() + "/relay";
    for (std::uint64_t nonce = 4; nonce < 8; ++nonce)
    {
        auto relay = start(options);
        auto far_options = replica_options_of(*relay, {relay->feed_port().value()});
        auto far = start(far_options);
        send_through(*leader, *far, nonce);
        expect_same_chain(*leader, *far);
    }
}

TEST(ReplicaRole, wants_what_it_follows_signed_by_the_chains_sequencer)
{
    auto leader = start(leader_options_of());
    auto options = replica_options_of(*leader, {leader->feed_port().value()});
    auto jiffy = quick_blocks;
    jiffy["sequencer"] = "0x00000000000000000000000000000000000a11ce";
    options.genesis_file = FollowedChain::genesis_file("other-sequencer", jiffy);
    std::promise<std::string> failed;
    options.on_failure = [&failed](const std::string& reason) { failed.set_value(reason); };
    auto replica = start(options);
    auto reason = failed.get_future();
    ASSERT_EQ(reason.wait_for(patience), std::future_status::ready);
    EXPECT_EQ(reason.get(), "the feed of 127.0.0.1:" + std::to_string(leader->feed_port().value()) +
                                " cannot be followed: record 1: its term is not one of the chain's sequencer");
    EXPECT_EQ(sealed_number(*replica), 0U);
}

TEST(ReplicaRole, leaves_a_feed_that_is_not_what_was_signed)
{
    auto leader = start(leader_options_of());
    feed::Proxy spoiling{leader->feed_port().value(), []
        {
            // Behind the welcome, in the midst of the first records.
            return feed::Proxy::Plan{.tamper = [seen = std::size_t{0}](Bytes& bytes) mutable
                                     {
                                         for (auto& byte : bytes)
                                             if (++seen == 400)
                                                 byte ^= 1;
                                     }};
        }};
    auto replica_options = replica_options_of(*leader, {spoiling.port(), leader->feed_port().value()});
    std::promise<std::string> noticed;
    replica_options.on_notice = [&noticed](const std::string& reason) { noticed.set_value(reason); };
    auto replica = start(replica_options);
    auto notice = noticed.get_future();
    ASSERT_EQ(notice.wait_for(patience), std::future_status::ready);
    EXPECT_NE(notice.get().find("the feed of 127.0.0.1:" + std::to_string(spoiling.port())), std::string::npos);
    send_through(*leader, *replica, 0);
    expect_same_chain(*leader, *replica);
}

TEST(ReplicaRole, says_what_it_cannot_begin_with)
{
    NodeOptions options;
    options.port = 0;
    options.follow.emplace();
    const auto fault = [&options]
    {
        const auto node = Node::start(options);
        return node ? "none" : node.error();
    };
    EXPECT_EQ(fault(), "a node that follows needs a genesis file");
    options.genesis_file = FollowedChain::genesis_file("replica", quick_blocks);
    options.follow->sequencer_url = "https://127.0.0.1";
    EXPECT_EQ(fault(), "--sequencer https://127.0.0.1: encryption is left to a tunnel, whose end here is to be named");
    options.follow->sequencer_url = "127.0.0.1:8545";
    EXPECT_EQ(fault(), "--sequencer 127.0.0.1:8545: a URL is wanted, as ws://127.0.0.1:8545");
}
}  // namespace
}  // namespace jiffy::node
