// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_server.hpp"

#include "consensus/witness_client.hpp"
#include "consensus/witness_protocol.hpp"
#include "store/simulated_disk.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>

namespace jiffy::consensus
{
namespace
{
constexpr store::ChainIdentity chain{777, Hash{{0x77}}};
const Member a{"a", 1};
const Member b{"b", 2};

/// A witness on a disk of its own.
struct Witness
{
    explicit Witness(WitnessServerOptions options = {})
      : server{WitnessServer::listen(options).value()}
    {
        server->start(WitnessRegister::open(disk, "w", chain).value(),
            [this](const std::string& text)
            {
                const std::lock_guard lock{mutex};
                failure = text;
                changed.notify_all();
            });
    }

    std::string wait_for_failure()
    {
        std::unique_lock lock{mutex};
        changed.wait(lock, [this] { return !failure.empty(); });
        return failure;
    }

    store::SimulatedDisk disk{1};
    std::mutex mutex;
    std::condition_variable changed;
    std::string failure;
    std::unique_ptr<WitnessServer> server;
};

/// A client that can be waited for.
class Asker
{
public:
    explicit Asker(std::uint16_t port, WitnessClientOptions options = {})
      : client{with(std::move(options), port), [this](const WitnessAnswer& answer)
            {
                const std::lock_guard lock{mutex_};
                answers_.push_back(answer);
                changed_.notify_all();
            }}
    {
        client.start();
    }
    Asker(const Asker&) = delete;
    Asker& operator=(const Asker&) = delete;
    ~Asker() { client.stop(); }

    WitnessAnswer ask(const WitnessRequest& request)
    {
        client.request(request);
        return next();
    }

    WitnessAnswer next()
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return !answers_.empty(); });
        auto answer = std::move(answers_.front());
        answers_.erase(answers_.begin());
        return answer;
    }

private:
    static WitnessClientOptions with(WitnessClientOptions options, std::uint16_t port)
    {
        options.port = port;
        if (options.chain == store::ChainIdentity{})
            options.chain = chain;
        return options;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<WitnessAnswer> answers_;

public:
    WitnessClient client;
};

/// All that the server says to these bytes until it closes the connection.
std::vector<WitnessMessage> said_to(std::uint16_t port, const Bytes& words)
{
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket{context};
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    boost::asio::write(socket, boost::asio::buffer(words));
    feed::MessageReader reader{longest_witness_message};
    std::array<Byte, 4096> input{};
    std::vector<WitnessMessage> messages;
    boost::system::error_code error;
    while (!error)
    {
        const auto size = socket.read_some(boost::asio::buffer(input), error);
        reader.add(BytesView{input}.first(size));
        for (auto next = reader.next(); next && *next; next = reader.next())
            messages.push_back(decode_witness(**next).value());
    }
    return messages;
}

TEST(WitnessServer, answers_with_what_is_current)
{
    Witness witness;
    Asker first{witness.server->port()};
    Asker second{witness.server->port()};
    EXPECT_EQ(first.ask(ReadConfiguration{}).value(), Configuration{});
    const Propose proposal{0, a, {4, a, {b}}};
    EXPECT_EQ(first.ask(proposal).value(), proposal.next);
    EXPECT_EQ(first.ask(proposal).value(), proposal.next);
    EXPECT_EQ(second.ask(Propose{0, b, {4, b, {}}}).value(), proposal.next);
    EXPECT_EQ(second.ask(Propose{4, b, {5, b, {}}}).value(), (Configuration{5, b, {}}));
    EXPECT_EQ(first.ask(ReadConfiguration{}).value(), (Configuration{5, b, {}}));
    EXPECT_EQ(first.client.figures().connections, 1U);
    EXPECT_EQ(witness.server->figures().declined, 1U);
    EXPECT_EQ(WitnessRegister::open(*witness.disk.crash(3), "w", chain).value().current().epoch, 5U);
}

