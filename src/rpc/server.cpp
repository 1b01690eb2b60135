// SPDX-License-Identifier: Apache-2.0
#include "rpc/server.hpp"

#include "rpc/http_connection.hpp"
#include "rpc/ingress.hpp"
#include "rpc/websocket_connection.hpp"
#include "sequencer/thread_priority.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace jiffy::rpc
{
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace
{
/// Of the time that an idle connection has, within these.
constexpr int sweeps_of_idle_time = 4;
constexpr std::chrono::milliseconds shortest_sweep_interval{100};
constexpr std::chrono::milliseconds longest_sweep_interval{2000};
constexpr std::chrono::milliseconds grace_period{500};
constexpr std::chrono::milliseconds closing_time{20};
/// What is waiting to be read gets this much time before what was read, and that twice as much before more is read: the
/// more comes, the less of it is read.
constexpr std::chrono::microseconds reading_time{400};
constexpr std::chrono::microseconds working_time{400};
/// With fewer jobs, waking another thread would take longer than doing them.
constexpr std::size_t jobs_for_another_thread = 4;

int open_event()
{
    const int event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (event < 0)
        throw std::system_error{errno, std::system_category(), "eventfd"};
    return event;
}
}  // namespace

Mailbox::Mailbox(asio::io_context& context)
  : event_{open_event()}
  , descriptor_{context, event_}
{
    wait();
}

Mailbox::~Mailbox()
{
    for (auto* node = newest_.exchange(nullptr); node != nullptr;)
        delete std::exchange(node, node->next);
}

void Mailbox::post(std::move_only_function<void()> function)
{
    auto* previous = newest_.load(std::memory_order_relaxed);
    auto* node = new Node{std::move(function), previous};
    while (!newest_.compare_exchange_weak(previous, node, std::memory_order_acq_rel, std::memory_order_relaxed))
        node->next = previous;
    // Whoever makes the box non-empty rings; the others know that somebody is on the way.
    if (previous == nullptr)
    {
        const std::uint64_t one = 1;
        // The counter cannot overflow, so that nothing but success is possible while the descriptor is open.
        [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
    }
}

void Mailbox::wait()
{
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
        [this](boost::system::error_code error)
        {
            if (error)
                return;
            drain();
            if (descriptor_.is_open())
                wait();
        });
}

void Mailbox::drain()
{
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto read = ::read(event_, &rings, sizeof rings);
    Node* oldest = nullptr;
    for (auto* node = newest_.exchange(nullptr, std::memory_order_acq_rel); node != nullptr;)
    {
        auto* next = std::exchange(node->next, oldest);
        oldest = std::exchange(node, next);
    }
    while (oldest != nullptr)
    {
        const std::unique_ptr<Node> node{std::exchange(oldest, oldest->next)};
        node->function();
    }
}

IoThread::IoThread(const ServerOptions& server_options,
    const Handler& request_handler,
    const Shortcut& request_shortcut,
    const MetricsText& metrics_text,
    std::atomic<std::size_t>& count)
  : options{server_options}
  , handler{request_handler}
  , shortcut{request_shortcut}
  , metrics{metrics_text}
  , connection_count{count}
{
}

void IoThread::run(Ingress* ingress)
{
    const bool has_ingress = ingress != nullptr;
    while (!context.stopped())
    {
        is_asleep = true;
        if (!has_ingress || ingress->empty())
            context.run_one();
        is_asleep = false;
        const auto begin = sequencer::read_stopwatch();
        while (context.poll_one() != 0 && sequencer::read_stopwatch() - begin < reading_time)
        {
        }
        flush();
        if (has_ingress)
            ingress->work(sequencer::read_stopwatch() + working_time);
    }
}

void IoThread::flush()
{
    for (const auto& connection : std::exchange(unflushed, {}))
        connection->flush();
}

bool IoThread::wake()
{
    if (!is_asleep.exchange(false))
        return false;
    mailbox.post([] {});
    return true;
}

IoThread::Place IoThread::add(Connection connection)
{
    ++connection_count;
    return connections.insert(connections.end(), std::move(connection));
}

void IoThread::remove(Place place)
{
    // The connection may be in the middle of a function of its own; it goes when that has returned.
    asio::post(context, [connection = std::move(*place)] {});
    connections.erase(place);
    --connection_count;
    if (stopping && connections.empty())
        finish_soon();
}

void IoThread::sweep()
{
    const auto share = std::chrono::milliseconds{options.limits.idle} / sweeps_of_idle_time;
    sweep_timer.expires_after(std::clamp(share, shortest_sweep_interval, longest_sweep_interval));
    sweep_timer.async_wait(
        [this](boost::system::error_code error)
        {
            if (error)
                return;
            const auto now = std::chrono::steady_clock::now();
            for (auto place = connections.begin(); place != connections.end();)
            {
                const auto current = place++;
                if (const auto* websocket = std::get_if<std::shared_ptr<WebSocketConnection>>(&*current))
                    (*websocket)->look_after(now);
                else if (const auto& http = std::get<std::shared_ptr<HttpConnection>>(*current); http->is_overdue(now))
                    http->close();
            }
            sweep();
        });
}

void IoThread::shut_down()
{
    stopping = true;
    const auto close_some = [this](bool all)
    {
        for (auto place = connections.begin(); place != connections.end();)
        {
            const auto current = place++;
            std::visit(
                [all](const auto& connection)
                {
                    // That takes it out of the list, but not yet out of memory (see `remove`).
                    if (all || connection->is_idle())
                        connection->close();
                },
                *current);
        }
    };
    close_some(false);
    stop_timer.expires_after(grace_period);
    stop_timer.async_wait(
        [this, close_some](boost::system::error_code error)
        {
            if (error)
                return;
            close_some(true);
            finish_soon();
        });
    if (connections.empty())
        finish_soon();
}

void IoThread::finish_soon()
{
    // Closing handshakes are on their way: they get a moment.
    stop_timer.expires_after(closing_time);
    stop_timer.async_wait(
        [this](boost::system::error_code error)
        {
            if (!error)
                context.stop();
        });
}

struct Server::Implementation
{
    ServerOptions options;
    Handler handler;
    Shortcut shortcut;
    MetricsText metrics;
    std::atomic<std::size_t> connection_count = 0;
    std::vector<std::unique_ptr<IoThread>> threads;
    std::optional<tcp::acceptor> acceptor;
    std::uint16_t port = 0;
    std::size_t next_thread = 0;
    bool started = false;

    void accept()
    {
        auto& target = *threads[next_thread++ % threads.size()];
        acceptor->async_accept(target.context,
            [this, &target](boost::system::error_code error, tcp::socket socket)
            {
                if (error == asio::error::operation_aborted || !acceptor->is_open())
                    return;
                if (error)
                {
                    // Out of descriptors, most likely: wait for some to be closed instead of spinning.
                    retry_timer.emplace(threads.front()->context, std::chrono::milliseconds{50});
                    retry_timer->async_wait([this](boost::system::error_code) { accept(); });
                    return;
                }
                if (connection_count < options.limits.connections)
                {
                    asio::post(target.context, [&target, accepted = std::move(socket)]() mutable
                        { std::make_shared<HttpConnection>(std::move(accepted), target)->start(); });
                }
                accept();
            });
    }

    /// Somebody has put work into the ingress, which now holds this many jobs.
    void wake_for(std::size_t waiting)
    {
        const auto is_this = [](const auto& thread) { return thread->context.get_executor().running_in_this_thread(); };
        if (waiting < jobs_for_another_thread && std::ranges::any_of(threads, is_this))
            return;
        for (auto& thread : threads)
            if (!is_this(thread) && thread->wake())
                return;
    }

    std::optional<asio::steady_timer> retry_timer;
};

std::expected<std::unique_ptr<Server>, std::string> Server::listen(const ServerOptions& options)
{
    auto implementation = std::make_unique<Implementation>();
    implementation->options = options;
    for (unsigned i = 0; i < std::max(1U, options.threads); ++i)
        implementation->threads.push_back(std::make_unique<IoThread>(implementation->options, implementation->handler,
            implementation->shortcut, implementation->metrics, implementation->connection_count));

    const auto refuse = [&options](boost::system::error_code error)
    {
        return std::unexpected{
            "cannot listen on " + options.host + ":" + std::to_string(options.port) + ": " + error.message()};
    };
    auto& context = implementation->threads.front()->context;
    boost::system::error_code error;
    tcp::resolver resolver{context};
    const auto found = resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
    if (error)
        return refuse(error);
    const auto endpoint = found.begin()->endpoint();
    auto& acceptor = implementation->acceptor.emplace(context);
    acceptor.open(endpoint.protocol(), error);
    if (!error)
        acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error)
        acceptor.bind(endpoint, error);
    if (!error)
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error)
        implementation->port = acceptor.local_endpoint(error).port();
    if (error)
        return refuse(error);
    return std::unique_ptr<Server>{new Server{std::move(implementation)}};
}

