// SPDX-License-Identifier: Apache-2.0
#include "rpc/server.hpp"

#include "rpc/test_client.hpp"

#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>
#include <vector>

namespace jiffy::rpc
{
namespace
{
ServerOptions small_server()
{
    ServerOptions options;
    options.port = 0;
    options.oversize_answer = "too large";
    options.limits.body = 1000;
    options.limits.push_queue = 2'000'000;
    options.limits.connections = 20;
    return options;
}

/// A server that answers each body with itself.
struct EchoServer
{
    explicit EchoServer(const ServerOptions& options = small_server())
      : server{std::move(*Server::listen(options))}
    {
        server->start(
            [this](std::string body, const std::shared_ptr<Channel>& channel, Responder respond)
            {
                if (channel)
                {
                    const std::lock_guard lock{mutex};
                    last_channel = channel;
                }
                respond(std::move(body));
            });
    }

    std::shared_ptr<Channel> channel()
    {
        const std::lock_guard lock{mutex};
        return last_channel;
    }

    std::unique_ptr<Server> server;
    std::mutex mutex;
    std::shared_ptr<Channel> last_channel;
};

TEST(Server, keeps_a_connection_for_many_requests)
{
    EchoServer echo;
    TestClient client{echo.server->port()};
    for (int i = 0; i < 100; ++i)
    {
        const auto response = client.post("request " + std::to_string(i));
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, "request " + std::to_string(i));
    }
}

TEST(Server, refuses_what_is_too_large)
{
    EchoServer echo;
    EXPECT_EQ(TestClient{echo.server->port()}.post(std::string(1000, 'x')).status, 200);
    const auto response = TestClient{echo.server->port()}.post(std::string(1001, 'x'));
    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(response.body, "too large");

    TestClient chunked{echo.server->port()};
    chunked.send("POST / HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 30; ++i)
        chunked.send("40\r\n" + std::string(64, 'x') + "\r\n");
    EXPECT_EQ(chunked.read_response().status, 413);

    TestClient headers{echo.server->port()};
    headers.send("POST / HTTP/1.1\r\n");
    for (int i = 0; i < 1000; ++i)
        if (!headers.send("X-Header: " + std::string(100, 'x') + "\r\n"))
            break;
    EXPECT_EQ(headers.read_response().status, 431);
}

TEST(Server, refuses_what_is_no_request)
{
    EchoServer echo;
    TestClient garbage{echo.server->port()};
    garbage.send("\x16\x03\x01 not http at all\r\n\r\n");
    EXPECT_EQ(garbage.read_response().status, 400);
    EXPECT_EQ(TestClient{echo.server->port()}.post("{}", "text/plain").status, 415);
    TestClient put{echo.server->port()};
    put.send("PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(put.read_response().status, 405);
}

TEST(Server, cuts_a_client_that_does_not_read_and_tells_it_why)
{
    EchoServer echo;
    TestClient client{echo.server->port()};
    ASSERT_TRUE(client.upgrade());
    ASSERT_TRUE(client.send_text("hello"));
    EXPECT_EQ(client.read_text(), "hello");
    const auto channel = echo.channel();
    const Message message{
        std::make_shared<const std::string>("head"), std::make_shared<const std::string>(100'000, 'x')};
    // More than the kernel's buffers and the queue hold together.
    for (int i = 0; i < 2000 && !channel->closed; ++i)
        channel->send(message);
    ASSERT_TRUE(channel->closed);
    EXPECT_LE(channel->queued_bytes, 2'200'000U);

    // It reads what was on its way, whole messages, and then the reason.
    auto frame = client.read_frame();
    for (; frame && frame->opcode == TestClient::text_frame; frame = client.read_frame())
        ASSERT_EQ(frame->payload, "head" + std::string(100'000, 'x'));
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->opcode, TestClient::close_frame);
    EXPECT_EQ(frame->payload, "\x03\xf5too slow: more than 2000000 bytes of notifications were not read");
    TestClient other{echo.server->port()};
    EXPECT_EQ(other.post("still there").body, "still there");
}

TEST(Server, gives_a_client_that_is_cut_up_in_the_end)
{
    auto options = small_server();
    options.limits.farewell = std::chrono::seconds{0};
    options.limits.connections = 1;
    EchoServer echo{options};
    TestClient client{echo.server->port()};
    ASSERT_TRUE(client.upgrade());
    ASSERT_TRUE(client.send_text("hello"));
    ASSERT_EQ(client.read_text(), "hello");
    const auto channel = echo.channel();
    const Message message{std::make_shared<const std::string>(100'000, 'x'), nullptr};
    while (!channel->closed)
        channel->send(message);
    for (int i = 0; i < 1000; ++i)
    {
        TestClient other{echo.server->port()};
        if (other.post("x").status == 200)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    FAIL() << "the place of the connection was not given back";
}

TEST(Server, pings_a_client_that_is_silent)
{
    auto options = small_server();
    options.limits.idle = std::chrono::seconds{1};
    EchoServer echo{options};
    TestClient client{echo.server->port()};
    ASSERT_TRUE(client.upgrade());
    for (int i = 0; i < 3; ++i)
    {
        const auto frame = client.read_frame();
        ASSERT_TRUE(frame.has_value());
        ASSERT_EQ(frame->opcode, TestClient::ping_frame);
        ASSERT_TRUE(client.send_pong(frame->payload));
    }
    // Without an answer the connection ends.
    while (client.read_frame())
    {
    }
    EXPECT_FALSE(client.is_timed_out());
}

TEST(Server, cuts_a_message_that_is_too_large)
{
    EchoServer echo;
    TestClient client{echo.server->port()};
    ASSERT_TRUE(client.upgrade());
    client.send_text(std::string(1001, 'x'));
    EXPECT_EQ(client.read_text(), std::nullopt);
}

TEST(Server, answers_many_requests_that_come_at_once)
{
    EchoServer echo;
    TestClient client{echo.server->port()};
    ASSERT_TRUE(client.upgrade());
    std::string frames;
    for (int i = 0; i < 1000; ++i)
        frames += TestClient::frame_of(0x81, "request " + std::to_string(i));
    ASSERT_TRUE(client.send(frames));
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(client.read_text(), "request " + std::to_string(i));
}

TEST(Server, reads_no_further_while_it_owes_too_many_answers)
{
    auto options = small_server();
    options.limits.requests_in_flight = 3;
    std::mutex mutex;
    std::vector<Responder> held;
    auto server = std::move(*Server::listen(options));
    server->start(
        [&](std::string, const std::shared_ptr<Channel>&, Responder respond)
        {
            const std::lock_guard lock{mutex};
            held.push_back(std::move(respond));
        });
    TestClient client{server->port()};
    ASSERT_TRUE(client.upgrade());
    std::string frames;
    for (int i = 0; i < 10; ++i)
        frames += TestClient::frame_of(0x81, "x");
    ASSERT_TRUE(client.send(frames));
    for (int i = 0; i < 10; ++i)
    {
        std::optional<Responder> next;
        while (!next)
        {
            const std::lock_guard lock{mutex};
            ASSERT_LE(held.size(), 3U);
            if (held.empty())
                continue;
            next = std::move(held.back());
            held.pop_back();
        }
        (*next)(std::to_string(i));
        EXPECT_EQ(client.read_text(), std::to_string(i));
    }
    server->stop();
}

TEST(Server, answers_a_shortcut_before_the_handler_is_asked)
{
    auto server = std::move(*Server::listen(small_server()));
    server->start([](std::string body, const std::shared_ptr<Channel>&, Responder respond)
        { respond(std::move(body)); }, {}, nullptr,
        [](std::string_view body, std::string& answer)
        {
            if (!body.starts_with("short"))
                return false;
            answer.append("cut ").append(body);
            return true;
        });
    TestClient client{server->port()};
    EXPECT_EQ(client.post("short one").body, "cut short one");
    EXPECT_EQ(client.post("long one").body, "long one");
    ASSERT_TRUE(client.upgrade());
    const std::string long_text(900, 'x');
    ASSERT_TRUE(client.send(TestClient::frame_of(0x81, "short") + TestClient::frame_of(0x81, "long") +
                            TestClient::frame_of(0x81, "short" + long_text)));
    EXPECT_EQ(client.read_text(), "cut short");
    EXPECT_EQ(client.read_text(), "long");
    EXPECT_EQ(client.read_text(), "cut short" + long_text);
}

TEST(Server, answers_pings_and_joins_the_parts_of_a_message)
{
    EchoServer echo;
    TestClient client{echo.server->port()};
    ASSERT_TRUE(client.upgrade());
    ASSERT_TRUE(client.send(TestClient::frame_of(0x01, "in ") + TestClient::frame_of(0x89, "are you there?") +
                            TestClient::frame_of(0x80, "parts")));
    auto frame = client.read_frame();
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->opcode, TestClient::pong_frame);
    EXPECT_EQ(frame->payload, "are you there?");
    EXPECT_EQ(client.read_text(), "in parts");
}

TEST(Server, says_why_it_closes_and_closes)
{
    struct Case
    {
        std::string sent;
        std::string code;
    };
    const Case cases[] = {
        {TestClient::frame_of(0x88, "\x03\xe9"), "\x03\xe9"},
        {TestClient::frame_of(0x88, ""), "\x03\xe8"},
        {TestClient::frame_of(0xc1, "compressed"), "\x03\xea"},
        {TestClient::frame_of(0x81, "\xff"), "\x03\xef"},
        {TestClient::frame_of(0x81, std::string(1001, 'x')), "\x03\xf1"},
    };
    EchoServer echo;
    for (const auto& [sent, code] : cases)
    {
        TestClient client{echo.server->port()};
        ASSERT_TRUE(client.upgrade());
        ASSERT_TRUE(client.send(TestClient::frame_of(0x81, "before") + sent + TestClient::frame_of(0x81, "after")));
        EXPECT_EQ(client.read_text(), "before");
        const auto frame = client.read_frame();
        ASSERT_TRUE(frame.has_value());
        EXPECT_EQ(frame->opcode, TestClient::close_frame);
        EXPECT_EQ(frame->payload, code);
        EXPECT_FALSE(client.read_frame());
        EXPECT_FALSE(client.is_timed_out());
    }
}

TEST(Server, bounds_the_connections)
{
    EchoServer echo;
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 20; ++i)
    {
        clients.push_back(std::make_unique<TestClient>(echo.server->port()));
        ASSERT_EQ(clients.back()->post("x").status, 200);
    }
    TestClient refused{echo.server->port()};
    EXPECT_EQ(refused.post("x").status, 0);
    clients.clear();
    for (int i = 0; i < 100; ++i)
    {
        TestClient again{echo.server->port()};
        if (again.post("x").status == 200)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    FAIL() << "places of closed connections were not given back";
}

TEST(Server, says_why_it_cannot_listen)
{
    EchoServer echo;
    auto options = small_server();
    options.port = echo.server->port();
    const auto second = Server::listen(options);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(
        second.error(), "cannot listen on 127.0.0.1:" + std::to_string(options.port) + ": Address already in use");
}

TEST(Server, gives_a_client_that_reads_late_every_byte)
{
    constexpr std::size_t count = 60;
    const auto text_of = [](std::size_t i)
    { return std::string(i % 3 == 0 ? 1'000'000 : 70 * i, static_cast<char>('a' + i % 26)); };
    auto server = std::move(*Server::listen(small_server()));
    std::atomic<std::size_t> answered = 0;
    server->start(
        [&](const std::string& body, const std::shared_ptr<Channel>&, Responder respond)
        {
            respond(text_of(std::stoul(body)));
            ++answered;
        });
    TestClient client{server->port()};
    ASSERT_TRUE(client.upgrade());
    for (std::size_t i = 0; i < count; ++i)
        ASSERT_TRUE(client.send_text(std::to_string(i)));
    while (answered != count)
        std::this_thread::yield();
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_EQ(client.read_text(), text_of(i)) << i;
}

TEST(Server, closes_a_connection_that_is_idle_but_none_that_waits_for_its_answer)
{
    auto options = small_server();
    options.limits.idle = std::chrono::seconds{0};
    std::promise<Responder> held;
    auto server = std::move(*Server::listen(options));
    server->start(
        [&](std::string, const std::shared_ptr<Channel>&, Responder respond) { held.set_value(std::move(respond)); });
    TestClient waiting{server->port()};
    ASSERT_TRUE(waiting.send("POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\nx"));
    auto respond = held.get_future().get();
    TestClient idle{server->port()};
    EXPECT_EQ(idle.read_response().status, 0);
    EXPECT_FALSE(idle.is_timed_out());
    respond(std::string{"late"});
    EXPECT_EQ(waiting.read_response().body, "late");
}

TEST(Server, answers_what_it_has_begun_when_it_stops)
{
    Responder held;
    std::atomic<bool> arrived = false;
    auto server = std::move(*Server::listen(small_server()));
    server->start(
        [&](std::string, const std::shared_ptr<Channel>&, Responder respond)
        {
            held = std::move(respond);
            arrived = true;
        });
    TestClient client{server->port()};
    std::thread answering{[&]
        {
            while (!arrived)
                std::this_thread::yield();
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            held(std::string{"late"});
        }};
    std::thread stopping{[&]
        {
            while (!arrived)
                std::this_thread::yield();
            server->stop();
        }};
    EXPECT_EQ(client.post("x").body, "late");
    answering.join();
    stopping.join();
}
}  // namespace
}  // namespace jiffy::rpc
