// SPDX-License-Identifier: Apache-2.0
#include "feed/server.hpp"

#include "feed/listening.hpp"
#include "feed/subscriber.hpp"
#include "sequencer/thread_priority.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <list>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace jiffy::feed
{
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace
{
constexpr std::chrono::milliseconds tick_interval{50};
constexpr std::chrono::milliseconds closing_time{200};
constexpr std::chrono::milliseconds farewell_interval{2};

int open_event()
{
    const int event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (event < 0)
        throw std::system_error{errno, std::system_category(), "eventfd"};
    return event;
}
}  // namespace

struct Server::Implementation
{
    explicit Implementation(const ServerOptions& wanted)
      : options{wanted}
    {
    }

    void accept()
    {
        acceptor.async_accept(
            [this](boost::system::error_code error, tcp::socket socket)
            {
                if (error == asio::error::operation_aborted || !acceptor.is_open())
                    return;
                if (error)
                {
                    // Out of descriptors, most likely: the next tick tries again.
                    has_to_accept = true;
                    return;
                }
                add(std::move(socket));
                accept();
            });
    }

    void add(tcp::socket socket)
    {
        remove_closed();
        if (subscribers.size() >= 2 * options.limits.subscribers)
            return;
        const bool is_full = subscribers.size() >= options.limits.subscribers;
        const auto& subscriber = subscribers.emplace_back(std::make_shared<Subscriber>(std::move(socket), shared));
        metrics.subscribers.store(subscribers.size(), std::memory_order_relaxed);
        subscriber->start();
        if (is_full)
            subscriber->leave(GoodbyeCode::full, "all places of this server are taken");
    }

    void remove_closed()
    {
        std::erase_if(subscribers, [](const auto& subscriber) { return subscriber->is_closed(); });
        metrics.subscribers.store(subscribers.size(), std::memory_order_relaxed);
    }

    void wait_for_bell()
    {
        bell.async_wait(asio::posix::stream_descriptor::wait_read,
            [this](boost::system::error_code error)
            {
                if (error)
                    return;
                std::uint64_t rings = 0;
                [[maybe_unused]] const auto read = ::read(bell.native_handle(), &rings, sizeof rings);
                for (const auto& subscriber : subscribers)
                    subscriber->pump();
                wait_for_bell();
            });
    }

    void wait_for_tick()
    {
        timer.expires_after(tick_interval);
        timer.async_wait(
            [this](boost::system::error_code error)
            {
                if (error)
                    return;
                const auto now = std::chrono::steady_clock::now();
                for (const auto& subscriber : subscribers)
                    subscriber->tick(now);
                remove_closed();
                if (std::exchange(has_to_accept, false))
                    accept();
                wait_for_tick();
            });
    }

    void arm()
    {
        is_armed.store(true);
        // What was released before this is seen by whoever looks now; whoever releases later sees this.
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }

    void shut_down()
    {
        boost::system::error_code ignored;
        acceptor.close(ignored);
        for (const auto& subscriber : subscribers)
            subscriber->leave(GoodbyeCode::closing, "the server stops");
        wait_for_farewells(std::chrono::steady_clock::now() + closing_time);
    }

    void wait_for_farewells(std::chrono::steady_clock::time_point end)
    {
        remove_closed();
        if (subscribers.empty() || std::chrono::steady_clock::now() > end)
            return context.stop();
        farewell_timer.expires_after(farewell_interval);
        farewell_timer.async_wait(
            [this, end](boost::system::error_code error)
            {
                if (!error)
                    wait_for_farewells(end);
            });
    }

    const ServerOptions options;
    FeedSource source;
    ServerMetrics metrics;
    BatchEncoder encoder;
    asio::io_context context{1};
    asio::io_context log_context{1};
    tcp::acceptor acceptor{context};
    asio::posix::stream_descriptor bell{context, open_event()};
    asio::steady_timer timer{context};
    asio::steady_timer farewell_timer{context};
    std::uint16_t port = 0;
    /// A subscriber waits, and the bell has not been rung since.
    std::atomic<bool> is_armed = false;
    bool has_to_accept = false;
    SubscriberContext shared{options, source, metrics, encoder, context, log_context, [this] { arm(); }};
    std::list<std::shared_ptr<Subscriber>> subscribers;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> log_work;
    std::thread thread;
    std::thread log_thread;
};

std::expected<std::unique_ptr<Server>, std::string> Server::listen(const ServerOptions& options)
{
    auto implementation = std::make_unique<Implementation>(options);
    const auto port = begin_listening(implementation->acceptor, options.host, options.port);
    if (!port)
        return std::unexpected{port.error()};
    implementation->port = *port;
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

const ServerMetrics& Server::metrics() const noexcept
{
    return implementation_->metrics;
}

void Server::start(const FeedSource& source)
{
    auto& self = *implementation_;
    self.source = source;
    self.accept();
    self.wait_for_bell();
    self.wait_for_tick();
    self.thread = std::thread{[&self]
        {
            sequencer::name_thread("feed");
            sequencer::take_short_turns();
            self.context.run();
        }};
    if (source.log == nullptr)
        return;
    self.log_work.emplace(self.log_context.get_executor());
    self.log_thread = std::thread{[&self]
        {
            sequencer::name_thread("feed log");
            sequencer::lower_thread_priority();
            self.log_context.run();
        }};
}

void Server::stop()
{
    auto& self = *implementation_;
    if (!self.thread.joinable())
        return;
    asio::post(self.context, [&self] { self.shut_down(); });
    self.thread.join();
    self.log_context.stop();
    if (self.log_thread.joinable())
        self.log_thread.join();
    for (const auto& subscriber : self.subscribers)
        subscriber->close();
    self.subscribers.clear();
    self.metrics.subscribers = 0;
}

void Server::set_terms(const types::StatementTerms& terms, const Address& signer)
{
    asio::post(implementation_->context,
        [&source = implementation_->source, terms, signer]
        {
            source.terms = terms;
            source.signer = signer;
        });
}

void Server::notify() noexcept
{
    auto& self = *implementation_;
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!self.is_armed.load() || !self.is_armed.exchange(false))
        return;
    const std::uint64_t one = 1;
    // The counter cannot overflow, so that nothing but success is possible while the descriptor is open.
    [[maybe_unused]] const auto written = ::write(self.bell.native_handle(), &one, sizeof one);
}
}  // namespace jiffy::feed
