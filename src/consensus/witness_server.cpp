// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_server.hpp"

#include "consensus/witness_protocol.hpp"
#include "feed/listening.hpp"
#include "feed/token.hpp"
#include "sequencer/thread_priority.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <thread>

namespace jiffy::consensus
{
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace
{
constexpr std::chrono::milliseconds tick_interval{50};

/// What the connections of a server share.
struct Context
{
    const WitnessServerOptions& options;
    WitnessServerFigures& figures;
    std::optional<WitnessRegister>& witness;
    std::function<void(const std::string&)> fail;
};

/// One client. It is read from only when its last question is answered, so that nothing piles up.
class Connection : public std::enable_shared_from_this<Connection>
{
public:
    Connection(tcp::socket socket, Context& context)
      : socket_{std::move(socket)}
      , context_{context}
    {
    }

    void start()
    {
        error_code ignored;
        socket_.set_option(tcp::no_delay{true}, ignored);
        deadline_ = steady_clock::now() + context_.options.patience;
        read();
    }

    void close()
    {
        is_closed_ = true;
        error_code ignored;
        socket_.close(ignored);
    }

    void tick(steady_clock::time_point now)
    {
        if (deadline_ && now > *deadline_)
            close();
    }

    [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }

private:
    void read()
    {
        socket_.async_read_some(asio::buffer(input_),
            [self = shared_from_this()](error_code error, std::size_t size)
            {
                if (self->is_closed_)
                    return;
                if (error)
                    return self->close();
                self->reader_.add(BytesView{self->input_}.first(size));
                self->take_next();
            });
    }

    void take_next()
    {
        const auto next = reader_.next();
        if (next && !*next)
            return read();
        const auto message = next ? decode_witness(**next) : failure(next.error());
        if (!message)
            return refuse(message.error() == feed::ProtocolError::other_version
                              ? "this witness speaks version " + std::to_string(witness_version) +
                                    " of its protocol: use the same version of jiffy on both sides"
                              : "this is a witness of jiffy's, which a client begins with WitnessHello");
        const auto* hello = std::get_if<WitnessHello>(&*message);
        const auto* question = std::get_if<WitnessQuestion>(&*message);
        if (!is_greeted_ && hello != nullptr)
            return greet(*hello);
        if (is_greeted_ && question != nullptr)
            return answer(*question);
        refuse("a question is wanted here, after one WitnessHello");
    }

    void greet(const WitnessHello& hello)
    {
        const auto& token = context_.options.token;
        if (!token.empty() && !feed::is_same_token(token, hello.token))
            return refuse("the token is not that of this witness");
        const auto& chain = context_.witness->chain();
        if (hello.chain.chain_id != chain.chain_id)
            return refuse("this is the witness of chain " + std::to_string(chain.chain_id) + ", not of chain " +
                          std::to_string(hello.chain.chain_id));
        if (hello.chain != chain)
            return refuse("this witness's chain has another genesis block: compare the genesis files");
        is_greeted_ = true;
        deadline_.reset();
        take_next();
    }

    void answer(const WitnessQuestion& question)
    {
        const auto* proposal = std::get_if<Propose>(&question.request);
        auto& figures = context_.figures;
        (proposal != nullptr ? figures.proposals : figures.reads).fetch_add(1, std::memory_order_relaxed);
        const auto current = proposal != nullptr ? context_.witness->propose(*proposal) : context_.witness->current();
        if (!current)
            return context_.fail(current.error().text);
        if (proposal != nullptr && *current != proposal->next)
            figures.declined.fetch_add(1, std::memory_order_relaxed);
        send(WitnessReply{question.number, *current});
    }

    void refuse(std::string text)
    {
        context_.figures.cut.fetch_add(1, std::memory_order_relaxed);
        is_refused_ = true;
        send(WitnessRefusal{std::move(text)});
    }

    void send(const WitnessMessage& message)
    {
        output_ = encode(message);
        deadline_ = steady_clock::now() + context_.options.patience;
        asio::async_write(socket_, asio::buffer(output_),
            [self = shared_from_this()](error_code error, std::size_t)
            {
                if (self->is_closed_)
                    return;
                if (error)
                    return self->close();
                if (self->is_refused_)
                    return self->wait_for_end();
                self->deadline_.reset();
                self->take_next();
            });
    }

    /// Until the client has read why and closes, or the deadline.
    void wait_for_end()
    {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        socket_.async_read_some(asio::buffer(input_),
            [self = shared_from_this()](error_code error, std::size_t)
            {
                if (error)
                    return self->close();
                self->wait_for_end();
            });
    }

    tcp::socket socket_;
    Context& context_;
    feed::MessageReader reader_{longest_witness_message};
    std::array<Byte, longest_witness_message> input_{};
    Bytes output_;
    /// Of the greeting, or of what is sent.
    std::optional<steady_clock::time_point> deadline_;
    bool is_greeted_ = false;
    bool is_refused_ = false;
    bool is_closed_ = false;
};
}  // namespace

struct WitnessServer::Implementation
{
    explicit Implementation(WitnessServerOptions wanted)
      : options{std::move(wanted)}
    {
    }

