// SPDX-License-Identifier: Apache-2.0
#include "rpc/forwarder.hpp"

#include "rpc/server.hpp"

#include <future>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace jiffy::rpc
{
namespace
{
using nlohmann::json;

constexpr std::chrono::seconds patience{10};

/// A node that answers what the test wants, when it wants.
struct OtherNode
{
    explicit OtherNode(Handler handler, std::uint16_t port = 0)
    {
        ServerOptions options;
        options.port = port;
        server = std::move(*Server::listen(options));
        server->start(std::move(handler));
    }

    std::unique_ptr<Server> server;
};

std::string answer_to(const std::string& body, const char* member, const json& value)
{
    return json{{"jsonrpc", "2.0"}, {"id", json::parse(body)["id"]}, {member, value}}.dump();
}

ForwarderLimits quick()
{
    ForwarderLimits limits;
    limits.shortest_wait = limits.longest_wait = std::chrono::milliseconds{1};
    return limits;
}

std::future<ForwardedAnswer> ask(Forwarder& forwarder, const std::string& parameters)
{
    auto promise = std::make_shared<std::promise<ForwardedAnswer>>();
    forwarder.forward(
        "method", parameters, [promise](ForwardedAnswer answer) { promise->set_value(std::move(answer)); });
    return promise->get_future();
}

ForwardedAnswer get(std::future<ForwardedAnswer>& future)
{
    if (future.wait_for(patience) != std::future_status::ready)
        throw std::runtime_error{"no answer"};
    return future.get();
}

std::unique_ptr<Forwarder> connected_to(const OtherNode& node, const ForwarderLimits& limits = quick())
{
    auto forwarder =
        std::make_unique<Forwarder>(WebSocketEndpoint{"127.0.0.1", std::to_string(node.server->port()), "/"}, limits);
    forwarder->start();
    return forwarder;
}

TEST(Forwarder, passes_on_results_and_errors_as_they_are)
{
    const OtherNode node{[](const std::string& body, const std::shared_ptr<Channel>& channel, Responder respond)
        {
            EXPECT_NE(channel, nullptr) << "one WebSocket";
            const auto request = json::parse(body);
            EXPECT_EQ(request["method"], "method");
            const auto wanted = request["params"][0];
            respond(answer_to(body, wanted.is_string() ? "result" : "error", wanted));
        }};
    const auto forwarder = connected_to(node);
    auto result = ask(*forwarder, R"(["0x1"])");
    EXPECT_EQ(get(result).value(), R"("0x1")");
    auto error = ask(*forwarder, R"([{"code":-32005,"message":"busy","data":{"retryAfterMilliseconds":7}}])");
    const auto fault = get(error).error();
    EXPECT_EQ(fault.kind, ForwardFault::Kind::refused);
    EXPECT_EQ(fault.error.code, -32005);
    EXPECT_EQ(fault.error.message, "busy");
    EXPECT_EQ(fault.error.data, R"({"retryAfterMilliseconds":7})");
    auto large = ask(*forwarder, "[\"" + std::string(300'000, 'a') + "\"]");
    EXPECT_EQ(get(large).value().size(), 300'002U);
    EXPECT_EQ(forwarder->metrics().connections, 1U);
    EXPECT_EQ(forwarder->metrics().sent, 3U);
}

TEST(Forwarder, writes_requests_without_waiting_for_answers_which_come_in_any_order)
{
    constexpr std::size_t count = 100;
    std::mutex mutex;
    std::vector<std::pair<std::string, Responder>> held;
    const OtherNode node{[&](std::string body, const std::shared_ptr<Channel>&, Responder respond)
        {
            std::vector<std::pair<std::string, Responder>> due;
            {
                const std::lock_guard lock{mutex};
                held.emplace_back(std::move(body), std::move(respond));
                if (held.size() == count)
                    due = std::exchange(held, {});
            }
            for (auto request = due.rbegin(); request != due.rend(); ++request)
                request->second(answer_to(request->first, "result", json::parse(request->first)["params"][0]));
        }};
    const auto forwarder = connected_to(node);
    std::vector<std::future<ForwardedAnswer>> answers;
    for (std::size_t i = 0; i < count; ++i)
        answers.push_back(ask(*forwarder, "[" + std::to_string(i) + "]"));
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_EQ(get(answers[i]).value(), std::to_string(i));
}

TEST(Forwarder, says_that_nothing_was_sent_or_that_an_answer_is_lost)
{
    std::promise<void> reached;
    std::optional<Responder> held;
    std::optional<OtherNode> node{std::in_place,
        [&](const std::string&, const std::shared_ptr<Channel>&, Responder respond)
        {
            held.emplace(std::move(respond));
            reached.set_value();
        }};
    const auto port = node->server->port();
    const auto forwarder = connected_to(*node);
    auto answer = ask(*forwarder, "[1]");
    reached.get_future().wait();
    node->server->stop();
    const auto lost = get(answer).error();
    EXPECT_EQ(lost.kind, ForwardFault::Kind::lost);
    EXPECT_EQ(lost.error.message, "the connection to the sequencer was lost");
    held.reset();
    node.reset();

    auto unsent = ask(*forwarder, "[2]");
    EXPECT_EQ(get(unsent).error().kind, ForwardFault::Kind::unsent);
    EXPECT_EQ(forwarder->metrics().failed, 2U);

    const OtherNode again{[](const std::string& body, const std::shared_ptr<Channel>&, Responder respond)
        { respond(answer_to(body, "result", 5)); }, port};
    for (const auto end = std::chrono::steady_clock::now() + patience; !forwarder->is_connected();)
        ASSERT_LT(std::chrono::steady_clock::now(), end);
    auto later = ask(*forwarder, "[3]");
    EXPECT_EQ(get(later).value(), "5");
}

TEST(Forwarder, gives_up_a_connection_on_which_something_else_comes)
{
    for (const std::string text : {"nonsense", R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}})",
             R"({"jsonrpc":"2.0","id":77,"result":1})", R"({"jsonrpc":"2.0","id":1})"})
    {
        const OtherNode node{[&text](const std::string&, const std::shared_ptr<Channel>&, Responder respond)
            { respond(std::string{text}); }};
        const auto forwarder = connected_to(node);
        auto answer = ask(*forwarder, "[1]");
        EXPECT_EQ(get(answer).error().kind, ForwardFault::Kind::lost) << text;
    }
}

TEST(Forwarder, refuses_what_is_too_much)
{
    std::vector<Responder> held;
    const OtherNode node{[&held](const std::string&, const std::shared_ptr<Channel>&, Responder respond)
        { held.push_back(std::move(respond)); }};
    auto limits = quick();
    limits.requests = 3;
    limits.bytes = 1'000;
    const auto forwarder = connected_to(node, limits);
    auto long_one = ask(*forwarder, "[\"" + std::string(1'000, 'a') + "\"]");
    EXPECT_EQ(get(long_one).error().error.code, code::limit_exceeded);
    std::vector<std::future<ForwardedAnswer>> waiting;
    for (int i = 0; i < 3; ++i)
        waiting.push_back(ask(*forwarder, "[1]"));
    auto one_more = ask(*forwarder, "[1]");
    EXPECT_EQ(get(one_more).error().error.message, "too many requests wait for the sequencer");
    forwarder->stop();
    for (auto& answer : waiting)
        EXPECT_FALSE(get(answer).has_value());
    // Unanswered requests lead back to the server.
    node.server->stop();
    held.clear();
}

TEST(WebSocketUrl, is_read)
{
    const auto read = [](std::string_view url)
    {
        const auto endpoint = parse_websocket_url(url);
        return endpoint ? endpoint->host + " " + endpoint->port + " " + endpoint->path : "none";
    };
    EXPECT_EQ(read("ws://127.0.0.1:8545"), "127.0.0.1 8545 /");
    EXPECT_EQ(read("http://host/path/x"), "host 80 /path/x");
    EXPECT_EQ(read("ws://[::1]:9/"), "::1 9 /");
    EXPECT_EQ(read("ws://[::1]"), "::1 80 /");
    for (const auto* url :
        {"", "ws://", "ws://:1", "ws://host:", "ws://host:a", "ws://host:123456", "host:1", "wss://host"})
        EXPECT_EQ(read(url), "none") << url;
}
}  // namespace
}  // namespace jiffy::rpc