Server::Server(std::unique_ptr<Implementation> implementation)
  : implementation_{std::move(implementation)}
{
}

Server::~Server()
{
    stop();
}

std::uint16_t Server::port() const noexcept
{
    return implementation_->port;
}

std::size_t Server::connection_count() const noexcept
{
    return implementation_->connection_count;
}

void Server::start(Handler handler, MetricsText metrics, Ingress* ingress, Shortcut shortcut)
{
    if (ingress != nullptr)
        ingress->set_waker([this](std::size_t waiting) { implementation_->wake_for(waiting); });
    implementation_->handler = std::move(handler);
    implementation_->shortcut = std::move(shortcut);
    implementation_->metrics = std::move(metrics);
    implementation_->started = true;
    implementation_->accept();
    for (auto& thread : implementation_->threads)
    {
        thread->sweep();
        thread->thread = std::thread{[&self = *thread, ingress]
            {
                sequencer::name_thread("rpc-io");
                sequencer::take_short_turns();
                self.run(ingress);
            }};
    }
}

void Server::stop()
{
    if (!std::exchange(implementation_->started, false))
        return;
    implementation_->threads.front()->mailbox.post(
        [this]
        {
            boost::system::error_code ignored;
            implementation_->acceptor->close(ignored);
        });
    for (auto& thread : implementation_->threads)
        thread->mailbox.post([&target = *thread] { target.shut_down(); });
    for (auto& thread : implementation_->threads)
        thread->thread.join();
}
}  // namespace jiffy::rpc
