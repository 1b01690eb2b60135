// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <thread>

namespace jiffy::feed
{
/// Stands between a server and its subscribers, and does to each connection what a bad network does.
class Proxy
{
public:
    struct Plan
    {
        /// Bytes from the server after which the connection is cut.
        std::size_t lifetime = ~std::size_t{0};
        /// Changes what comes from the server.
        std::function<void(Bytes&)> tamper = [](Bytes&) {};
    };

    /// `plan` is asked on the proxy's thread for each connection.
    Proxy(std::uint16_t server_port, std::function<Plan()> plan)
      : server_port_{server_port}
      , plan_{std::move(plan)}
    {
        accept();
        thread_ = std::thread{[this] { context_.run(); }};
    }
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;
    ~Proxy()
    {
        context_.stop();
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// Connections that were cut.
    [[nodiscard]] std::size_t cuts() const noexcept { return cuts_; }

private:
    using Tcp = boost::asio::ip::tcp;

    struct Link
    {
        Tcp::socket subscriber;
        Tcp::socket server;
        Plan plan;
        std::array<Byte, 16 << 10> up{};
        std::array<Byte, 16 << 10> down{};
        Bytes output;

        void close()
        {
            boost::system::error_code ignored;
            subscriber.close(ignored);
            server.close(ignored);
        }
    };

    void accept()
    {
        acceptor_.async_accept(
            [this](boost::system::error_code error, Tcp::socket socket)
            {
                if (error)
                    return;
                const auto link = std::make_shared<Link>(std::move(socket), Tcp::socket{context_}, plan_());
                link->server.connect({boost::asio::ip::address_v4::loopback(), server_port_}, error);
                if (!error)
                {
                    relay_up(link);
                    relay_down(link);
                }
                accept();
            });
    }

    void relay_up(const std::shared_ptr<Link>& link)
    {
        link->subscriber.async_read_some(boost::asio::buffer(link->up),
            [this, link](boost::system::error_code error, std::size_t size)
            {
                if (!error)
                    boost::asio::write(link->server, boost::asio::buffer(link->up.data(), size), error);
                if (error)
                    return link->close();
                relay_up(link);
            });
    }

    void relay_down(const std::shared_ptr<Link>& link)
    {
        link->server.async_read_some(boost::asio::buffer(link->down),
            [this, link](boost::system::error_code error, std::size_t size)
            {
                if (error)
                    return link->close();
                const auto passed = std::min(size, link->plan.lifetime);
                link->plan.lifetime -= passed;
                link->output.assign(link->down.begin(), link->down.begin() + passed);
                link->plan.tamper(link->output);
                boost::asio::async_write(link->subscriber, boost::asio::buffer(link->output),
                    [this, link](boost::system::error_code failed, std::size_t)
                    {
                        const bool is_cut = link->plan.lifetime == 0;
                        cuts_ += is_cut ? 1 : 0;
                        if (is_cut || failed)
                            return link->close();
                        relay_down(link);
                    });
            });
    }

    std::uint16_t server_port_;
    std::function<Plan()> plan_;
    std::atomic<std::size_t> cuts_ = 0;
    boost::asio::io_context context_{1};
    Tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::thread thread_;
};
}  // namespace jiffy::feed
