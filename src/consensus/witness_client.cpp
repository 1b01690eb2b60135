// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_client.hpp"

#include "consensus/witness_protocol.hpp"
#include "sequencer/thread_priority.hpp"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace jiffy::consensus
{
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace
{
/// One connection. It outlives what replaces it until its last handler has run.
struct Session
{
    explicit Session(asio::io_context& context)
      : socket{context}
      , resolver{context}
    {
    }

    void close()
    {
        is_closed = true;
        resolver.cancel();
        error_code ignored;
        socket.close(ignored);
    }

    tcp::socket socket;
    tcp::resolver resolver;
    feed::MessageReader reader{longest_witness_message};
    std::array<Byte, longest_witness_message> input{};
    Bytes output;
    bool is_connected = false;
    bool is_writing = false;
    bool is_closed = false;
};
}  // namespace

struct WitnessClient::Implementation
{
    Implementation(WitnessClientOptions wanted, std::function<void(const WitnessAnswer&)> handler)
      : options{std::move(wanted)}
      , on_answer{std::move(handler)}
    {
    }

    void take(WitnessRequest request)
    {
        if (is_stopping)
            return;
        figures.requests.fetch_add(1, std::memory_order_relaxed);
        question = WitnessQuestion{++number, std::move(request)};
        is_sent = false;
        timer.expires_after(options.longest_wait);
        timer.async_wait(
            [this, asked = number](error_code error)
            {
                if (!error && question && question->number == asked)
                    fail("no answer within " + std::to_string(options.longest_wait.count()) + " ms");
            });
        if (session == nullptr)
            return connect();
        send();
    }

    void connect()
    {
        session = std::make_shared<Session>(context);
        session->resolver.async_resolve(options.host, std::to_string(options.port),
            [this, self = session](error_code error, const tcp::resolver::results_type& found)
            {
                if (self->is_closed)
                    return;
                if (error)
                    return fail(error.message());
                asio::async_connect(self->socket, found,
                    [this, self](error_code failed, const tcp::endpoint&)
                    {
                        if (self->is_closed)
                            return;
                        if (failed)
                            return fail(failed.message());
                        greet();
                    });
            });
    }

    void greet()
    {
        figures.connections.fetch_add(1, std::memory_order_relaxed);
        error_code ignored;
        session->socket.set_option(tcp::no_delay{true}, ignored);
        session->is_connected = true;
        session->output = encode(WitnessHello{options.chain, options.token});
        write();
        read();
    }

    void send()
    {
        if (!question || is_sent || !session->is_connected || session->is_writing)
            return;
        is_sent = true;
        session->output = encode(*question);
        write();
    }

    void write()
    {
        session->is_writing = true;
        asio::async_write(session->socket, asio::buffer(session->output),
            [this, self = session](error_code error, std::size_t)
            {
                // Whatever ended the connection is told by what is read.
                if (self->is_closed || error)
                    return;
                self->is_writing = false;
                send();
            });
    }

    void read()
    {
        session->socket.async_read_some(asio::buffer(session->input),
            [this, self = session](error_code error, std::size_t size)
            {
                if (self->is_closed)
                    return;
                if (error)
                    return fail(error.message());
                self->reader.add(BytesView{self->input}.first(size));
                for (;;)
                {
                    const auto next = self->reader.next();
                    if (next && !*next)
                        return read();
                    const auto message = next ? decode_witness(**next) : failure(next.error());
                    if (!take_answer(message))
                        return;
                }
            });
    }

    /// False if the connection has ended.
    bool take_answer(const Result<WitnessMessage, feed::ProtocolError>& message)
    {
        if (const auto* reply = message ? std::get_if<WitnessReply>(&*message) : nullptr)
        {
            // One to a question that another has taken the place of is no answer to that.
            if (!question || reply->number != question->number)
                return true;
            question.reset();
            timer.cancel();
            figures.answers.fetch_add(1, std::memory_order_relaxed);
            on_answer(reply->current);
            return true;
        }
        const auto* refusal = message ? std::get_if<WitnessRefusal>(&*message) : nullptr;
        fail(refusal != nullptr ? "it refuses: " + refusal->text
             : message          ? std::string{"not what a witness says"}
                                : std::string{to_string(message.error())});
        return false;
    }

    void fail(const std::string& reason)
    {
        if (session != nullptr)
            session->close();
        session.reset();
        timer.cancel();
        if (!question || is_stopping)
            return;
        question.reset();
        figures.failures.fetch_add(1, std::memory_order_relaxed);
        on_answer(
            std::unexpected{"the witness at " + options.host + ":" + std::to_string(options.port) + ": " + reason});
    }

    void shut_down()
    {
        is_stopping = true;
        fail({});
        work.reset();
    }

    const WitnessClientOptions options;
    const std::function<void(const WitnessAnswer&)> on_answer;
    WitnessClientFigures figures;
    /// The newest, as long as it has no answer.
    std::optional<WitnessQuestion> question;
    std::uint64_t number = 0;
    bool is_sent = false;
    bool is_stopping = false;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    asio::steady_timer timer{context};
    std::shared_ptr<Session> session;
    std::thread thread;
};

WitnessClient::WitnessClient(WitnessClientOptions options, std::function<void(const WitnessAnswer&)> on_answer)
  : implementation_{std::make_unique<Implementation>(std::move(options), std::move(on_answer))}
{
}

WitnessClient::~WitnessClient()
{
    stop();
}

void WitnessClient::start()
{
    auto& self = *implementation_;
    self.thread = std::thread{[&self]
        {
            sequencer::name_thread("witness client");
            self.context.run();
        }};
}

void WitnessClient::stop()
{
    auto& self = *implementation_;
    if (!self.thread.joinable())
        return;
    asio::post(self.context, [&self] { self.shut_down(); });
    self.thread.join();
}

void WitnessClient::request(const WitnessRequest& request)
{
    auto& self = *implementation_;
    asio::post(self.context, [&self, request] { self.take(request); });
}

const WitnessClientFigures& WitnessClient::figures() const noexcept
{
    return implementation_->figures;
}
}  // namespace jiffy::consensus
