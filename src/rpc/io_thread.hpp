// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <thread>
#include <variant>

namespace jiffy::rpc
{
class HttpConnection;
class WebSocketConnection;

/// Functions that other threads want run on an I/O thread. To post takes no lock, so that an I/O thread which is not
/// scheduled holds nobody up.
class Mailbox
{
public:
    explicit Mailbox(boost::asio::io_context& context);
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    ~Mailbox();

    void post(std::move_only_function<void()> function);

private:
    struct Node
    {
        std::move_only_function<void()> function;
        Node* next = nullptr;
    };

    void wait();
    void drain();

    std::atomic<Node*> newest_ = nullptr;
    int event_;
    boost::asio::posix::stream_descriptor descriptor_;
};

/// A thread with its event loop and the connections that live on it. Everything but `mailbox` and `wake` is its own.
struct IoThread
{
    using Connection = std::variant<std::shared_ptr<HttpConnection>, std::shared_ptr<WebSocketConnection>>;
    using Place = std::list<Connection>::iterator;

    IoThread(const ServerOptions& server_options,
        const Handler& request_handler,
        const Shortcut& request_shortcut,
        const MetricsText& metrics_text,
        std::atomic<std::size_t>& count);

    /// Serves the connections, and does what is in `ingress` in between, until the context is stopped.
    void run(Ingress* ingress);
    /// Any thread: gets it out of its sleep, if it is asleep. True if it was.
    bool wake();

    /// Keeps the connection alive until `remove`.
    Place add(Connection connection);
    void remove(Place place);
    /// Closes the connections whose time has run out, and asks the silent for a sign of life, now and again.
    void sweep();
    /// Closes what is idle now and everything after a grace period.
    void shut_down();
    void finish_soon();
    void flush();

    const ServerOptions& options;
    const Handler& handler;
    const Shortcut& shortcut;
    const MetricsText& metrics;
    std::atomic<std::size_t>& connection_count;
    boost::asio::io_context context{1};
    boost::asio::steady_timer sweep_timer{context};
    boost::asio::steady_timer stop_timer{context};
    Mailbox mailbox{context};
    std::list<Connection> connections;
    /// Those that have gathered something to send.
    std::vector<std::shared_ptr<WebSocketConnection>> unflushed;
    bool stopping = false;
    /// It waits for something to happen, and nobody has woken it yet.
    std::atomic<bool> is_asleep = false;
    std::thread thread;
};
}  // namespace jiffy::rpc
