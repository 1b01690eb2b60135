// SPDX-License-Identifier: Apache-2.0
#include "feed/client.hpp"
#include "feed/proxy_test.hpp"
#include "feed/publisher.hpp"
#include "store/simulated_disk.hpp"

#include <condition_variable>
#include <gtest/gtest.h>
#include <random>

namespace jiffy::feed
{
namespace
{
const store::ChainIdentity chain{777, Hash{{0x77}}};
constexpr types::StatementTerms terms{.chain_id = 777, .epoch = 4};
constexpr Address signer{{0x51}};

Bytes record_of(std::uint64_t sequence)
{
    Bytes record(20 + sequence * 131 % 500);
    for (std::size_t i = 0; i < record.size(); ++i)
        record[i] = static_cast<Byte>(sequence * 7 + i / 16);
    return record;
}

/// A sequencer's end of the feed.
struct Source
{
    explicit Source(PublisherOptions options = {}, store::WriteAheadLog* wanted_log = nullptr)
      : log{wanted_log}
      , publisher{Publisher::listen(options).value()}
    {
        EXPECT_TRUE(publisher->begin(chain, beginning_of(chain), log));
        next = log != nullptr ? log->next_sequence() : 1;
        publisher->start(terms, signer);
    }

    void write(std::uint64_t count)
    {
        for (; count != 0; --count, ++next)
        {
            const auto record = record_of(next);
            if (log != nullptr)
                EXPECT_TRUE(log->append(record));
            publisher->append(record);
        }
    }

    void release()
    {
        publisher->release();
        publisher->notify();
    }

    store::WriteAheadLog* log;
    std::unique_ptr<Publisher> publisher;
    std::uint64_t next = 1;
};

/// A client that checks what it gets, and can be waited for.
class Reader
{
public:
    explicit Reader(std::uint16_t port, ClientStart start = beginning_of(chain), ClientOptions options = {})
    {
        options.port = port;
        if (options.chain == store::ChainIdentity{})
            options.chain = chain;
        options.shortest_wait = std::chrono::milliseconds{1};
        options.longest_wait = std::chrono::milliseconds{10};
        expected_ = start.sequence;
        client.emplace(options, start,
            ClientEvents{.on_records = [this](std::span<const BytesView> records, const FeedPosition& after)
                         { return take(records, after); },
                .on_welcome =
                    [this](const Welcome& said)
                {
                    const std::lock_guard lock{mutex_};
                    welcome_ = said;
                },
                .on_fault =
                    [this](const Fault& fault)
                {
                    const std::lock_guard lock{mutex_};
                    last_fault_ = fault;
                    if (!is_passing(fault.kind))
                        final_fault_ = fault;
                    changed_.notify_all();
                }});
        client->start();
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { client->stop(); }

    void wait_until_before(std::uint64_t sequence)
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return expected_ >= sequence || final_fault_; });
        EXPECT_FALSE(final_fault_.has_value()) << final_fault_->text;
        EXPECT_EQ(expected_, sequence);
    }

    Fault wait_for_fault()
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return final_fault_.has_value(); });
        return *final_fault_;
    }

    Welcome welcome()
    {
        const std::lock_guard lock{mutex_};
        return welcome_;
    }

    /// The newest, passing or not.
    std::string last_fault()
    {
        const std::lock_guard lock{mutex_};
        return last_fault_.text;
    }

    std::optional<Client> client;

private:
    bool take(std::span<const BytesView> records, const FeedPosition& after)
    {
        const std::lock_guard lock{mutex_};
        for (const auto record : records)
            EXPECT_TRUE(equal(record, record_of(expected_++)));
        EXPECT_EQ(after.sequence, expected_);
        changed_.notify_all();
        return true;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t expected_ = 0;
    Welcome welcome_;
    Fault last_fault_;
    std::optional<Fault> final_fault_;
};

/// A subscriber that says what it likes and reads when it likes.
struct RawSubscriber
{
    RawSubscriber(std::uint16_t port, const Bytes& words)
    {
        socket.open(boost::asio::ip::tcp::v4());
        socket.set_option(boost::asio::socket_base::receive_buffer_size{4096});
        socket.connect({boost::asio::ip::address_v4::loopback(), port});
        boost::asio::write(socket, boost::asio::buffer(words));
    }

    /// All that comes until the server closes.
    std::vector<Message> read_all()
    {
        boost::system::error_code error;
        std::array<Byte, 4096> input{};
        MessageReader reader{longest_message};
        std::vector<Message> messages;
        while (!error)
        {
            const auto size = socket.read_some(boost::asio::buffer(input), error);
            reader.add(BytesView{input}.first(size));
            for (auto next = reader.next(); next && *next; next = reader.next())
                messages.push_back(decode(**next).value());
        }
        return messages;
    }

    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket{context};
};

