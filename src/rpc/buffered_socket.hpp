// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_cat.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <functional>
#include <memory>
#include <vector>

namespace jiffy::rpc
{
/// The socket below a WebSocket stream, which reads and writes many small pieces: it reads as much as there is at once,
/// and gathers what is written until `flush`, so that a system call serves many messages. One thread only.
class BufferedSocket
{
public:
    /// The name is Asio's.
    using executor_type = boost::asio::ip::tcp::socket::executor_type;  // NOLINT(readability-identifier-naming)

    explicit BufferedSocket(boost::asio::ip::tcp::socket socket)
      : socket_{std::move(socket)}
    {
        boost::system::error_code ignored;
        socket_.non_blocking(true, ignored);
    }

    /// Before anything is written: `want_flush` is called when there is something to flush for the first time since the
    /// last flush.
    void on_output(std::function<void()> want_flush) { want_flush_ = std::move(want_flush); }

    /// Sends what was gathered, as much as the peer takes now. False if something is left: then the socket is to be
    /// waited for. An error is that of the next write.
    bool flush();

    /// What is left is given up.
    void close();

    [[nodiscard]] bool has_output() const noexcept { return !output_.empty(); }

    [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }

    /// As Asio's AsyncReadStream has it.
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        return boost::asio::async_initiate<Token, void(Error, std::size_t)>(
            [this](auto handler, const Buffers& wanted)
            {
                if (input_begin_ != input_end_)
                {
                    const auto count = boost::asio::buffer_copy(
                        wanted, boost::asio::buffer(input_.get() + input_begin_, input_end_ - input_begin_));
                    input_begin_ += count;
                    return complete(std::move(handler), {}, count);
                }
                if (!input_)
                    input_ = std::make_unique_for_overwrite<char[]>(input_size);
                socket_.async_read_some(
                    boost::beast::buffers_cat(wanted, boost::asio::mutable_buffer{input_.get(), input_size}),
                    [this, size = boost::asio::buffer_size(wanted), taker = std::move(handler)](
                        Error error, std::size_t count) mutable
                    {
                        const auto taken = std::min(count, size);
                        input_begin_ = 0;
                        input_end_ = count - taken;
                        std::move(taker)(error, taken);
                    });
            },
            token, buffers);
    }

    /// As Asio's AsyncWriteStream has it; done as soon as the bytes are gathered.
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        return boost::asio::async_initiate<Token, void(Error, std::size_t)>(
            [this](auto handler, const Buffers& wanted)
            {
                if (output_.size() < output_size || error_)
                    return gather(wanted, std::move(handler));
                waiting_write_ = [this, wanted, waiting = std::move(handler)]() mutable
                { gather(wanted, std::move(waiting)); };
            },
            token, buffers);
    }

private:
    using Error = boost::system::error_code;

    /// What is not read into never takes memory.
    static constexpr std::size_t input_size = 16 * 1024;
    static constexpr std::size_t output_size = 64 * 1024;

    template <class Handler>
    void complete(Handler handler, Error error, std::size_t count)
    {
        boost::asio::post(socket_.get_executor(),
            [done = std::move(handler), error, count]() mutable { std::move(done)(error, count); });
    }

    template <class Buffers, class Handler>
    void gather(const Buffers& buffers, Handler handler)
    {
        if (error_)
            return complete(std::move(handler), error_, 0);
        if (output_.empty() && want_flush_)
            want_flush_();
        const auto before = output_.size();
        const auto count = std::min(boost::asio::buffer_size(buffers), output_size - before);
        output_.resize(before + count);
        boost::asio::buffer_copy(boost::asio::buffer(output_.data() + before, count), buffers);
        complete(std::move(handler), {}, count);
    }

    void resume_write();

    boost::asio::ip::tcp::socket socket_;
    std::function<void()> want_flush_;
    std::unique_ptr<char[]> input_;
    std::size_t input_begin_ = 0;
    std::size_t input_end_ = 0;
    std::vector<char> output_;
    /// A write for which there was no room.
    std::move_only_function<void()> waiting_write_;
    Error error_;
};

/// For Beast: the end of a WebSocket stream, once the peer has taken what was written.
template <class Handler>
void async_teardown(boost::beast::role_type role, BufferedSocket& socket, Handler&& handler)
{
    if (socket.flush())
        return boost::beast::websocket::async_teardown(role, socket.socket(), std::forward<Handler>(handler));
    socket.socket().async_wait(boost::asio::ip::tcp::socket::wait_write,
        [role, &socket, done = std::decay_t<Handler>(std::forward<Handler>(handler))](
            boost::system::error_code error) mutable
        {
            if (error)
                return std::move(done)(error);
            async_teardown(role, socket, std::move(done));
        });
}

/// For Beast: a timeout.
inline void beast_close_socket(BufferedSocket& socket)
{
    socket.close();
}
}  // namespace jiffy::rpc
