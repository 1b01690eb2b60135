// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/compression.hpp"
#include "feed/server.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>

namespace jiffy::feed
{
/// A message that may go to many.
using SharedMessage = std::shared_ptr<const Bytes>;

/// Makes messages of batches. Subscribers that are all at the newest record share one.
class BatchEncoder
{
public:
    /// What was made last from this record on; null if it was something else.
    [[nodiscard]] SharedMessage find(std::uint64_t first, bool is_compressed, FeedPosition& after) const;
    SharedMessage encode(const Batch& batch, std::uint64_t released_before, bool is_compressed);

private:
    struct Entry
    {
        std::uint64_t first = 0;
        FeedPosition after;
        SharedMessage message;
    };

    Compressor compressor_;
    /// Plain, and compressed.
    std::array<Entry, 2> newest_;
};

/// What the subscribers of a server share. The serving thread's, but for `log_context`.
struct SubscriberContext
{
    const ServerOptions& options;
    const FeedSource& source;
    ServerMetrics& metrics;
    BatchEncoder& encoder;
    boost::asio::io_context& context;
    /// Of the thread that reads the log.
    boost::asio::io_context& log_context;
    /// A subscriber waits for the next record.
    std::function<void()> arm;
};

/// One connection of a server. The serving thread's.
class Subscriber : public std::enable_shared_from_this<Subscriber>
{
public:
    Subscriber(boost::asio::ip::tcp::socket socket, const SubscriberContext& context);

    void start();
    /// Sends the next records if there are any and nothing else is on its way.
    void pump();
    /// Ends what takes too long; says that the server is there.
    void tick(std::chrono::steady_clock::time_point now);
    /// Tells why once the message on its way is sent, and closes.
    void leave(GoodbyeCode code, std::string text);
    void close();
    [[nodiscard]] bool is_closed() const noexcept { return stage_ == Stage::closed; }

private:
    using Time = std::chrono::steady_clock::time_point;

    enum class Stage : std::uint8_t
    {
        greeting,
        /// The log is read for what is before the wanted record.
        opening,
        following,
        leaving,
        closed,
    };

    void read();
    void take(BytesView bytes);
    void take(const Hello& hello);
    /// Why it is refused; nothing if it is not.
    [[nodiscard]] std::optional<Goodbye> refusal_of(const Hello& hello) const;
    void open();
    void open_in_log();
    void welcome(const FeedPosition& position);
    void send_from_log();
    void take_from_log(store::StoreResult<Batch> batch);
    void lose(std::string text);
    void send(SharedMessage message);
    void sent();
    void cut();
    [[nodiscard]] std::string retained_text() const;
    [[nodiscard]] std::uint64_t oldest() const;

    boost::asio::ip::tcp::socket socket_;
    const SubscriberContext& context_;
    Stage stage_ = Stage::greeting;
    MessageReader reader_{longest_hello};
    std::array<Byte, longest_hello> input_{};
    Hello hello_;
    /// Behind what was sent.
    FeedPosition position_;
    std::optional<LogSource::Cursor> cursor_;
    /// The message on its way; null if there is none.
    SharedMessage message_;
    bool is_reading_log_ = false;
    std::optional<Goodbye> goodbye_;
    /// Of the greeting, of the message on its way, or of the farewell.
    Time deadline_{};
    Time last_sent_{};
};
}  // namespace jiffy::feed
