// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_rpc.hpp"
#include "cli/bench_load_wire.hpp"

#include <vector>

namespace jiffy::cli::load
{
/// A non-blocking connection to an endpoint: messages out and in, as HTTP bodies or in WebSocket frames.
class Connection
{
public:
    /// Connects, and upgrades if it is to be a WebSocket; throws std::runtime_error.
    Connection(const Url& url, bool is_websocket);

    [[nodiscard]] int descriptor() const noexcept { return socket_.descriptor(); }

    /// Queues a message; `flush` sends it.
    void queue(std::string_view message);
    /// Sends what the socket takes; false if the connection is broken.
    bool flush();
    /// Something queued is not sent yet.
    [[nodiscard]] bool has_output() const noexcept { return sent_ < output_.size(); }

    /// Takes in what has arrived; false if the connection is closed or broken.
    bool receive();
    /// Takes the next message out of what has arrived. It stays until `receive` and is followed by
    /// `AnswerReader::padding` readable bytes.
    ReadState next(std::string_view& message);
    /// Of the last HTTP message.
    [[nodiscard]] unsigned http_status() const noexcept { return http_status_; }

private:
    ReadState next_frame(std::string_view& message);
    std::uint32_t next_mask() noexcept;
    void make_room();

    Socket socket_;
    bool is_websocket_;
    std::string target_;
    std::string output_;
    std::size_t sent_ = 0;
    std::vector<char> input_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    unsigned http_status_ = 200;
    /// Parts of a message that comes in several frames.
    std::string parts_;
    std::uint32_t mask_ = 0x9e3779b9;
};
}  // namespace jiffy::cli::load
