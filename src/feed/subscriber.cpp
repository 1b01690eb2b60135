// SPDX-License-Identifier: Apache-2.0
#include "feed/subscriber.hpp"

#include "feed/token.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace jiffy::feed
{
namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace
{
/// Shorter bodies are not worth the time.
constexpr std::size_t shortest_compressed = 1024;
}  // namespace

SharedMessage BatchEncoder::find(std::uint64_t first, bool is_compressed, FeedPosition& after) const
{
    const auto& entry = newest_[is_compressed ? 1 : 0];
    if (entry.first != first)
        return nullptr;
    after = entry.after;
    return entry.message;
}

SharedMessage BatchEncoder::encode(const Batch& batch, std::uint64_t released_before, bool is_compressed)
{
    Records records{.first = batch.first,
        .released_before = released_before,
        .hash_after = batch.after.hash,
        .plain_size = std::nullopt,
        .body = batch.body};
    if (is_compressed && batch.body.size() >= shortest_compressed)
        if (const auto compressed = compressor_.compress(batch.body))
        {
            records.plain_size = batch.body.size();
            records.body = *compressed;
        }
    auto message = std::make_shared<const Bytes>(feed::encode(records));
    newest_[is_compressed ? 1 : 0] = {batch.first, batch.after, message};
    return message;
}

Subscriber::Subscriber(asio::ip::tcp::socket socket, const SubscriberContext& context)
  : socket_{std::move(socket)}
  , context_{context}
{
}

void Subscriber::start()
{
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.set_option(asio::socket_base::send_buffer_size{context_.options.limits.send_buffer}, ignored);
    deadline_ = steady_clock::now() + context_.options.limits.greeting;
    read();
}

void Subscriber::close()
{
    if (stage_ == Stage::closed)
        return;
    stage_ = Stage::closed;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Subscriber::cut()
{
    context_.metrics.cut.fetch_add(1, std::memory_order_relaxed);
    close();
}

void Subscriber::read()
{
    socket_.async_read_some(asio::buffer(input_),
        [self = shared_from_this()](boost::system::error_code error, std::size_t size)
        {
            if (self->is_closed())
                return;
            if (error)
                return self->close();
            self->take(BytesView{self->input_}.first(size));
            if (!self->is_closed())
                self->read();
        });
}

void Subscriber::take(BytesView bytes)
{
    if (stage_ == Stage::leaving)
        return;
    // A subscriber that was welcomed has nothing more to say.
    if (stage_ != Stage::greeting)
        return cut();
    reader_.add(bytes);
    const auto next = reader_.next();
    if (next && !*next)
        return;
    const auto message = next ? decode(**next) : failure(next.error());
    const auto* hello = message ? std::get_if<Hello>(&*message) : nullptr;
    if (hello != nullptr)
        return take(*hello);
    context_.metrics.cut.fetch_add(1, std::memory_order_relaxed);
    if (!message && message.error() == ProtocolError::other_version)
        return leave(GoodbyeCode::other_version, "this server speaks version " + std::to_string(protocol_version) +
                                                     " of the feed: use the same version of jiffy on both sides");
    leave(GoodbyeCode::malformed, "this is a feed of jiffy's, which a subscriber begins with Hello");
}

std::optional<Goodbye> Subscriber::refusal_of(const Hello& hello) const
{
    const auto& token = context_.options.token;
    if (!token.empty() && !is_same_token(token, hello.token))
        return Goodbye{GoodbyeCode::wrong_token, "the token is not that of this server"};
    const auto& chain = context_.source.chain;
    if (hello.chain.chain_id != chain.chain_id)
        return Goodbye{GoodbyeCode::other_chain,
            "this is chain " + std::to_string(chain.chain_id) + ", not chain " + std::to_string(hello.chain.chain_id)};
    if (hello.chain != chain)
        return Goodbye{GoodbyeCode::other_chain, "this chain has another genesis block: compare the genesis files"};
    return std::nullopt;
}

void Subscriber::take(const Hello& hello)
{
    if (auto refusal = refusal_of(hello))
        return leave(refusal->code, std::move(refusal->text));
    hello_ = hello;
    stage_ = Stage::opening;
    open();
}

std::uint64_t Subscriber::oldest() const
{
    const auto in_window = context_.source.window->oldest();
    return context_.source.log != nullptr ? std::min(in_window, context_.source.log->oldest()) : in_window;
}

std::string Subscriber::retained_text() const
{
    return "there are those from " + std::to_string(oldest()) + " to below " +
           std::to_string(context_.source.window->released_before());
}

void Subscriber::open()
{
    const auto wanted = hello_.wanted;
    if (wanted > context_.source.window->released_before())
        return leave(hello_.hash_before ? GoodbyeCode::other_history : GoodbyeCode::not_retained,
            "record " + std::to_string(wanted) + " is not there yet: " + retained_text());
    if (const auto position = context_.source.window->position_at(wanted))
        return welcome(*position);
    if (context_.source.log == nullptr)
        return lose("record " + std::to_string(wanted) + " is not kept: " + retained_text());
    open_in_log();
}

void Subscriber::open_in_log()
{
    is_reading_log_ = true;
    asio::post(context_.log_context,
        [self = shared_from_this(), wanted = hello_.wanted]
        {
            auto found = self->context_.source.log->open(wanted);
            asio::post(self->context_.context,
                [self, cursor = std::move(found)]() mutable
                {
                    self->is_reading_log_ = false;
                    if (self->stage_ != Stage::opening)
                        return;
                    if (!cursor)
                        return self->lose(
                            "record " + std::to_string(self->hello_.wanted) + " is not kept: " + self->retained_text());
                    if (!*cursor)
                        return;
                    self->cursor_ = std::move(**cursor);
                    self->welcome(FeedPosition{self->cursor_->position});
                });
        });
}

void Subscriber::welcome(const FeedPosition& position)
{
    if (hello_.hash_before && *hello_.hash_before != position.hash)
        return leave(GoodbyeCode::other_history,
            "what is before record " + std::to_string(position.sequence) +
                " is not what this sequencer has released: begin again, from genesis or a snapshot");
    position_ = position;
    stage_ = Stage::following;
    const auto& source = context_.source;
    send(std::make_shared<const Bytes>(encode(Welcome{.oldest = oldest(),
        .released_before = source.window->released_before(),
        .terms = source.terms,
        .signer = source.signer,
        .hash_before = position.hash})));
}

void Subscriber::pump()
{
    if (stage_ != Stage::following || message_ != nullptr || is_reading_log_)
        return;
    const auto& window = *context_.source.window;
    if (position_.sequence >= window.released_before())
    {
        context_.arm();
        if (position_.sequence >= window.released_before())
            return;
    }
    const auto first = position_.sequence;
    const bool is_compressed = hello_.takes_compressed;
    if (auto message = context_.encoder.find(first, is_compressed, position_))
    {
        cursor_.reset();
        return send(std::move(message));
    }
    if (const auto batch = window.read(first, context_.options.limits.batch))
    {
        cursor_.reset();
        position_ = batch->after;
        return send(context_.encoder.encode(*batch, window.released_before(), is_compressed));
    }
    if (context_.source.log == nullptr)
        return lose("what comes next was overwritten before it was read: " + retained_text());
    send_from_log();
}

void Subscriber::send_from_log()
{
    is_reading_log_ = true;
    asio::post(context_.log_context,
        [self = shared_from_this(), before = context_.source.window->released_before()]
        {
            // While a job runs, the cursor and the position are its.
            auto batch = [&]() -> store::StoreResult<Batch>
            {
                if (!self->cursor_)
                {
                    auto cursor = self->context_.source.log->open(self->position_);
                    if (!cursor)
                        return std::unexpected{cursor.error()};
                    self->cursor_ = std::move(*cursor);
                }
                return LogSource::read(*self->cursor_, before, self->context_.options.limits.batch);
            }();
            asio::post(self->context_.context,
                [self, result = std::move(batch)]() mutable { self->take_from_log(std::move(result)); });
        });
}

void Subscriber::take_from_log(store::StoreResult<Batch> batch)
{
    is_reading_log_ = false;
    if (stage_ != Stage::following)
        return;
    if (!batch)
        return lose("what comes next is not kept any more: " + retained_text());
    // Not flushed yet: the next tick tries again.
    if (batch->count == 0)
        return;
    position_ = batch->after;
    send(context_.encoder.encode(*batch, context_.source.window->released_before(), hello_.takes_compressed));
}

void Subscriber::lose(std::string text)
{
    if (stage_ != Stage::following)
        return leave(GoodbyeCode::not_retained, std::move(text));
    context_.metrics.cut.fetch_add(1, std::memory_order_relaxed);
    leave(GoodbyeCode::too_slow, std::move(text));
}

void Subscriber::send(SharedMessage message)
{
    message_ = std::move(message);
    if (stage_ != Stage::leaving)
        deadline_ = steady_clock::now() + context_.options.limits.stall;
    asio::async_write(socket_, asio::buffer(*message_),
        [self = shared_from_this()](boost::system::error_code error, std::size_t size)
        {
            self->context_.metrics.bytes.fetch_add(size, std::memory_order_relaxed);
            if (self->is_closed())
                return;
            if (error)
                return self->close();
            self->sent();
        });
}

void Subscriber::sent()
{
    message_.reset();
    last_sent_ = steady_clock::now();
    if (goodbye_)
    {
        send(std::make_shared<const Bytes>(encode(*std::exchange(goodbye_, std::nullopt))));
        return;
    }
    if (stage_ == Stage::leaving)
    {
        // Closed when the subscriber has read it and closes its side, or at the deadline.
        boost::system::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        return;
    }
    pump();
}

void Subscriber::leave(GoodbyeCode code, std::string text)
{
    if (stage_ == Stage::leaving || stage_ == Stage::closed)
        return;
    stage_ = Stage::leaving;
    deadline_ = steady_clock::now() + context_.options.limits.farewell;
    goodbye_ = Goodbye{code, std::move(text)};
    if (message_ == nullptr)
        sent();
}

void Subscriber::tick(Time now)
{
    const bool has_deadline = stage_ == Stage::greeting || stage_ == Stage::leaving || message_ != nullptr;
    if (has_deadline && now > deadline_)
        return stage_ == Stage::leaving ? close() : cut();
    if (is_reading_log_ || message_ != nullptr)
        return;
    if (stage_ == Stage::opening)
        return open();
    pump();
    if (stage_ == Stage::following && message_ == nullptr && !is_reading_log_ &&
        now - last_sent_ > context_.options.limits.heartbeat)
    {
        const auto time = std::chrono::system_clock::now().time_since_epoch();
        send(
            std::make_shared<const Bytes>(encode(Heartbeat{.released_before = context_.source.window->released_before(),
                .time = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::microseconds>(time).count())})));
    }
}
}  // namespace jiffy::feed
