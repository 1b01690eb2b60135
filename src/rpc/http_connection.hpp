// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/io_thread.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

namespace jiffy::rpc
{
/// One HTTP/1.1 connection: requests one after the other, until it closes or becomes a WebSocket.
class HttpConnection : public std::enable_shared_from_this<HttpConnection>
{
public:
    HttpConnection(boost::asio::ip::tcp::socket socket, IoThread& thread);

    void start();
    void close();
    /// Between two requests.
    [[nodiscard]] bool is_idle() const noexcept { return state_ == State::reading_header; }
    /// The client has had its time. While it waits for an answer it has all the time that there is.
    [[nodiscard]] bool is_overdue(std::chrono::steady_clock::time_point now) const noexcept
    {
        return state_ != State::answering && deadline_ < now;
    }

private:
    enum class State : std::uint8_t
    {
        reading_header,
        reading_body,
        answering,
        writing,
        closed,
    };

    void read_header();
    void on_header(boost::system::error_code error);
    void read_body();
    void on_body(boost::system::error_code error);
    void upgrade();
    void handle();
    void write(unsigned status, std::string body, bool keep_alive, std::string_view content_type = "application/json");
    void on_written(boost::system::error_code error, bool keep_alive);
    void leave();
    void set_deadline();

    boost::asio::ip::tcp::socket socket_;
    IoThread& thread_;
    IoThread::Place place_;
    State state_ = State::reading_header;
    std::chrono::steady_clock::time_point deadline_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::string response_head_;
    std::string response_body_;
};
}  // namespace jiffy::rpc