    void accept()
    {
        acceptor.async_accept(
            [this](error_code error, tcp::socket socket)
            {
                if (error == asio::error::operation_aborted || !acceptor.is_open())
                    return;
                if (error)
                {
                    // Out of descriptors, most likely: the next tick tries again.
                    has_to_accept = true;
                    return;
                }
                remove_closed();
                if (connections.size() < options.connections)
                    connections.emplace_back(std::make_shared<Connection>(std::move(socket), shared))->start();
                else
                    figures.cut.fetch_add(1, std::memory_order_relaxed);
                figures.connections.store(connections.size(), std::memory_order_relaxed);
                accept();
            });
    }

    void wait_for_tick()
    {
        timer.expires_after(tick_interval);
        timer.async_wait(
            [this](error_code error)
            {
                if (error)
                    return;
                const auto now = steady_clock::now();
                for (const auto& connection : connections)
                    connection->tick(now);
                remove_closed();
                if (std::exchange(has_to_accept, false))
                    accept();
                wait_for_tick();
            });
    }

    void remove_closed()
    {
        std::erase_if(connections, [](const auto& connection) { return connection->is_closed(); });
        figures.connections.store(connections.size(), std::memory_order_relaxed);
    }

    void shut_down()
    {
        error_code ignored;
        acceptor.close(ignored);
        timer.cancel();
        for (const auto& connection : connections)
            connection->close();
    }

    void fail(const std::string& text)
    {
        shut_down();
        on_failure(text);
    }

    const WitnessServerOptions options;
    WitnessServerFigures figures;
    std::optional<WitnessRegister> witness;
    std::function<void(const std::string&)> on_failure;
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
    asio::steady_timer timer{context};
    std::uint16_t port = 0;
    bool has_to_accept = false;
    Context shared{options, figures, witness, [this](const std::string& text) { fail(text); }};
    std::list<std::shared_ptr<Connection>> connections;
    std::thread thread;
};

std::expected<std::unique_ptr<WitnessServer>, std::string> WitnessServer::listen(const WitnessServerOptions& options)
{
    auto implementation = std::make_unique<Implementation>(options);
    const auto port = feed::begin_listening(implementation->acceptor, options.host, options.port);
    if (!port)
        return std::unexpected{port.error()};
    implementation->port = *port;
    return std::unique_ptr<WitnessServer>{new WitnessServer{std::move(implementation)}};
}

WitnessServer::WitnessServer(std::unique_ptr<Implementation> implementation)
  : implementation_{std::move(implementation)}
{
}

WitnessServer::~WitnessServer()
{
    stop();
}

std::uint16_t WitnessServer::port() const noexcept
{
    return implementation_->port;
}

const WitnessServerFigures& WitnessServer::figures() const noexcept
{
    return implementation_->figures;
}

void WitnessServer::start(WitnessRegister witness, std::function<void(const std::string&)> on_failure)
{
    auto& self = *implementation_;
    self.witness.emplace(std::move(witness));
    self.on_failure = std::move(on_failure);
    self.accept();
    self.wait_for_tick();
    self.thread = std::thread{[&self]
        {
            sequencer::name_thread("witness");
            self.context.run();
        }};
}

void WitnessServer::stop()
{
    auto& self = *implementation_;
    if (!self.thread.joinable())
        return;
    asio::post(self.context, [&self] { self.shut_down(); });
    self.thread.join();
    self.connections.clear();
}
}  // namespace jiffy::consensus
