// SPDX-License-Identifier: Apache-2.0
#include "feed/client.hpp"

#include "sequencer/thread_priority.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <random>
#include <thread>

namespace jiffy::feed
{
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

struct Client::Implementation
{
    Implementation(ClientOptions wanted, const ClientStart& start, ClientEvents handlers)
      : options{std::move(wanted)}
      , events{std::move(handlers)}
      , position{start}
      , wait{options.shortest_wait}
    {
        metrics.taken_before = start.sequence;
    }

    void connect()
    {
        session.emplace(options.chain, position);
        socket.emplace(context);
        watch();
        resolver.async_resolve(options.host, std::to_string(options.port),
            [this](error_code error, const tcp::resolver::results_type& found)
            {
                if (error)
                    return lose(error);
                asio::async_connect(*socket, found,
                    [this](error_code failed, const tcp::endpoint&)
                    {
                        if (failed)
                            return lose(failed);
                        greet();
                    });
            });
    }

    void greet()
    {
        error_code ignored;
        socket->set_option(tcp::no_delay{true}, ignored);
        output = session->hello(options.token, options.takes_compressed);
        asio::async_write(*socket, asio::buffer(output),
            [this](error_code error, std::size_t)
            {
                if (error)
                    return lose(error);
                read();
            });
    }

    void read()
    {
        socket->async_read_some(asio::buffer(input),
            [this](error_code error, std::size_t size)
            {
                if (error)
                    return lose(error);
                take(BytesView{input}.first(size));
            });
    }

    void take(BytesView bytes)
    {
        is_heard = true;
        metrics.bytes.fetch_add(bytes.size(), std::memory_order_relaxed);
        const bool was_welcome = session->welcome().has_value();
        const auto taken = session->receive(bytes, events.on_records);
        position = session->position();
        metrics.taken_before = position.sequence;
        metrics.released_before = session->released_before();
        if (!was_welcome && session->welcome())
        {
            metrics.connections.fetch_add(1, std::memory_order_relaxed);
            wait = options.shortest_wait;
            events.on_welcome(*session->welcome());
        }
        if (!taken)
            return fail(taken.error());
        read();
    }

    /// Ends a connection on which nothing comes.
    void watch()
    {
        is_heard = false;
        timer.expires_after(options.longest_silence);
        timer.async_wait(
            [this](error_code error)
            {
                if (error)
                    return;
                if (is_heard)
                    return watch();
                // Whatever is on its way ends with an error then.
                resolver.cancel();
                error_code ignored;
                socket->close(ignored);
            });
    }

    void lose(error_code error)
    {
        fail({FaultKind::disconnected,
            "the connection to " + options.host + ":" + std::to_string(options.port) + ": " + error.message()});
    }

    void fail(const Fault& fault)
    {
        timer.cancel();
        error_code ignored;
        socket->close(ignored);
        if (is_stopping)
            return;
        events.on_fault(fault);
        if (!is_passing(fault.kind))
            return;
        std::uniform_int_distribution<std::int64_t> microseconds{wait.count() * 500, wait.count() * 1000};
        timer.expires_after(std::chrono::microseconds{microseconds(random)});
        wait = std::min(2 * wait, options.longest_wait);
        timer.async_wait(
            [this](error_code error)
            {
                if (!error && !is_stopping)
                    connect();
            });
    }

    void shut_down()
    {
        is_stopping = true;
        timer.cancel();
        resolver.cancel();
        error_code ignored;
        socket->close(ignored);
    }

    const ClientOptions options;
    const ClientEvents events;
    ClientMetrics metrics;
    ClientStart position;
    std::chrono::milliseconds wait;
    std::minstd_rand random{std::random_device{}()};
    std::optional<ClientSession> session;
    Bytes output;
    std::array<Byte, std::size_t{64} << 10> input{};
    bool is_heard = false;
    bool is_stopping = false;
    asio::io_context context{1};
    tcp::resolver resolver{context};
    asio::steady_timer timer{context};
    std::optional<tcp::socket> socket;
    std::thread thread;
};

Client::Client(ClientOptions options, const ClientStart& start, ClientEvents events)
  : implementation_{std::make_unique<Implementation>(std::move(options), start, std::move(events))}
{
}

Client::~Client()
{
    stop();
}

void Client::start()
{
    auto& self = *implementation_;
    self.connect();
    self.thread = std::thread{[&self]
        {
            sequencer::name_thread("feed client");
            self.context.run();
        }};
}

void Client::stop()
{
    auto& self = *implementation_;
    if (!self.thread.joinable())
        return;
    asio::post(self.context, [&self] { self.shut_down(); });
    self.thread.join();
}

const ClientMetrics& Client::metrics() const noexcept
{
    return implementation_->metrics;
}

ClientStart Client::position() const
{
    return implementation_->position;
}
}  // namespace jiffy::feed