TEST(WitnessServer, says_why_it_does_not_answer)
{
    WitnessServerOptions options;
    options.token = "a token of some length";
    Witness witness{options};
    const auto port = witness.server->port();
    const auto refusal_of = [port](const WitnessClientOptions& wanted)
    { return Asker{port, wanted}.ask(ReadConfiguration{}).error(); };
    EXPECT_NE(refusal_of({}).find("the token is not that of this witness"), std::string::npos);
    WitnessClientOptions client;
    client.token = options.token;
    client.chain = {778, chain.genesis};
    EXPECT_NE(refusal_of(client).find("the witness of chain 777, not of chain 778"), std::string::npos);
    client.chain = {777, Hash{{1}}};
    EXPECT_NE(refusal_of(client).find("another genesis block"), std::string::npos);
    client.chain = chain;
    EXPECT_TRUE((Asker{port, client}.ask(ReadConfiguration{})));

    auto hello = encode(WitnessHello{chain, options.token});
    EXPECT_EQ(said_to(port, encode(WitnessQuestion{1, ReadConfiguration{}})).size(), 1U) << "no hello";
    auto twice = hello;
    append(twice, hello);
    EXPECT_TRUE(std::holds_alternative<WitnessRefusal>(said_to(port, twice).back()));
    hello[feed::length_prefix_size + 9] = 2;
    EXPECT_NE(std::get<WitnessRefusal>(said_to(port, hello).back()).text.find("version 1"), std::string::npos);
    EXPECT_TRUE(std::holds_alternative<WitnessRefusal>(said_to(port, Bytes(8, 0xff)).back()));
}

TEST(WitnessServer, answers_questions_in_order_however_many_come_at_once)
{
    Witness witness;
    auto words = encode(WitnessHello{chain, {}});
    constexpr std::uint64_t questions = 2000;
    for (std::uint64_t number = 1; number <= questions; ++number)
        append(words, encode(WitnessQuestion{number, ReadConfiguration{}}));
    append(words, encode(WitnessHello{}));
    const auto messages = said_to(witness.server->port(), words);
    ASSERT_EQ(messages.size(), questions + 1);
    for (std::uint64_t number = 1; number <= questions; ++number)
        EXPECT_EQ(std::get<WitnessReply>(messages[number - 1]).number, number);
}

TEST(WitnessServer, one_that_does_not_greet_is_cut_and_connections_are_bounded)
{
    WitnessServerOptions options;
    options.connections = 1;
    options.patience = std::chrono::milliseconds{50};
    Witness witness{options};
    EXPECT_TRUE(said_to(witness.server->port(), Bytes{1}).empty());
    Asker first{witness.server->port()};
    while (!first.ask(ReadConfiguration{}))
    {
    }
    EXPECT_FALSE((Asker{witness.server->port()}.ask(ReadConfiguration{})));
    EXPECT_TRUE(first.ask(ReadConfiguration{}));
}

TEST(WitnessServer, says_nothing_any_more_when_its_disk_fails)
{
    Witness witness;
    Asker asker{witness.server->port()};
    ASSERT_TRUE(asker.ask(ReadConfiguration{}));
    witness.disk.stop_at_operation(witness.disk.operations() + 2);
    EXPECT_FALSE(asker.ask(Propose{0, a, {1, a, {}}}));
    EXPECT_NE(witness.wait_for_failure(), "");
    EXPECT_FALSE(asker.ask(ReadConfiguration{}));
}

TEST(WitnessClient, goes_on_when_the_witness_is_back)
{
    WitnessServerOptions options;
    std::optional<Witness> witness{std::in_place};
    options.port = witness->server->port();
    Asker asker{options.port};
    ASSERT_TRUE(asker.ask(Propose{0, a, {1, a, {}}}));
    witness.reset();
    const auto refused = asker.ask(ReadConfiguration{});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().starts_with("the witness at 127.0.0.1:" + std::to_string(options.port)))
        << refused.error();
    witness.emplace(options);
    while (!asker.ask(ReadConfiguration{}))
    {
    }
    EXPECT_GE(asker.client.figures().connections, 2U);
}

TEST(WitnessClient, does_not_wait_for_one_that_is_silent)
{
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor silent{context, {boost::asio::ip::address_v4::loopback(), 0}};
    WitnessClientOptions options;
    options.longest_wait = std::chrono::milliseconds{20};
    Asker asker{silent.local_endpoint().port(), options};
    EXPECT_NE(asker.ask(ReadConfiguration{}).error().find("no answer within 20 ms"), std::string::npos);
    EXPECT_EQ(asker.client.figures().failures, 1U);
}

TEST(WitnessClient, the_newest_request_is_the_one_that_is_answered)
{
    Witness witness;
    Asker asker{witness.server->port()};
    for (int i = 0; i < 50; ++i)
        asker.client.request(ReadConfiguration{});
    const Propose last{0, a, {1, a, {}}};
    asker.client.request(last);
    while (asker.next().value() != last.next)
    {
    }
    EXPECT_LE(asker.client.figures().answers, 51U);
}
}  // namespace
}  // namespace jiffy::consensus
