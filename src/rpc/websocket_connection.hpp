// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/io_thread.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

namespace jiffy::rpc
{
/// One WebSocket connection: requests are answered in any order, messages may be pushed in between.
class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection>
{
public:
    using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

    WebSocketConnection(boost::asio::ip::tcp::socket socket, IoThread& thread);

    void start(const UpgradeRequest& request);
    void close();
    [[nodiscard]] bool is_idle() const noexcept { return in_flight_ == 0 && queue_.empty(); }

private:
    void read();
    void on_message(boost::system::error_code error);
    void push(std::shared_ptr<const std::string> message);
    void write_next();
    void cut();
    void leave();

    boost::beast::websocket::stream<boost::asio::ip::tcp::socket> stream_;
    IoThread& thread_;
    IoThread::Place place_;
    std::shared_ptr<Channel> channel_ = std::make_shared<Channel>();
    boost::beast::flat_buffer buffer_;
    std::deque<std::shared_ptr<const std::string>> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t in_flight_ = 0;
    bool reading_ = false;
    bool left_ = false;
};
}  // namespace jiffy::rpc
