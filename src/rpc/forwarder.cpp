// SPDX-License-Identifier: Apache-2.0
#include "rpc/forwarder.hpp"

#include "rpc/io_thread.hpp"
#include "sequencer/thread_priority.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <simdjson.h>
#include <unordered_map>

namespace jiffy::rpc
{
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace
{
using Kind = ForwardFault::Kind;

std::unexpected<ForwardFault> unsent(std::string why)
{
    return std::unexpected{ForwardFault{Kind::unsent, {code::server_error, std::move(why), {}}}};
}

std::unexpected<ForwardFault> lost()
{
    return std::unexpected{
        ForwardFault{Kind::lost, {code::server_error, "the connection to the sequencer was lost", {}}}};
}

/// An answer of JSON-RPC and the number that it is for.
struct NumberedAnswer
{
    std::uint64_t id = 0;
    ForwardedAnswer answer;
};

/// Nothing if it is no answer to what was asked.
std::optional<NumberedAnswer> read_answer(simdjson::dom::parser& parser, std::string_view text)
{
    simdjson::dom::object object;
    NumberedAnswer read{.id = 0, .answer = {}};
    if (parser.parse(text.data(), text.size()).get_object().get(object) != simdjson::SUCCESS ||
        object.at_key("id").get_uint64().get(read.id) != simdjson::SUCCESS)
        return std::nullopt;
    simdjson::dom::element result;
    if (object.at_key("result").get(result) == simdjson::SUCCESS)
    {
        read.answer = simdjson::to_string(result);
        return read;
    }
    simdjson::dom::object error;
    std::int64_t error_code_number = 0;
    std::string_view message;
    if (object.at_key("error").get_object().get(error) != simdjson::SUCCESS ||
        error.at_key("code").get_int64().get(error_code_number) != simdjson::SUCCESS ||
        error.at_key("message").get_string().get(message) != simdjson::SUCCESS)
        return std::nullopt;
    ForwardFault fault{Kind::refused, {static_cast<int>(error_code_number), std::string{message}, {}}};
    simdjson::dom::element data;
    if (error.at_key("data").get(data) == simdjson::SUCCESS)
        fault.error.data = simdjson::to_string(data);
    read.answer = std::unexpected{std::move(fault)};
    return read;
}
}  // namespace

std::expected<WebSocketEndpoint, std::string> parse_websocket_url(std::string_view url)
{
    const auto fault = [&url](std::string_view wanted)
    { return std::unexpected{std::string{url} + ": " + std::string{wanted}}; };
    std::string_view rest = url;
    if (rest.starts_with("ws://"))
        rest.remove_prefix(5);
    else if (rest.starts_with("http://"))
        rest.remove_prefix(7);
    else if (rest.starts_with("wss://") || rest.starts_with("https://"))
        return fault("encryption is left to a tunnel, whose end here is to be named");
    else
        return fault("a URL is wanted, as ws://127.0.0.1:8545");
    WebSocketEndpoint endpoint;
    if (const auto slash = rest.find('/'); slash != std::string_view::npos)
    {
        endpoint.path = rest.substr(slash);
        rest = rest.substr(0, slash);
    }
    std::string_view port = "80";
    const auto bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
    const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos)
    {
        port = rest.substr(colon + 1);
        rest = rest.substr(0, colon);
    }
    if (bracket != std::string_view::npos)
        rest = rest.substr(1, bracket - 1);
    const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
    if (rest.empty() || port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit))
        return fault("a host and a port are wanted, as ws://127.0.0.1:8545");
    endpoint.host = rest;
    endpoint.port = port;
    return endpoint;
}

struct Forwarder::Implementation
{
    struct Request
    {
        std::uint64_t id = 0;
        std::string text;
    };
    struct Waiting
    {
        Done done;
        std::size_t size = 0;
    };
    enum class State : std::uint8_t
    {
        connecting,
        open,
        resting,
    };

