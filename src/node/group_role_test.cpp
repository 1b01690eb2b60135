// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_server.hpp"
#include "node/admin_socket.hpp"
#include "node/followed_chain_test.hpp"
#include "node/genesis_file.hpp"
#include "sequencer/genesis.hpp"
#include "store/posix_disk.hpp"
#include "store/temporary_directory_test.hpp"

#include <atomic>

namespace jiffy::node
{
namespace
{
using Json = FollowedChain::Json;

constexpr std::chrono::seconds patience{30};
constexpr auto group_token = "a token for the group";
constexpr Hash sequencer_secret{{0x5e}};

/// Asks again and again, since nobody tells.
template <class Condition>
[[nodiscard]] bool comes_true(Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition())
    {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
}

std::string genesis_file()
{
    const auto signer = crypto::address_of(*crypto::public_key_of(sequencer_secret));
    return FollowedChain::genesis_file("group", {{"blockMs", 200}, {"sequencer", to_hex(signer.view())}});
}

store::ChainIdentity identity_of(const std::string& path)
{
    auto file = read_genesis_file(path).value();
    sequencer::complete_genesis(file.genesis, file.specification, crypto::native_kernels());
    return {.chain_id = file.specification.chain_id, .genesis = types::header_hash(file.genesis.header)};
}

/// A port that nobody listens on now.
std::uint16_t free_port()
{
    return consensus::port_of(consensus::listen_on("127.0.0.1", 0).value());
}

/// Two sequencers of a chain and their witness.
class GroupTest : public testing::Test
{
protected:
    struct Seat
    {
        std::string name;
        store::TemporaryDirectory directory;
        std::uint16_t link = free_port();
        std::uint16_t feed = free_port();
        std::uint16_t rpc = free_port();
        std::unique_ptr<Node> node;
        std::atomic<bool> has_failed = false;
    };

    void SetUp() override
    {
        const auto chain = identity_of(genesis_);
        auto opened = consensus::WitnessRegister::open(disk_, witness_directory_.path(), chain);
        ASSERT_TRUE(opened) << opened.error().text;
        consensus::WitnessServerOptions options;
        options.token = group_token;
        auto listening = consensus::WitnessServer::listen(options);
        ASSERT_TRUE(listening) << listening.error();
        witness_ = std::move(*listening);
        witness_->start(std::move(*opened), [](const std::string& fault) { ADD_FAILURE() << fault; });
    }

    void TearDown() override
    {
        for (auto& seat : seats_)
            seat.node.reset();
        witness_->stop();
    }

    void start(std::size_t place)
    {
        auto& seat = seats_[place];
        const auto& other = seats_[1 - place];
        NodeOptions options;
        options.port = seat.rpc;
        options.genesis_file = genesis_;
        options.sequencer_secret = sequencer_secret;
        options.data_directory = seat.directory.path();
        options.durability = types::Durability::standby;
        options.feed.emplace();
        options.feed->server.port = seat.feed;
        options.feed->server.token = FollowedChain::token;
        options.group = GroupOptions{.name = seat.name,
            .listen = {"127.0.0.1", seat.link},
            .peers = {{other.name,
                {{"127.0.0.1", other.link}, {"127.0.0.1", other.feed}, "ws://127.0.0.1:" + std::to_string(other.rpc)}}},
            .witness = {"127.0.0.1", witness_->port()},
            .token = group_token};
        seat.has_failed = false;
        options.on_failure = [&seat](const std::string&) { seat.has_failed = true; };
        auto node = Node::start(options);
        ASSERT_TRUE(node) << node.error();
        seat.node = std::move(*node);
    }

    [[nodiscard]] std::string status(std::size_t place) const
    {
        return ask_node(seats_[place].directory.path(), "status").value_or("");
    }

    /// The place of the leader, once everything waits for the other one.
    std::optional<std::size_t> leader_with_standby()
    {
        std::optional<std::size_t> leader;
        const bool is_there = comes_true(
            [&]
            {
                for (std::size_t i = 0; i < 2; ++i)
                    if (status(i).find("with 1 standbys") != std::string::npos)
                        leader = i;
                return leader.has_value();
            });
        EXPECT_TRUE(is_there) << status(0) << "; " << status(1);
        return leader;
    }