GoodbyeCode farewell_after(std::uint16_t port, const Bytes& words)
{
    const auto messages = RawSubscriber{port, words}.read_all();
    return messages.size() == 1 ? std::get<Goodbye>(messages.front()).code : GoodbyeCode::full;
}

TEST(FeedServer, gives_every_record_once_it_is_released)
{
    Source source;
    source.write(500);
    source.release();
    Reader early{source.publisher->port()};
    ClientOptions compressed;
    compressed.takes_compressed = true;
    Reader other{source.publisher->port(), beginning_of(chain), compressed};
    early.wait_until_before(501);
    EXPECT_EQ(early.welcome().terms, terms);
    EXPECT_EQ(early.welcome().signer, signer);
    EXPECT_EQ(early.welcome().oldest, 1U);
    for (int i = 0; i < 200; ++i)
    {
        source.write(3);
        source.release();
    }
    source.write(50);
    early.wait_until_before(1101);
    other.wait_until_before(1101);
    source.release();
    early.wait_until_before(1151);
    other.wait_until_before(1151);
    early.client->stop();
    EXPECT_EQ(early.client->metrics().taken_before, 1151U);

    Reader resumed{source.publisher->port(), early.client->position()};
    source.write(1);
    source.release();
    resumed.wait_until_before(1152);
}

TEST(FeedServer, says_why_it_refuses)
{
    PublisherOptions options;
    options.server.token = "a token of some length";
    Source source{options};
    source.write(10);
    source.release();
    const auto port = source.publisher->port();
    ClientOptions client;
    client.token = "a token of some lengtH";
    EXPECT_EQ((Reader{port, beginning_of(chain), client}.wait_for_fault().kind), FaultKind::wrong_token);
    client.token = options.server.token;
    client.chain = {778, chain.genesis};
    EXPECT_EQ((Reader{port, beginning_of(chain), client}.wait_for_fault().kind), FaultKind::other_chain);
    client.chain = {777, Hash{{0x78}}};
    EXPECT_EQ((Reader{port, beginning_of(chain), client}.wait_for_fault().kind), FaultKind::other_chain);
    client.chain = chain;
    EXPECT_EQ((Reader{port, FeedPosition{5, Hash{{1}}}, client}.wait_for_fault().kind), FaultKind::other_history);
    EXPECT_EQ((Reader{port, FeedPosition{12, Hash{{1}}}, client}.wait_for_fault().kind), FaultKind::other_history);
    ClientStart future;
    future.sequence = 12;
    EXPECT_EQ((Reader{port, future, client}.wait_for_fault().kind), FaultKind::not_retained);
    Reader{port, beginning_of(chain), client}.wait_until_before(11);

    auto hello = encode(Hello{.chain = chain, .hash_before = std::nullopt, .token = options.server.token});
    hello[length_prefix_size + 9] = 2;
    EXPECT_EQ(farewell_after(port, hello), GoodbyeCode::other_version);
    EXPECT_EQ(farewell_after(port, encode(Heartbeat{})), GoodbyeCode::malformed);
    EXPECT_EQ(farewell_after(port, Bytes(8, 0xff)), GoodbyeCode::malformed);
}

TEST(FeedServer, tells_who_is_behind_what_it_keeps)
{
    PublisherOptions options;
    options.window = 16 << 10;
    Source source{options};
    source.write(1000);
    source.release();
    const auto fault = Reader{source.publisher->port()}.wait_for_fault();
    EXPECT_EQ(fault.kind, FaultKind::not_retained);
    EXPECT_NE(fault.text.find("to below 1001"), std::string::npos) << fault.text;
}

TEST(FeedServer, a_subscriber_that_does_not_read_is_cut_and_holds_up_nobody)
{
    PublisherOptions options;
    options.window = 256 << 10;
    options.server.limits.send_buffer = 8 << 10;
    options.server.limits.batch.bytes = 64 << 10;
    options.server.limits.stall = std::chrono::milliseconds{200};
    Source source{options};
    const auto port = source.publisher->port();
    RawSubscriber stalled{port, encode(Hello{.chain = chain, .hash_before = std::nullopt, .token = {}})};
    Reader reader{port};
    while (source.publisher->metrics().cut == 0)
    {
        source.write(100);
        source.release();
        reader.wait_until_before(source.next);
    }
    reader.wait_until_before(source.next);
    EXPECT_EQ(source.publisher->metrics().cut, 1U);
}

