// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_connection.hpp"

#include "cli/bench_load_answers.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/socket.h>

namespace jiffy::cli::load
{
namespace
{
constexpr std::size_t receive_size = 64 * 1024;
}  // namespace

Connection::Connection(const Url& url, bool is_websocket)
  : socket_{url}
  , is_websocket_{is_websocket}
  , target_{http_target(url.host, url.path)}
{
    if (is_websocket)
    {
        socket_.send_all(upgrade_request(url.host, url.path));
        std::string head;
        while (head.find("\r\n\r\n") == std::string::npos)
            socket_.receive_some(head);
        if (!accepts_upgrade(head))
            throw std::runtime_error{"the endpoint does not open a WebSocket: " + head.substr(0, head.find('\r'))};
    }
    const int flags = ::fcntl(descriptor(), F_GETFL);
    if (flags < 0 || ::fcntl(descriptor(), F_SETFL, flags | O_NONBLOCK) != 0)
        throw std::runtime_error{std::string{"fcntl: "} + std::strerror(errno)};
}

void Connection::queue(std::string_view message)
{
    if (sent_ == output_.size())
    {
        output_.clear();
        sent_ = 0;
    }
    if (is_websocket_)
        return append_frame(output_, FrameType::text, message, next_mask());
    append_http_head(output_, target_, message.size());
    output_.append(message);
}

bool Connection::flush()
{
    while (has_output())
    {
        const auto sent = ::send(descriptor(), output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        sent_ += static_cast<std::size_t>(sent);
    }
    return true;
}

void Connection::make_room()
{
    if (begin_ == end_)
        begin_ = end_ = 0;
    if (input_.size() >= end_ + receive_size + AnswerReader::padding)
        return;
    if (begin_ != 0)
        std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    input_.resize(std::max(input_.size(), end_ + 2 * receive_size + AnswerReader::padding));
}

bool Connection::receive()
{
    make_room();
    const auto received = ::recv(descriptor(), input_.data() + end_, input_.size() - end_ - AnswerReader::padding, 0);
    if (received == 0)
        return false;
    if (received < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;
    end_ += static_cast<std::size_t>(received);
    return true;
}

ReadState Connection::next(std::string_view& message)
{
    if (begin_ == end_)
        return ReadState::incomplete;
    if (is_websocket_)
        return next_frame(message);
    HttpResponse response;
    const auto state = read_http_response({input_.data() + begin_, end_ - begin_}, response);
    if (state != ReadState::complete)
        return state;
    message = response.body;
    http_status_ = response.status;
    begin_ += response.size;
    return state;
}

ReadState Connection::next_frame(std::string_view& message)
{
    Frame frame;
    for (;;)
    {
        const auto state = read_frame({input_.data() + begin_, end_ - begin_}, frame);
        if (state != ReadState::complete)
            return state;
        begin_ += frame.size;
        switch (frame.type)
        {
            case FrameType::text:
            case FrameType::binary:
                if (frame.is_last)
                {
                    message = frame.payload;
                    return state;
                }
                parts_.assign(frame.payload);
                break;
            case FrameType::continuation:
                parts_.append(frame.payload);
                if (parts_.size() > largest_response)
                    return ReadState::malformed;
                if (frame.is_last)
                {
                    parts_.reserve(parts_.size() + AnswerReader::padding);
                    message = parts_;
                    return state;
                }
                break;
            case FrameType::ping:
                append_frame(output_, FrameType::pong, frame.payload, next_mask());
                break;
            case FrameType::pong:
                break;
            case FrameType::close:
                return ReadState::malformed;
        }
    }
}

std::uint32_t Connection::next_mask() noexcept
{
    // A step of xorshift: the mask must change, and nobody needs to be kept from guessing it.
    mask_ ^= mask_ << 13;
    mask_ ^= mask_ >> 17;
    mask_ ^= mask_ << 5;
    return mask_;
}
}  // namespace jiffy::cli::load
