// SPDX-License-Identifier: Apache-2.0
#include "rpc/websocket_connection.hpp"

namespace jiffy::rpc
{
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

WebSocketConnection::WebSocketConnection(asio::ip::tcp::socket socket, IoThread& thread)
  : stream_{std::move(socket)}
  , thread_{thread}
{
}

void WebSocketConnection::start(const UpgradeRequest& request)
{
    place_ = thread_.add(shared_from_this());
    // Captures no owner: the channel outlives the connection in the hands of subscriptions.
    channel_->send = [weak = weak_from_this(), &thread = thread_](std::shared_ptr<const std::string> message)
    {
        thread.mailbox.post(
            [weak, text = std::move(message)]() mutable
            {
                if (const auto self = weak.lock())
                    self->push(std::move(text));
            });
    };
    auto timeouts = websocket::stream_base::timeout::suggested(boost::beast::role_type::server);
    timeouts.idle_timeout = thread_.options.limits.idle;
    timeouts.keep_alive_pings = true;
    stream_.set_option(timeouts);
    stream_.read_message_max(thread_.options.limits.body);
    stream_.auto_fragment(false);
    stream_.async_accept(request,
        [self = shared_from_this()](boost::system::error_code error)
        {
            if (error)
                return self->cut();
            self->read();
        });
}

void WebSocketConnection::read()
{
    if (reading_ || left_ || in_flight_ >= thread_.options.limits.requests_in_flight)
        return;
    reading_ = true;
    stream_.async_read(buffer_,
        [self = shared_from_this()](boost::system::error_code error, std::size_t) { self->on_message(error); });
}

void WebSocketConnection::on_message(boost::system::error_code error)
{
    reading_ = false;
    if (error)
        return cut();
    const auto data = buffer_.cdata();
    std::string body;
    body.reserve(data.size() + body_padding);
    body.assign(static_cast<const char*>(data.data()), data.size());
    buffer_.consume(buffer_.size());
    constexpr std::size_t kept_buffer = 64 * 1024;
    if (buffer_.capacity() > kept_buffer)
        buffer_.shrink_to_fit();

    ++in_flight_;
    auto respond = [weak = weak_from_this(), &thread = thread_](Answer answer) mutable
    {
        auto deliver = [weak = std::move(weak), content = std::move(answer)]() mutable
        {
            const auto self = weak.lock();
            if (!self)
                return;
            --self->in_flight_;
            auto text = std::move(content).text();
            if (!text.empty())
                self->push(std::make_shared<const std::string>(std::move(text)));
            self->read();
        };
        if (thread.context.get_executor().running_in_this_thread())
            deliver();
        else
            thread.mailbox.post(std::move(deliver));
    };
    thread_.handler(std::move(body), channel_, std::move(respond));
    read();
}

void WebSocketConnection::push(std::shared_ptr<const std::string> message)
{
    if (left_)
        return;
    if (queued_bytes_ + message->size() > thread_.options.limits.write_queue)
        return cut();
    queued_bytes_ += message->size();
    queue_.push_back(std::move(message));
    if (queue_.size() == 1)
        write_next();
}

void WebSocketConnection::write_next()
{
    stream_.text(true);
    stream_.async_write(asio::buffer(*queue_.front()),
        [self = shared_from_this()](boost::system::error_code error, std::size_t)
        {
            if (error)
                return self->cut();
            self->queued_bytes_ -= self->queue_.front()->size();
            self->queue_.pop_front();
            if (!self->queue_.empty())
                self->write_next();
        });
}

void WebSocketConnection::close()
{
    if (left_ || !stream_.is_open() || !queue_.empty())
        return cut();
    stream_.async_close(
        websocket::close_code::going_away, [self = shared_from_this()](boost::system::error_code) { self->cut(); });
    leave();
}

void WebSocketConnection::cut()
{
    boost::system::error_code ignored;
    stream_.next_layer().close(ignored);
    leave();
}

void WebSocketConnection::leave()
{
    if (left_)
        return;
    left_ = true;
    channel_->closed = true;
    thread_.remove(place_);
}
}  // namespace jiffy::rpc
