// SPDX-License-Identifier: Apache-2.0
#include "rpc/websocket_connection.hpp"

#include <array>

namespace jiffy::rpc
{
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

WebSocketConnection::WebSocketConnection(asio::ip::tcp::socket socket, IoThread& thread)
  : stream_{BufferedSocket{std::move(socket)}}
  , thread_{thread}
  , farewell_timer_{thread.context}
{
}

void WebSocketConnection::start(const UpgradeRequest& request)
{
    place_ = thread_.add(shared_from_this());
    open_channel();
    stream_.next_layer().on_output([this] { thread_.unflushed.push_back(shared_from_this()); });
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

void WebSocketConnection::open_channel()
{
    // They capture no owner: the channel outlives the connection in the hands of subscriptions.
    channel_->cut = [weak = weak_from_this(), &thread = thread_, &channel = *channel_](std::string reason)
    {
        if (channel.closed.exchange(true))
            return;
        thread.mailbox.post(
            [weak, text = std::move(reason)]
            {
                if (const auto self = weak.lock())
                    self->end(text);
            });
    };
    channel_->send = [weak = weak_from_this(), &thread = thread_, &channel = *channel_](Message message)
    {
        if (channel.closed)
            return;
        const auto size = message.size();
        const auto before = channel.queued_bytes.fetch_add(size);
        if (before != 0 && before + size > thread.options.limits.push_queue)
            return channel.cut("too slow: more than " + std::to_string(thread.options.limits.push_queue) +
                               " bytes of notifications were not read");
        thread.mailbox.post(
            [weak, content = std::move(message)]() mutable
            {
                if (const auto self = weak.lock())
                    self->enqueue({std::move(content), true});
            });
    };
}

void WebSocketConnection::read()
{
    if (reading_ || left_ || ending_ || in_flight_ >= thread_.options.limits.requests_in_flight)
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
    if (ending_)
        return;
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
                self->answer(std::move(text));
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

void WebSocketConnection::answer(std::string text)
{
    if (!queue_.empty() && queued_answer_bytes_ + text.size() > thread_.options.limits.answer_queue)
        return end("too slow: more than " + std::to_string(thread_.options.limits.answer_queue) +
                   " bytes of answers were not read");
    queued_answer_bytes_ += text.size();
    enqueue({Message{std::make_shared<const std::string>(std::move(text)), nullptr}, false});
}

void WebSocketConnection::enqueue(Outgoing outgoing)
{
    if (left_ || ending_)
        return;
    queue_.push_back(std::move(outgoing));
    if (queue_.size() == 1)
        write_next();
}

void WebSocketConnection::write_next()
{
    const auto& [head, tail] = queue_.front().message;
    const std::array<asio::const_buffer, 2> parts{
        asio::buffer(*head), tail ? asio::buffer(*tail) : asio::const_buffer{}};
    stream_.text(true);
    stream_.async_write(parts,
        [self = shared_from_this()](boost::system::error_code error, std::size_t)
        {
            if (error)
                return self->cut();
            self->on_written();
        });
}

void WebSocketConnection::on_written()
{
    const auto& written = queue_.front();
    if (written.is_pushed)
        channel_->queued_bytes -= written.message.size();
    else
        queued_answer_bytes_ -= written.message.size();
    queue_.pop_front();
    if (!queue_.empty())
        write_next();
}

void WebSocketConnection::flush()
{
    if (awaits_client_ || stream_.next_layer().flush())
        return;
    awaits_client_ = true;
    stream_.next_layer().socket().async_wait(asio::ip::tcp::socket::wait_write,
        [self = shared_from_this()](boost::system::error_code error)
        {
            self->awaits_client_ = false;
            if (!error)
                self->flush();
        });
}

void WebSocketConnection::end(const std::string& reason)
{
    if (left_ || std::exchange(ending_, true))
        return;
    channel_->closed = true;
    // What is being written must stay until it is; the reason comes behind it.
    if (queue_.size() > 1)
        queue_.erase(queue_.begin() + 1, queue_.end());
    farewell_timer_.expires_after(thread_.options.limits.farewell);
    farewell_timer_.async_wait(
        [self = shared_from_this()](boost::system::error_code error)
        {
            if (!error)
                self->cut();
        });
    stream_.async_close({websocket::close_code::try_again_later, reason},
        [self = shared_from_this()](boost::system::error_code) { self->cut(); });
}

void WebSocketConnection::close()
{
    if (left_ || ending_ || !stream_.is_open() || !queue_.empty() || !stream_.next_layer().flush())
        return cut();
    stream_.async_close(
        websocket::close_code::going_away, [self = shared_from_this()](boost::system::error_code) { self->cut(); });
    leave();
}

void WebSocketConnection::cut()
{
    stream_.next_layer().close();
    leave();
}

void WebSocketConnection::leave()
{
    if (left_)
        return;
    left_ = true;
    channel_->closed = true;
    farewell_timer_.cancel();
    thread_.remove(place_);
}
}  // namespace jiffy::rpc