    Implementation(WebSocketEndpoint wanted, const ForwarderLimits& most)
      : endpoint{std::move(wanted)}
      , limits{most}
      , wait{most.shortest_wait}
    {
    }

    /// What is done when an operation ends, unless its connection has been given up by then.
    template <class Handler>
    auto unless_given_up(Handler handler)
    {
        return [this, began = generation, handler = std::move(handler)](error_code error, auto&&...) mutable
        {
            if (began == generation)
                handler(error);
        };
    }

    void connect()
    {
        state = State::connecting;
        socket.emplace(context);
        timer.expires_after(limits.connecting);
        timer.async_wait(unless_given_up(
            [this](error_code error)
            {
                if (!error)
                    cut();
            }));
        const auto greet_if_connected = [this](error_code error) { error ? lose() : greet(); };
        // Not by way of the helper: what was found is wanted, too.
        resolver.async_resolve(endpoint.host, endpoint.port,
            [this, began = generation, greet_if_connected](error_code error, const tcp::resolver::results_type& found)
            {
                if (began != generation)
                    return;
                if (error)
                    return lose();
                beast::get_lowest_layer(*socket).async_connect(found, unless_given_up(greet_if_connected));
            });
    }

    void greet()
    {
        error_code ignored;
        beast::get_lowest_layer(*socket).socket().set_option(tcp::no_delay{true}, ignored);
        socket->set_option(websocket::stream_base::timeout{limits.connecting, limits.silence, true});
        socket->read_message_max(limits.answer);
        socket->text(true);
        socket->auto_fragment(false);
        socket->async_handshake(endpoint.host + ":" + endpoint.port, endpoint.path,
            unless_given_up(
                [this](error_code error)
                {
                    if (error)
                        return lose();
                    timer.cancel();
                    state = State::open;
                    is_open = true;
                    wait = limits.shortest_wait;
                    metrics.connections.fetch_add(1, std::memory_order_relaxed);
                    read();
                    write();
                }));
    }

    void read()
    {
        socket->async_read(
            input, unless_given_up(
                       [this](error_code error)
                       {
                           if (error)
                               return lose();
                           const auto bytes = input.cdata();
                           auto read_one = read_answer(parser,
                               {static_cast<const char*>(bytes.data()), static_cast<std::size_t>(bytes.size())});
                           input.consume(input.size());
                           // Whoever answers something else cannot be understood further either.
                           if (!read_one || !answer(read_one->id, std::move(read_one->answer)))
                               return lose();
                           read();
                       }));
    }

    bool answer(std::uint64_t id, ForwardedAnswer given)
    {
        auto node = waiting.extract(id);
        if (node.empty())
            return false;
        finish(std::move(node.mapped()), std::move(given));
        return true;
    }

    void finish(Waiting request, ForwardedAnswer given)
    {
        if (!given && given.error().kind != Kind::refused)
            metrics.failed.fetch_add(1, std::memory_order_relaxed);
        count.fetch_sub(1, std::memory_order_relaxed);
        size.fetch_sub(request.size, std::memory_order_relaxed);
        request.done(std::move(given));
    }

    void add(Request request, Done done)
    {
        Waiting waiter{std::move(done), request.text.size()};
        if (state == State::resting || is_stopping)
            return finish(std::move(waiter), unsent("the sequencer cannot be reached"));
        waiting.emplace(request.id, std::move(waiter));
        unwritten.push_back(std::move(request));
        if (state == State::open)
            write();
    }

    void write()
    {
        if (is_writing || unwritten.empty())
            return;
        is_writing = true;
        socket->async_write(asio::buffer(unwritten.front().text), unless_given_up(
                                                                      [this](error_code error)
                                                                      {
                                                                          is_writing = false;
                                                                          if (error)
                                                                              return lose();
                                                                          metrics.sent.fetch_add(
                                                                              1, std::memory_order_relaxed);
                                                                          unwritten.pop_front();
                                                                          write();
                                                                      }));
    }

    /// Whatever is on its way ends with an error then.
    void cut()
    {
        resolver.cancel();
        error_code ignored;
        beast::get_lowest_layer(*socket).socket().close(ignored);
    }

