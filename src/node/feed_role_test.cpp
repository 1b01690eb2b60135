// SPDX-License-Identifier: Apache-2.0
#include "feed/client.hpp"
#include "node/banner.hpp"
#include "node/followed_chain_test.hpp"
#include "replica/follower.hpp"
#include "store/temporary_directory_test.hpp"

namespace jiffy::node
{
namespace
{
using nlohmann::json;

constexpr auto token = FollowedChain::token;

NodeOptions options_of(const std::string& data_directory)
{
    NodeOptions options;
    options.port = 0;
    options.genesis_file = FollowedChain::genesis_file("feed");
    options.data_directory = data_directory;
    options.feed.emplace();
    options.feed->server.token = token;
    return options;
}

/// The same chain, from a node's feed.
struct Copy
{
    explicit Copy(const Node& node)
      : specification{node.specification()}
      , sealer{history, crypto::native_kernels(), node.genesis().state, [](const sequencer::BlockPointer&) {}}
    {
        world.apply(node.genesis().state);
        sequencer::seal_genesis(node.genesis(), world, sealer, history);
        identity = {specification.chain_id, history.find(0)->hash()};
        position = feed::beginning_of(identity);
        follower.emplace(specification, world, history, sealer,
            sequencer::Assembler{crypto::native_kernels(), {.prefix = history.find(0)->hash()}});
    }

    /// Follows until the transaction has come.
    void follow(std::uint16_t port, const Hash& transaction)
    {
        feed::ClientOptions options;
        options.port = port;
        options.token = token;
        options.chain = identity;
        std::atomic<bool> has_come = false;
        std::atomic<bool> is_lost = false;
        feed::Client client{std::move(options), position,
            {.on_records =
                    [&](std::span<const BytesView> records, const feed::FeedPosition&)
                {
                    for (const auto record : records)
                    {
                        auto frame = types::decode_log_frame(record, {specification.chain_id, world.id_counts()});
                        if (!frame || !follower->apply(std::move(*frame)))
                            return false;
                    }
                    has_come = has_come || history.find_transaction(transaction).has_value();
                    return true;
                },
                .on_fault = [&](const feed::Fault& fault) { is_lost = is_lost || !is_passing(fault.kind); }}};
        client.start();
        while (!has_come && !is_lost)
            std::this_thread::yield();
        client.stop();
        EXPECT_FALSE(is_lost);
        position = client.position();
    }

    chain::ChainSpecification specification;
    world::World world;
    sequencer::History history{1024};
    sequencer::Sealer sealer;
    store::ChainIdentity identity;
    feed::ClientStart position;
    std::optional<replica::Follower> follower;
};

void follow_a_node(const std::string& data_directory)
{
    const auto options = options_of(data_directory);
    auto started = Node::start(options);
    ASSERT_TRUE(started) << started.error();
    auto node = std::move(*started);
    const auto port = std::to_string(node->feed_port().value());
    EXPECT_NE(banner_text(*node, options).find("127.0.0.1:" + port + ", for those with the token"), std::string::npos);
    EXPECT_EQ(json::parse(banner_json(*node, options)).at("feed"), "127.0.0.1:" + port);
    EXPECT_EQ(banner_text(*node, options).find(token), std::string::npos);

    Copy copy{*node};
    for (std::uint64_t nonce = 0; nonce < 6; ++nonce)
    {
        if (nonce == 3 && !data_directory.empty())
        {
            node.reset();
            started = Node::start(options);
            ASSERT_TRUE(started) << started.error();
            node = std::move(*started);
        }
        const auto receipt = FollowedChain::send_transfer(*node, nonce);
        const auto hash = fixed_from_hex<32>(receipt.at("transactionHash").get<std::string>()).value();
        copy.follow(node->feed_port().value(), hash);
        const auto place = copy.history.find_transaction(hash);
        ASSERT_TRUE(place);
        const auto statement = sequencer::preconfirmation_of(*place);
        ASSERT_TRUE(statement);
        EXPECT_EQ(types::signer_of(*statement), std::optional{node->signer()});
        EXPECT_EQ(FollowedChain::ask(*node, "jiffy_getPreconfirmation", json::array({receipt.at("transactionHash")}))
                      .at("prefixCommitment"),
            to_hex(statement->statement.prefix.view()));
        types::Account account;
        copy.world.latest().account(FollowedChain::sender(), account);
        EXPECT_EQ(account.nonce, nonce + 1);
    }
}

TEST(FeedRole, a_chain_in_memory_can_be_followed)
{
    follow_a_node("");
}

TEST(FeedRole, a_chain_on_disk_can_be_followed_through_a_restart)
{
    const store::TemporaryDirectory directory;
    follow_a_node(directory.path() + "/data");
}

TEST(FeedRole, a_port_that_is_taken_is_an_error)
{
    auto options = options_of("");
    const auto first = Node::start(options);
    ASSERT_TRUE(first);
    options.feed->server.port = (*first)->feed_port().value();
    const auto second = Node::start(options);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().find("cannot listen on 127.0.0.1:"), std::string::npos);
}
}  // namespace
}  // namespace jiffy::node
