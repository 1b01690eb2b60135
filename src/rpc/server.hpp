// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/channel.hpp"

#include <chrono>
#include <expected>
#include <variant>

namespace jiffy::rpc
{
class Ingress;

/// What a client may cost before it is refused or cut.
struct ServerLimits
{
    /// Bytes of an HTTP body or a WebSocket message.
    std::size_t body = 5'000'000;
    /// Bytes of an HTTP header.
    std::uint32_t header = 16 * 1024;
    std::size_t connections = 1024;
    /// Bytes of answers, and of pushed messages, that wait for a WebSocket client to read them; one that lets more pile
    /// up is cut. A single message may be larger.
    std::size_t answer_queue = 32 << 20;
    std::size_t push_queue = 4 << 20;
    /// Time that a client which is cut has to read why.
    std::chrono::seconds farewell{30};
    /// Requests of one WebSocket connection that are being answered; further ones stay unread.
    std::size_t requests_in_flight = 256;
    /// Time to send a header or a body, to read an answer, or between two requests of a kept connection; not that in
    /// which a request is answered.
    std::chrono::seconds idle{120};
};

/// An answer: its text, or a function that makes it on the I/O thread, so that whoever has the result need not spend
/// the time. An empty text stands for no answer.
class Answer
{
public:
    using Maker = std::move_only_function<std::string()>;

    Answer(std::string text)
      : content_{std::move(text)}
    {
    }
    Answer(Maker maker)
      : content_{std::move(maker)}
    {
    }

    /// Once.
    std::string text() &&
    {
        if (auto* maker = std::get_if<Maker>(&content_))
            return (*maker)();
        return std::get<std::string>(std::move(content_));
    }

private:
    std::variant<std::string, Maker> content_;
};

/// Takes the answer to one request; callable from any thread, once.
using Responder = std::move_only_function<void(Answer answer)>;

/// Called on an I/O thread with the body of each request, which has `body_padding` bytes of spare capacity. The channel
/// is null for a plain HTTP request. It must not block.
using Handler = std::function<void(std::string body, const std::shared_ptr<Channel>& channel, Responder respond)>;

/// Called on an I/O thread with the body of each request before the handler: appends the answer and returns true, or
/// leaves the request to the handler. It takes no longer than to look at the body.
using Shortcut = std::function<bool(std::string_view body, std::string& answer)>;

/// Called on an I/O thread for a GET of /metrics: what to answer, in Prometheus' text format. It must not block.
using MetricsText = std::function<std::string()>;

/// Spare bytes that the JSON parser may read behind a body.
inline constexpr std::size_t body_padding = 64;

struct ServerOptions
{
    std::string host = "127.0.0.1";
    /// 0 lets the system choose one.
    std::uint16_t port = 8545;
    unsigned threads = 1;
    /// Answer to a request that is larger than the limit, beside the HTTP status 413.
    std::string oversize_answer;
    ServerLimits limits;
};

/// HTTP/1.1 and WebSocket on one port.
class Server
{
public:
    /// Binds the port; the error is one line for people.
    static std::expected<std::unique_ptr<Server>, std::string> listen(const ServerOptions& options);

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Open connections; any thread.
    [[nodiscard]] std::size_t connection_count() const noexcept;

    /// Begins to accept connections. Without `metrics`, a GET of /metrics is like any other. The I/O threads do what
    /// is in `ingress`, too, which outlives `stop`.
    void start(Handler handler, MetricsText metrics = {}, Ingress* ingress = nullptr, Shortcut shortcut = {});

    /// Stops accepting, gives open requests a short time to be answered, closes every connection and joins the threads.
    void stop();

private:
    struct Implementation;
    explicit Server(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};
}  // namespace jiffy::rpc
