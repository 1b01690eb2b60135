// SPDX-License-Identifier: Apache-2.0
#include "rpc/outbox.hpp"

#include "rpc/websocket_frames.hpp"

#include <algorithm>

namespace jiffy::rpc
{
namespace
{
std::string frame_of(Opcode opcode, std::string_view payload)
{
    std::string frame;
    append_frame_head(frame, opcode, payload.size());
    return frame.append(payload);
}

/// At most `most` bytes of the message from `begin` on.
std::size_t append_piece(std::string& output, const Message& message, std::size_t begin, std::size_t most)
{
    std::size_t done = 0;
    const auto append = [&](const std::string& part, std::size_t part_begin)
    {
        const auto at = begin + done;
        if (at < part_begin || at >= part_begin + part.size())
            return;
        const auto count = std::min(most - done, part_begin + part.size() - at);
        output.append(part, at - part_begin, count);
        done += count;
    };
    append(*message.head, 0);
    if (message.tail)
        append(*message.tail, message.head->size());
    return done;
}
}  // namespace

void Outbox::add(Message message, bool is_pushed)
{
    if (!is_pushed)
        answer_bytes_ += message.size();
    queue_.push_back({std::move(message), is_pushed});
}

void Outbox::add_pong(std::string_view payload)
{
    pong_ = frame_of(Opcode::pong, payload);
    if (has_room())
        append_control();
}

void Outbox::add_ping()
{
    if (has_room())
        ready_.append(frame_of(Opcode::ping, {}));
}

void Outbox::close(std::string_view payload)
{
    queue_.resize(has_begun_ ? 1 : 0);
    answer_bytes_ = has_begun_ && !queue_.front().is_pushed ? queue_.front().message.size() : 0;
    pong_.clear();
    close_ = frame_of(Opcode::close, payload);
    if (queue_.empty())
        append_control();
}

void Outbox::sent(std::size_t count)
{
    ready_.erase(0, count);
}

std::size_t Outbox::fill()
{
    std::size_t pushed = 0;
    while (!queue_.empty() && ready_.size() < enough)
    {
        const auto& [message, is_pushed] = queue_.front();
        if (!has_begun_)
        {
            append_control();
            append_frame_head(ready_, Opcode::text, message.size());
            has_begun_ = true;
            begun_ = 0;
        }
        begun_ += append_piece(ready_, message, begun_, enough - std::min(enough, ready_.size()));
        if (begun_ != message.size())
            break;
        if (is_pushed)
            pushed += message.size();
        else
            answer_bytes_ -= message.size();
        has_begun_ = false;
        queue_.pop_front();
    }
    if (queue_.empty())
        append_control();
    return pushed;
}

void Outbox::append_control()
{
    ready_.append(pong_).append(close_);
    pong_.clear();
    close_.clear();
}
}  // namespace jiffy::rpc
