// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/io_thread.hpp"
#include "rpc/outbox.hpp"
#include "rpc/websocket_frames.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>

namespace jiffy::rpc
{
/// One WebSocket connection: requests are answered in any order, messages may be pushed in between. Beast does the
/// handshake; the frames are our own, so that a read and a write serve as many requests as have come.
class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection>
{
public:
    using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;
    using TimePoint = std::chrono::steady_clock::time_point;

    WebSocketConnection(boost::asio::ip::tcp::socket socket, IoThread& thread);

    void start(const UpgradeRequest& request);
    void close();
    /// Sends what was gathered to be sent, now or as soon as the client takes it.
    void flush();
    /// Asks a client that is silent for a sign of life, and cuts one that gives none. Called now and again.
    void look_after(TimePoint now);
    [[nodiscard]] bool is_idle() const noexcept { return in_flight_ == 0 && outbox_.empty(); }

private:
    using Socket = boost::asio::ip::tcp::socket;

    void on_open();
    void open_channel();
    void read();
    void on_read(boost::system::error_code error, std::size_t count);
    /// Takes what is in the messages that have come, as far as it may now, and then reads on.
    void take_messages();
    void take(const ClientFrame& frame);
    void take_request(std::string_view text);
    /// True if the request was answered in passing.
    bool answer_at_once(std::string_view text);
    void answer(std::string text);
    void enqueue(Message message, bool is_pushed);
    void want_flush();
    /// Gives up what is queued, says why, and closes; hard if the client does not read the reason in time.
    void end(CloseCode code, std::string_view reason);
    void cut();
    void leave();

    Socket socket_;
    std::optional<boost::beast::websocket::stream<Socket>> handshake_;
    IoThread& thread_;
    IoThread::Place place_;
    std::shared_ptr<Channel> channel_ = std::make_shared<Channel>();
    ClientFrameReader reader_;
    Outbox outbox_;
    std::size_t in_flight_ = 0;
    boost::asio::steady_timer farewell_timer_;
    /// Without a sign of life; none if there was one since somebody last looked.
    std::optional<TimePoint> silent_since_;
    std::optional<TimePoint> asked_at_;
    bool reading_ = false;
    /// Messages are being taken, so that whoever is called meanwhile need not see to it.
    bool taking_ = false;
    /// There are messages that wait until fewer requests are being answered.
    bool is_full_ = false;
    bool wants_flush_ = false;
    /// The client must read before more can be sent.
    bool awaits_client_ = false;
    /// The reason for the end is on its way.
    bool ending_ = false;
    bool left_ = false;
};
}  // namespace jiffy::rpc