TEST(FeedServer, a_subscriber_that_reads_too_late_is_told)
{
    PublisherOptions options;
    options.window = 64 << 10;
    options.server.limits.send_buffer = 8 << 10;
    Source source{options};
    const auto port = source.publisher->port();
    RawSubscriber late{port, encode(Hello{.chain = chain, .hash_before = std::nullopt, .token = {}})};
    Reader reader{port};
    for (int i = 0; i < 200; ++i)
    {
        source.write(50);
        source.release();
        reader.wait_until_before(source.next);
    }
    const auto messages = late.read_all();
    ASSERT_FALSE(messages.empty());
    const auto* goodbye = std::get_if<Goodbye>(&messages.back());
    ASSERT_NE(goodbye, nullptr);
    EXPECT_EQ(goodbye->code, GoodbyeCode::too_slow);
}

TEST(FeedServer, has_as_many_places_as_it_says)
{
    PublisherOptions options;
    options.server.limits.subscribers = 1;
    Source source{options};
    source.write(1);
    source.release();
    std::optional<Reader> first{source.publisher->port()};
    first->wait_until_before(2);
    Reader second{source.publisher->port()};
    while (second.last_fault().find("no room") == std::string::npos)
        std::this_thread::yield();
    first.reset();
    second.wait_until_before(2);
}

/// With a log on a disk, a window that is far smaller, and files that are used up.
struct LoggedFeed : testing::Test
{
    std::unique_ptr<store::WriteAheadLog> open()
    {
        store::LogOptions options;
        options.file_size = 512 << 10;
        options.secret = Hash{{1}};
        auto log = store::WriteAheadLog::open(disk, "log", chain, options);
        return std::move(log.value());
    }

    static PublisherOptions small()
    {
        PublisherOptions options;
        options.window = 16 << 10;
        options.server.limits.batch.bytes = 8 << 10;
        return options;
    }

    store::SimulatedDisk disk{1};
};

TEST_F(LoggedFeed, older_records_come_from_the_log_and_newer_ones_from_memory)
{
    const auto log = open();
    Source source{small(), log.get()};
    source.write(20'000);
    ASSERT_TRUE(log->sync());
    source.release();
    Reader all{source.publisher->port()};
    all.wait_until_before(20'001);
    source.write(100);
    source.release();
    ASSERT_TRUE(log->flush());
    all.wait_until_before(20'101);
    all.client->stop();

    ASSERT_TRUE(log->release_before(10'000));
    const auto gone = Reader{source.publisher->port()}.wait_for_fault();
    EXPECT_EQ(gone.kind, FaultKind::not_retained);
    ClientStart start;
    start.sequence = 15'000;
    Reader some{source.publisher->port(), start};
    some.wait_until_before(20'101);
    EXPECT_LE(some.welcome().oldest, start.sequence);
    EXPECT_GT(some.welcome().oldest, 1U);
    some.client->stop();
    EXPECT_EQ(some.client->position().hash, all.client->position().hash);
}

TEST_F(LoggedFeed, a_subscriber_goes_on_where_it_was_after_the_server_has_begun_again)
{
    ClientStart position = beginning_of(chain);
    for (int i = 0; i < 3; ++i)
    {
        const auto log = open();
        Source source{small(), log.get()};
        source.write(1000);
        ASSERT_TRUE(log->sync());
        source.release();
        Reader reader{source.publisher->port(), position};
        reader.wait_until_before(source.next);
        reader.client->stop();
        if (i != 1)
            position = reader.client->position();
    }
    const auto log = open();
    Source source{small(), log.get()};
    ASSERT_TRUE(position.hash.has_value());
    position.hash->bytes[5] ^= 1;
    EXPECT_EQ((Reader{source.publisher->port(), position}.wait_for_fault().kind), FaultKind::other_history);
    position.sequence = 1500;
    EXPECT_EQ((Reader{source.publisher->port(), position}.wait_for_fault().kind), FaultKind::other_history);
}

TEST(FeedServer, what_is_altered_on_the_way_is_never_taken)
{
    Source source;
    std::minstd_rand random{3};
    source.write(2000);
    source.release();
    for (int i = 0; i < 50; ++i)
    {
        Proxy proxy{source.publisher->port(), [&, at = random() % 200'000]
            {
                return Proxy::Plan{.tamper = [at, passed = std::size_t{0}](Bytes& bytes) mutable
                                   {
                                       if (passed <= at && at < passed + bytes.size())
                                           bytes[at - passed] ^= 0x10;
                                       passed += bytes.size();
                                   }};
            }};
        ClientOptions options;
        options.takes_compressed = i % 2 == 1;
        options.longest_silence = std::chrono::milliseconds{3000};
        Reader reader{proxy.port(), beginning_of(chain), options};
        // Where nothing was altered, or only what is not vouched for, as the time of a heartbeat, all has come.
        while (reader.client->metrics().taken_before != 2001 && reader.last_fault().empty())
            std::this_thread::yield();
    }
}
}  // namespace
}  // namespace jiffy::feed
