// SPDX-License-Identifier: Apache-2.0
#include "rpc/websocket_connection.hpp"

namespace jiffy::rpc
{
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace
{
/// Requests taken before others get their turn; those that are answered in passing do not count.
constexpr int requests_per_turn = 16;
}  // namespace

WebSocketConnection::WebSocketConnection(Socket socket, IoThread& thread)
  : socket_{thread.context}
  , handshake_{std::move(socket)}
  , thread_{thread}
  , reader_{thread.options.limits.body}
  , farewell_timer_{thread.context}
{
}

void WebSocketConnection::start(const UpgradeRequest& request)
{
    place_ = thread_.add(shared_from_this());
    open_channel();
    auto timeouts = websocket::stream_base::timeout::suggested(boost::beast::role_type::server);
    timeouts.idle_timeout = websocket::stream_base::none();
    handshake_->set_option(timeouts);
    handshake_->async_accept(request,
        [self = shared_from_this()](boost::system::error_code error)
        {
            if (error || self->left_)
                return self->cut();
            self->on_open();
        });
}

void WebSocketConnection::on_open()
{
    socket_ = std::move(handshake_->next_layer());
    handshake_.reset();
    boost::system::error_code error;
    socket_.non_blocking(true, error);
    if (error)
        return cut();
    // What was pushed meanwhile.
    channel_->queued_bytes -= outbox_.fill();
    want_flush();
    read();
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
                    self->end(CloseCode::try_again_later, text);
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
                    self->enqueue(std::move(content), true);
            });
    };
}

void WebSocketConnection::read()
{
    if (reading_ || !socket_.is_open())
        return;
    reading_ = true;
    const auto room = reader_.room();
    socket_.async_read_some(asio::buffer(room.data(), room.size()),
        [self = shared_from_this()](boost::system::error_code error, std::size_t count)
        { self->on_read(error, count); });
}

void WebSocketConnection::on_read(boost::system::error_code error, std::size_t count)
{
    reading_ = false;
    if (error)
        return cut();
    silent_since_.reset();
    // Who is told the end is not listened to any more.
    if (ending_)
        return read();
    reader_.add(count);
    take_messages();
}

void WebSocketConnection::take_messages()
{
    if (taking_)
        return;
    taking_ = true;
    int requests = 0;
    std::optional<ClientFrame> frame;
    while (!ending_ && socket_.is_open())
    {
        is_full_ = in_flight_ >= thread_.options.limits.requests_in_flight;
        if (is_full_ || requests == requests_per_turn || !(frame = reader_.next()))
            break;
        if (frame->kind != ClientFrame::Kind::message)
            take(*frame);
        else if (!answer_at_once(frame->payload))
        {
            ++requests;
            take_request(frame->payload);
        }
    }
    taking_ = false;
    if (requests == requests_per_turn)
        asio::post(thread_.context, [self = shared_from_this()] { self->take_messages(); });
    else if (!is_full_)
        read();
}

void WebSocketConnection::take(const ClientFrame& frame)
{
    switch (frame.kind)
    {
        case ClientFrame::Kind::message:
        case ClientFrame::Kind::pong:
            return;
        case ClientFrame::Kind::ping:
            outbox_.add_pong(frame.payload);
            return want_flush();
        case ClientFrame::Kind::close:
        case ClientFrame::Kind::violation:
            return end(frame.code, {});
    }
}

bool WebSocketConnection::answer_at_once(std::string_view text)
{
    if (!thread_.shortcut || !outbox_.has_room())
        return false;
    auto& output = outbox_.ready();
    const auto begin = output.size();
    output.append(frame_head_room, '\0');
    if (!thread_.shortcut(text, output))
    {
        output.resize(begin);
        return false;
    }
    finish_text_frame(output, begin);
    want_flush();
    return true;
}