    /// A transfer by way of a standby, once that has a connection to the leader.
    Json send_through(std::size_t place, std::uint64_t nonce)
    {
        Json answer;
        const bool is_taken = comes_true(
            [&]
            {
                answer = FollowedChain::call(
                    *seats_[place].node, "eth_sendRawTransactionSync", Json::array({FollowedChain::transfer(nonce)}));
                return answer.contains("result") ||
                       answer.at("error").at("message").get<std::string>().find("was not sent") == std::string::npos;
            });
        EXPECT_TRUE(is_taken) << answer;
        return answer.value("result", answer);
    }

    const std::string genesis_ = genesis_file();
    store::PosixDisk disk_;
    store::TemporaryDirectory witness_directory_;
    std::unique_ptr<consensus::WitnessServer> witness_;
    Seat seats_[2] = {{.name = "a", .directory = {}, .node = nullptr}, {.name = "b", .directory = {}, .node = nullptr}};
};

TEST_F(GroupTest, promises_wait_for_the_standby_which_takes_over_with_all_of_them)
{
    start(0);
    start(1);
    const auto first = leader_with_standby();
    ASSERT_TRUE(first);
    auto leading = *first;
    std::uint64_t nonce = 0;
    std::vector<Json> receipts;
    for (int term = 0; term < 3; ++term)
    {
        const auto standing_by = 1 - leading;
        // To the leader, and to the standby, which passes it on.
        for (int i = 0; i < 5; ++i)
            receipts.push_back(FollowedChain::send_transfer(*seats_[leading].node, nonce++));
        EXPECT_EQ(receipts.back().at("preconfirmation").at("durability"), "standby");
        receipts.push_back(send_through(standing_by, nonce++));
        ASSERT_TRUE(receipts.back().contains("preconfirmation")) << receipts.back();
        EXPECT_EQ(FollowedChain::ask(*seats_[standing_by].node, "jiffy_status").at("role"), "standby");

        const auto handed_over = ask_node(seats_[leading].directory.path(), "handover");
        ASSERT_TRUE(handed_over) << handed_over.error();
        ASSERT_TRUE(comes_true([&] { return seats_[leading].has_failed.load(); }));
        seats_[leading].node.reset();
        ASSERT_TRUE(comes_true([&] { return status(standing_by).find("leads in epoch") != std::string::npos; }));
        // Alone it waits for its disk.
        receipts.push_back(FollowedChain::send_transfer(*seats_[standing_by].node, nonce++));
        EXPECT_EQ(receipts.back().at("preconfirmation").at("durability"), "disk");
        for (const auto& receipt : receipts)
        {
            const auto hash = receipt.at("transactionHash");
            const auto now =
                FollowedChain::ask(*seats_[standing_by].node, "eth_getTransactionReceipt", Json::array({hash}));
            EXPECT_EQ(now.at("blockNumber"), receipt.at("blockNumber"));
            EXPECT_EQ(now.at("transactionIndex"), receipt.at("transactionIndex"));
            EXPECT_EQ(FollowedChain::ask(*seats_[standing_by].node, "jiffy_getPreconfirmation", Json::array({hash})),
                receipt.at("preconfirmation"));
        }
        start(leading);
        const auto next = leader_with_standby();
        ASSERT_TRUE(next);
        EXPECT_EQ(*next, standing_by);
        leading = *next;
    }
}

TEST_F(GroupTest, a_leader_goes_on_without_a_standby_that_is_gone)
{
    start(0);
    start(1);
    const auto leading = leader_with_standby();
    ASSERT_TRUE(leading);
    seats_[1 - *leading].node.reset();
    const auto receipt = FollowedChain::send_transfer(*seats_[*leading].node, 0);
    EXPECT_EQ(receipt.at("preconfirmation").at("durability"), "disk");
    EXPECT_FALSE(ask_node(seats_[*leading].directory.path(), "handover"));
    // Both stop, and the leader begins again by itself.
    seats_[*leading].node.reset();
    start(*leading);
    ASSERT_TRUE(comes_true([&] { return status(*leading).find("leads in epoch") != std::string::npos; }));
    EXPECT_EQ(FollowedChain::ask(
                  *seats_[*leading].node, "jiffy_getPreconfirmation", Json::array({receipt.at("transactionHash")})),
        receipt.at("preconfirmation"));
}
}  // namespace
}  // namespace jiffy::node
