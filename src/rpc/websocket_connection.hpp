// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/buffered_socket.hpp"
#include "rpc/io_thread.hpp"

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
    /// Sends what was gathered to be sent, now or as soon as the client takes it.
    void flush();
    [[nodiscard]] bool is_idle() const noexcept
    {
        return in_flight_ == 0 && queue_.empty() && !stream_.next_layer().has_output();
    }

private:
    struct Outgoing
    {
        Message message;
        /// Pushed, not asked for.
        bool is_pushed = false;
    };

    void read();
    void on_message(boost::system::error_code error);
    void open_channel();
    void answer(std::string text);
    void enqueue(Outgoing outgoing);
    void write_next();
    void on_written();
    /// Gives up what is queued, says why, and closes; hard if the client does not read the reason in time.
    void end(const std::string& reason);
    void cut();
    void leave();

    boost::beast::websocket::stream<BufferedSocket> stream_;
    IoThread& thread_;
    IoThread::Place place_;
    std::shared_ptr<Channel> channel_ = std::make_shared<Channel>();
    boost::beast::flat_buffer buffer_;
    std::deque<Outgoing> queue_;
    std::size_t queued_answer_bytes_ = 0;
    std::size_t in_flight_ = 0;
    boost::asio::steady_timer farewell_timer_;
    bool reading_ = false;
    /// The client must read before more can be sent.
    bool awaits_client_ = false;
    /// The reason for the end is on its way.
    bool ending_ = false;
    bool left_ = false;
};
}  // namespace jiffy::rpc