void WebSocketConnection::take_request(std::string_view text)
{
    std::string body;
    body.reserve(text.size() + body_padding);
    body.assign(text);
    ++in_flight_;
    auto respond = [weak = weak_from_this(), &thread = thread_](Answer answer) mutable
    {
        auto deliver = [weak = std::move(weak), content = std::move(answer)]() mutable
        {
            const auto self = weak.lock();
            if (!self)
                return;
            --self->in_flight_;
            auto answer_text = std::move(content).text();
            if (!answer_text.empty())
                self->answer(std::move(answer_text));
            if (self->is_full_)
                self->take_messages();
        };
        if (thread.context.get_executor().running_in_this_thread())
            deliver();
        else
            thread.mailbox.post(std::move(deliver));
    };
    thread_.handler(std::move(body), channel_, std::move(respond));
}

void WebSocketConnection::answer(std::string text)
{
    if (left_ || ending_)
        return;
    constexpr std::size_t copied_at_once = 4096;
    if (outbox_.has_room() && text.size() <= copied_at_once)
    {
        append_frame_head(outbox_.ready(), Opcode::text, text.size());
        outbox_.ready().append(text);
        return want_flush();
    }
    const auto waiting = outbox_.answer_bytes();
    if (waiting != 0 && waiting + text.size() > thread_.options.limits.answer_queue)
        return end(CloseCode::try_again_later, "too slow: more than " +
                                                   std::to_string(thread_.options.limits.answer_queue) +
                                                   " bytes of answers were not read");
    enqueue({std::make_shared<const std::string>(std::move(text)), nullptr}, false);
}

void WebSocketConnection::enqueue(Message message, bool is_pushed)
{
    if (left_ || ending_)
        return;
    outbox_.add(std::move(message), is_pushed);
    if (handshake_)
        return;
    channel_->queued_bytes -= outbox_.fill();
    want_flush();
}

void WebSocketConnection::want_flush()
{
    if (awaits_client_ || std::exchange(wants_flush_, true))
        return;
    thread_.unflushed.push_back(shared_from_this());
}

void WebSocketConnection::flush()
{
    wants_flush_ = false;
    if (awaits_client_ || !socket_.is_open())
        return;
    while (!outbox_.unsent().empty())
    {
        boost::system::error_code error;
        const auto unsent = outbox_.unsent();
        const auto count = socket_.write_some(asio::buffer(unsent.data(), unsent.size()), error);
        if (error == asio::error::would_block || error == asio::error::try_again)
        {
            awaits_client_ = true;
            return socket_.async_wait(Socket::wait_write,
                [self = shared_from_this()](boost::system::error_code failed)
                {
                    self->awaits_client_ = false;
                    if (!failed)
                        self->flush();
                });
        }
        if (error)
            return cut();
        outbox_.sent(count);
        channel_->queued_bytes -= outbox_.fill();
    }
    if (!ending_)
        return;
    // The client sees the end behind the reason, and closes, which ends the reading here.
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void WebSocketConnection::look_after(TimePoint now)
{
    if (left_ || ending_ || handshake_)
        return;
    // What it has to say waits until it is read.
    if (!reading_ || !silent_since_)
    {
        silent_since_ = now;
        asked_at_.reset();
        return;
    }
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(thread_.options.limits.idle) / 2;
    if (asked_at_)
    {
        if (now - *asked_at_ >= patience)
            cut();
    }
    else if (now - *silent_since_ >= patience)
    {
        asked_at_ = now;
        outbox_.add_ping();
        want_flush();
    }
}

void WebSocketConnection::end(CloseCode code, std::string_view reason)
{
    if (left_ || std::exchange(ending_, true))
        return;
    channel_->closed = true;
    outbox_.close(close_payload(code, reason));
    farewell_timer_.expires_after(thread_.options.limits.farewell);
    farewell_timer_.async_wait(
        [self = shared_from_this()](boost::system::error_code error)
        {
            if (!error)
                self->cut();
        });
    want_flush();
    read();
}

void WebSocketConnection::close()
{
    if (left_ || ending_ || handshake_ || !outbox_.empty())
        return cut();
    ending_ = true;
    outbox_.close(close_payload(CloseCode::going_away));
    want_flush();
    leave();
    read();
}

void WebSocketConnection::cut()
{
    boost::system::error_code ignored;
    auto& socket = handshake_ ? handshake_->next_layer() : socket_;
    socket.close(ignored);
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