    void lose()
    {
        if (state == State::resting)
            return;
        const bool was_open = state == State::open;
        state = State::resting;
        is_open = false;
        ++generation;
        timer.cancel();
        cut();
        input.consume(input.size());
        // The first of those may have been written in part, or wholly.
        const auto first_unsent = unwritten.begin() + (was_open && is_writing && !unwritten.empty() ? 1 : 0);
        is_writing = false;
        for (auto request = first_unsent; request != unwritten.end(); ++request)
            answer(request->id, unsent("the sequencer cannot be reached"));
        unwritten.clear();
        for (auto& [id, request] : std::exchange(waiting, {}))
            finish(std::move(request), lost());
        if (is_stopping)
            return;
        timer.expires_after(wait);
        wait = std::min(2 * wait, limits.longest_wait);
        timer.async_wait(
            [this](error_code error)
            {
                if (!error && !is_stopping)
                    connect();
            });
    }

    const WebSocketEndpoint endpoint;
    const ForwarderLimits limits;
    ForwarderMetrics metrics;
    std::atomic<std::uint64_t> next_id = 1;
    /// Of those that wait.
    std::atomic<std::size_t> count = 0;
    std::atomic<std::size_t> size = 0;
    std::atomic<bool> is_open = false;

    // The rest is the thread's own.
    State state = State::resting;
    std::chrono::milliseconds wait;
    std::uint64_t generation = 0;
    bool is_writing = false;
    bool is_stopping = false;
    std::unordered_map<std::uint64_t, Waiting> waiting;
    std::deque<Request> unwritten;
    simdjson::dom::parser parser;
    beast::flat_buffer input;
    asio::io_context context{1};
    tcp::resolver resolver{context};
    asio::steady_timer timer{context};
    std::optional<websocket::stream<beast::tcp_stream>> socket;
    Mailbox mailbox{context};
    std::thread thread;
};

Forwarder::Forwarder(WebSocketEndpoint endpoint, const ForwarderLimits& limits)
  : implementation_{std::make_unique<Implementation>(std::move(endpoint), limits)}
{
}

Forwarder::~Forwarder()
{
    stop();
}

void Forwarder::start()
{
    auto& self = *implementation_;
    self.connect();
    self.thread = std::thread{[&self]
        {
            sequencer::name_thread("forwarding");
            self.context.run();
        }};
}

void Forwarder::stop()
{
    auto& self = *implementation_;
    if (!self.thread.joinable())
        return;
    self.mailbox.post(
        [&self]
        {
            self.is_stopping = true;
            self.lose();
            self.timer.cancel();
            self.context.stop();
        });
    self.thread.join();
}

void Forwarder::forward(std::string_view method, std::string parameters, Done done)
{
    auto& self = *implementation_;
    const auto id = self.next_id.fetch_add(1, std::memory_order_relaxed);
    std::string text = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")";
    text.append(method).append(R"(","params":)").append(parameters).append("}");
    // A few more than that, if many come at once.
    if (self.count.load(std::memory_order_relaxed) >= self.limits.requests ||
        self.size.load(std::memory_order_relaxed) + text.size() > self.limits.bytes)
    {
        self.metrics.failed.fetch_add(1, std::memory_order_relaxed);
        auto refused = unsent("too many requests wait for the sequencer");
        refused.error().error.code = code::limit_exceeded;
        return done(std::move(refused));
    }
    self.count.fetch_add(1, std::memory_order_relaxed);
    self.size.fetch_add(text.size(), std::memory_order_relaxed);
    self.mailbox.post([&self, request = Implementation::Request{id, std::move(text)}, told = std::move(done)]() mutable
        { self.add(std::move(request), std::move(told)); });
}

bool Forwarder::is_connected() const noexcept
{
    return implementation_->is_open;
}

const ForwarderMetrics& Forwarder::metrics() const noexcept
{
    return implementation_->metrics;
}
}  // namespace jiffy::rpc
