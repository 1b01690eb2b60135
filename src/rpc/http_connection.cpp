// SPDX-License-Identifier: Apache-2.0
#include "rpc/http_connection.hpp"

#include "rpc/websocket_connection.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cctype>

namespace jiffy::rpc
{
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace
{
/// Prometheus, "Text-based format".
constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

std::string_view reason_of(unsigned status)
{
    const auto reason = http::obsolete_reason(static_cast<http::status>(status));
    return {reason.data(), reason.size()};
}

/// A browser sends this type across origins only after it has asked (CORS), so no web page can post here unasked.
bool is_json(boost::beast::string_view content_type)
{
    constexpr std::string_view wanted = "application/json";
    if (content_type.size() < wanted.size())
        return false;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (std::tolower(static_cast<unsigned char>(content_type[i])) != wanted[i])
            return false;
    return content_type.size() == wanted.size() || content_type[wanted.size()] == ';' ||
           content_type[wanted.size()] == ' ';
}
}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, IoThread& thread)
  : socket_{std::move(socket)}
  , thread_{thread}
{
}

void HttpConnection::start()
{
    place_ = thread_.add(shared_from_this());
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    read_header();
}

void HttpConnection::set_deadline()
{
    deadline_ = std::chrono::steady_clock::now() + thread_.options.limits.idle;
}

void HttpConnection::read_header()
{
    state_ = State::reading_header;
    set_deadline();
    parser_.emplace();
    parser_->header_limit(thread_.options.limits.header);
    parser_->body_limit(thread_.options.limits.body);
    http::async_read_header(socket_, buffer_, *parser_,
        [self = shared_from_this()](boost::system::error_code error, std::size_t) { self->on_header(error); });
}

void HttpConnection::on_header(boost::system::error_code error)
{
    if (error == http::error::body_limit)
        return write(413, thread_.options.oversize_answer, false);
    if (error == http::error::header_limit)
        return write(431, {}, false);
    if (error)
    {
        // Anything but a malformed request is the end of the connection.
        const bool is_malformed = error.category() == http::make_error_code(http::error{}).category() &&
                                  error != http::error::end_of_stream && error != http::error::partial_message;
        return is_malformed ? write(400, {}, false) : leave();
    }

    const auto& request = parser_->get();
    if (boost::beast::websocket::is_upgrade(request))
        return upgrade();
    if (request.method() == http::verb::options)
        return write(204, {}, request.keep_alive());
    if (request.method() == http::verb::get && request.target() == "/metrics" && thread_.metrics)
        return write(200, thread_.metrics(), request.keep_alive(), metrics_content_type);
    // Health checks of load balancers are plain GETs.
    if (request.method() == http::verb::get || request.method() == http::verb::head)
        return write(200, {}, request.keep_alive());
    if (request.method() != http::verb::post)
        return write(405, {}, false);
    if (!is_json(request[http::field::content_type]))
        return write(415, "invalid content type, only application/json is supported\n", false);

    state_ = State::reading_body;
    set_deadline();
    if (const auto length = parser_->content_length())
        parser_->get().body().reserve(*length + body_padding);
    if (request[http::field::expect] != "100-continue")
        return read_body();
    static constexpr std::string_view proceed = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(proceed),
        [self = shared_from_this()](boost::system::error_code failed, std::size_t)
        {
            if (failed)
                return self->leave();
            self->read_body();
        });
}

void HttpConnection::read_body()
{
    http::async_read(socket_, buffer_, *parser_,
        [self = shared_from_this()](boost::system::error_code error, std::size_t) { self->on_body(error); });
}

void HttpConnection::on_body(boost::system::error_code error)
{
    if (error == http::error::body_limit)
        return write(413, thread_.options.oversize_answer, false);
    if (error)
        return leave();
    handle();
}

void HttpConnection::handle()
{
    state_ = State::answering;
    auto body = std::move(parser_->get().body());
    body.reserve(body.size() + body_padding);
    const bool keep_alive = parser_->get().keep_alive() && !thread_.stopping;
    if (std::string answer; thread_.shortcut && thread_.shortcut(body, answer))
        return write(200, std::move(answer), keep_alive);

    auto respond = [weak = weak_from_this(), &thread = thread_, keep_alive](Answer answer) mutable
    {
        auto deliver = [weak = std::move(weak), keep_alive, content = std::move(answer)]() mutable
        {
            if (const auto self = weak.lock(); self && self->state_ == State::answering)
                self->write(200, std::move(content).text(), keep_alive);
        };
        if (thread.context.get_executor().running_in_this_thread())
            deliver();
        else
            thread.mailbox.post(std::move(deliver));
    };
    thread_.handler(std::move(body), nullptr, std::move(respond));
}

void HttpConnection::upgrade()
{
    const auto websocket = std::make_shared<WebSocketConnection>(std::move(socket_), thread_);
    websocket->start(parser_->get());
    leave();
}

void HttpConnection::write(unsigned status, std::string body, bool keep_alive, std::string_view content_type)
{
    state_ = State::writing;
    set_deadline();
    response_body_ = std::move(body);
    response_head_.clear();
    response_head_.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_of(status));
    response_head_.append("\r\nAccess-Control-Allow-Origin: *\r\n");
    if (status == 204)
        response_head_.append(
            "Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: content-type\r\n"
            "Access-Control-Max-Age: 600\r\n");
    else
        response_head_.append("Content-Type: ")
            .append(content_type)
            .append("\r\nContent-Length: ")
            .append(std::to_string(response_body_.size()))
            .append("\r\n");
    response_head_.append(keep_alive ? "\r\n" : "Connection: close\r\n\r\n");

    const std::array buffers{asio::buffer(response_head_), asio::buffer(response_body_)};
    asio::async_write(socket_, buffers,
        [self = shared_from_this(), keep_alive](boost::system::error_code error, std::size_t)
        { self->on_written(error, keep_alive); });
}

void HttpConnection::on_written(boost::system::error_code error, bool keep_alive)
{
    response_body_.clear();
    if (error || !keep_alive || thread_.stopping)
    {
        boost::system::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        return leave();
    }
    read_header();
}

void HttpConnection::close()
{
    boost::system::error_code ignored;
    socket_.close(ignored);
    leave();
}

void HttpConnection::leave()
{
    if (state_ == State::closed)
        return;
    state_ = State::closed;
    thread_.remove(place_);
}
}  // namespace jiffy::rpc
