// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load.hpp"

#include "cli/bench_load_answers.hpp"
#include "cli/bench_load_command.hpp"
#include "cli/bench_load_node.hpp"
#include "cli/bench_load_tally.hpp"
#include "cli/bench_load_transactions.hpp"
#include "cli/bench_load_wire.hpp"
#include "node/node.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>
#include <unistd.h>

namespace jiffy::cli::load
{
namespace
{
TEST(BenchLoadOptions, reads_urls)
{
    const auto url = parse_url("http://node.example:8545/path/key");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "node.example");
    EXPECT_EQ(url->port, 8545);
    EXPECT_EQ(url->path, "/path/key");
    EXPECT_EQ(parse_url("ws://localhost")->port, 80);
    EXPECT_EQ(parse_url("ws://localhost")->path, "/");
    EXPECT_EQ(parse_url("http://[::1]:99")->host, "::1");
    EXPECT_EQ(parse_url("http://[::1]:99")->port, 99);
    EXPECT_EQ(parse_url("http://[::1]")->host, "::1");
    for (const auto* text : {"", "localhost:8545", "https://localhost", "http://", "http://:80", "http://a:0",
             "http://a:65536", "http://a:8x", "http://a b", "http://a/b c", "http://a/\r\nX: y"})
        EXPECT_FALSE(parse_url(text)) << text;
}

/// The message that parsing these arguments ends with, or what contradicts itself in them; empty if they are good.
std::string objection(const std::vector<std::string>& arguments, Options& options)
{
    CLI::App program;
    declare_options(program, options);
    try
    {
        program.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    }
    catch (const CLI::ParseError& error)
    {
        return error.what();
    }
    return contradiction(options);
}

std::string objection(const std::vector<std::string>& arguments)
{
    Options options;
    return objection(arguments, options);
}

TEST(BenchLoadOptions, are_read)
{
    Options options;
    EXPECT_EQ(objection({"--rpc", "ws://localhost:1", "--kind", "swap", "--mode", "ws", "--rate", "1500.5", "--window",
                            "7", "--connections", "3"},
                  options),
        "");
    EXPECT_EQ(options.kind, Kind::swap);
    EXPECT_EQ(options.mode, Mode::ws);
    EXPECT_EQ(options.rate, 1500.5);
    EXPECT_EQ(sender_count(options), 21U);
    EXPECT_EQ(transaction_count(options), 15'005U);
    EXPECT_EQ(objection({"--rate", "max"}, options), "");
    EXPECT_FALSE(options.rate);
}

TEST(BenchLoadOptions, are_refused_with_a_reason)
{
    EXPECT_NE(objection({"--rpc", "localhost"}).find("not of the form"), std::string::npos);
    EXPECT_NE(objection({"--rate", "fast"}).find("neither max nor a number"), std::string::npos);
    EXPECT_NE(objection({"--rate", "0"}).find("neither max nor a number"), std::string::npos);
    EXPECT_NE(objection({"--kind", "nft"}), "");
    EXPECT_NE(objection({"--mode", "post"}), "");
    EXPECT_NE(objection({"--connections", "0"}), "");
    EXPECT_NE(objection({"--seconds", "0"}), "");
    EXPECT_NE(objection({"--transactions", "a", "--write-transactions", "b"}), "");
    EXPECT_NE(objection({"--mode", "ws", "--batch", "5"}).find("--window"), std::string::npos);
    EXPECT_NE(objection({"--senders", "10", "--connections", "16"}).find("multiple"), std::string::npos);
    EXPECT_NE(objection({"--rate", "1e9"}).find("more than"), std::string::npos);
}

TEST(BenchLoadWire, reads_http_responses)
{
    const std::string input =
        "HTTP/1.1 200 OK\r\nA: b\r\ncontent-LENGTH:  5\r\nConnection: close\r\n\r\nhello and the next";
    HttpResponse response;
    for (std::size_t size = 0; size < input.find("hello") + 5; ++size)
        EXPECT_EQ(read_http_response(std::string_view{input}.substr(0, size), response), ReadState::incomplete) << size;
    EXPECT_EQ(read_http_response(input, response), ReadState::complete);
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.body, "hello");
    EXPECT_EQ(response.size, input.find(" and"));
    EXPECT_TRUE(response.closes);

    for (const auto* malformed : {"FTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1", "HTTP/1.\r\n\r\n"})
        EXPECT_EQ(read_http_response(malformed, response), ReadState::malformed) << malformed;
    EXPECT_EQ(read_http_response(std::string(100'000, 'x'), response), ReadState::malformed);
}

RC_GTEST_PROP(BenchLoadWire, what_the_parsers_do_with_any_bytes_stays_inside, (const std::string& bytes))
{
    HttpResponse response;
    if (read_http_response("HTTP/1.1 200 OK\r\n" + bytes, response) == ReadState::complete)
        RC_ASSERT(response.size <= bytes.size() + 17);
    Frame frame;
    if (read_frame(bytes, frame) == ReadState::complete)
    {
        RC_ASSERT(frame.size <= bytes.size());
        RC_ASSERT(frame.payload.size() < frame.size);
    }
}

RC_GTEST_PROP(BenchLoadWire, frames_are_masked_and_read_back, ())
{
    const auto size =
        *rc::gen::elementOf(std::vector<std::size_t>{0, 1, 7, 8, 9, 125, 126, 300, 65'535, 65'536, 100'000});
    const auto payload = *rc::gen::container<std::string>(size, rc::gen::arbitrary<char>());
    const auto mask = *rc::gen::arbitrary<std::uint32_t>();
    std::string frame;
    append_frame(frame, FrameType::text, payload, mask);

    // As a server sends it: without the mask bit and the mask.
    std::string unmasked = frame;
    const auto head_size = frame.size() - payload.size();
    unmasked[1] = static_cast<char>(unmasked[1] & 0x7f);
    for (std::size_t i = 0; i < size; ++i)
        unmasked[head_size + i] = static_cast<char>(unmasked[head_size + i] ^ frame[head_size - 4 + i % 4]);
    unmasked.erase(head_size - 4, 4);
    Frame read;
    RC_ASSERT(read_frame(frame, read) == ReadState::malformed);
    RC_ASSERT(read_frame(std::string_view{unmasked}.substr(0, unmasked.size() - 1), read) == ReadState::incomplete);
    RC_ASSERT(read_frame(unmasked, read) == ReadState::complete);
    RC_ASSERT(read.type == FrameType::text);
    RC_ASSERT(read.is_last);
    RC_ASSERT(read.payload == payload);
    RC_ASSERT(read.size == unmasked.size());
}

TEST(BenchLoadWire, asks_for_a_websocket)
{
    EXPECT_TRUE(
        accepts_upgrade("HTTP/1.1 101 Switching Protocols\r\n"
                        "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
    EXPECT_FALSE(accepts_upgrade("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: another\r\n\r\n"));
    EXPECT_FALSE(accepts_upgrade("HTTP/1.1 200 OK\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
}

/// What each answer in the text is, in short.
std::string read_all(AnswerReader& reader, std::string text)
{
    text.reserve(text.size() + AnswerReader::padding);
    std::string result;
    reader.begin(text);
    while (const auto answer = reader.next())
    {
        result += answer->id ? std::to_string(*answer->id) : "?";
        switch (answer->content)
        {
            case Answer::Content::nothing:
                result += " nothing;";
                break;
            case Answer::Content::value:
                result += " value;";
                break;
            case Answer::Content::receipt:
                result += answer->succeeded ? " executed;" : " reverted;";
                break;
            case Answer::Content::error:
                result +=
                    " error " + std::to_string(answer->error_code) + " " + std::string{answer->error_message} + ";";
                break;
        }
    }
    return result + (reader.is_malformed() ? "malformed" : "");
}

TEST(BenchLoadAnswers, reads_them)
{
    AnswerReader reader;
    const auto read = [&reader](const std::string& text) { return read_all(reader, text); };
    EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":7,"result":"0xab"})"), "7 value;");
    EXPECT_EQ(read(R"({"result":null,"id":8,"jsonrpc":"2.0"})"), "8 nothing;");
    EXPECT_EQ(
        read(R"({"id":1,"result":{"logs":[{"status":"0x0"},[1]],"type":"0x2","status":"0x1","z":{}}})"), "1 executed;");
    EXPECT_EQ(read(R"({"result":{"status":"0x0"},"id":2})"), "2 reverted;");
    EXPECT_EQ(read(R"({"id":null,"error":{"message":"a \"b\"","data":{"code":5},"code":-32000}})"),
        "? error -32000 a \"b\";");
    EXPECT_EQ(
        read(R"([{"id":1,"result":{"status":"0x1"}},{"id":2,"error":{"code":4,"message":"m"}},{"id":3,"result":[]}])"),
        "1 executed;2 error 4 m;3 value;");
    EXPECT_EQ(read("[]"), "");
    for (const auto* text : {"", "{", "5", "[5]", "{\"id\":1}", "{\"id\":1,\"error\":5}", "{\"id\":1,\"result\":{",
             "{\"id\":1,\"error\":{\"code\":\"x\"}}"})
        EXPECT_TRUE(read(text).ends_with("malformed")) << text;
    EXPECT_EQ(read(R"([{"id":1,"result":1},{"id":2,"res)"), "malformed");
    EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":7,"result":"0xab"})"), "7 value;") << "after malformed ones";
}

RC_GTEST_PROP(BenchLoadAnswers, any_text_is_read_or_malformed, ())
{
    static const std::string characters = "{}[]\",:0129.eE-+ntrufalse\\ \x80id";
    AnswerReader reader;
    read_all(reader, *rc::gen::container<std::string>(rc::gen::elementOf(characters)));
    read_all(reader, R"({"id":1,"error":{"code":)" + *rc::gen::container<std::string>(rc::gen::elementOf(characters)));
}

std::string temporary_file()
{
    return (std::filesystem::temp_directory_path() / ("jiffy-load-" + std::to_string(::getpid()))).string();
}

TEST(BenchLoadTransactions, are_read_back_from_their_file)
{
    SignedTransactions written;
    written.kind = Kind::erc20;
    written.chain_id = 5;
    written.senders = 2;
    written.append("0102", crypto::keccak256(Bytes{1, 2}));
    written.append("03", crypto::keccak256(Bytes{3}));
    const auto file = temporary_file();
    write_transactions(file, written);
    const auto read = read_transactions(file);
    EXPECT_EQ(read.kind, Kind::erc20);
    EXPECT_EQ(read.chain_id, 5U);
    EXPECT_EQ(read.senders, 2U);
    EXPECT_EQ(read.digits, written.digits);
    EXPECT_EQ(read.begins, written.begins);
    EXPECT_EQ(read.hashes, written.hashes);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 2);
    EXPECT_THROW(read_transactions(file), std::runtime_error);
    std::filesystem::resize_file(file, 10);
    EXPECT_THROW(read_transactions(file), std::runtime_error);
    std::filesystem::remove(file);
    EXPECT_THROW(read_transactions(file), std::runtime_error);
}

TEST(BenchLoadNode, tells_what_was_done_between_two_readings)
{
    const auto before = parse_samples(
        "# HELP jiffy_transactions_total Transactions executed.\n"
        "jiffy_transactions_total 100\n"
        "process_cpu_seconds_total 1.5\n"
        "jiffy_queue_seconds_bucket{le=\"+Inf\"} 7\n"
        "jiffy_queue_seconds_sum 0.25\n"
        "jiffy_queue_seconds_count 7\n"
        "nonsense\nand more\n");
    EXPECT_EQ(before.size(), 4U);
    const auto after = parse_samples(
        "jiffy_transactions_total 300\nprocess_cpu_seconds_total 1.51\n"
        "jiffy_queue_seconds_sum 0.75\njiffy_queue_seconds_count 207");
    const auto work = work_between(before, after);
    ASSERT_TRUE(work);
    EXPECT_EQ(work->transactions, 200U);
    EXPECT_NEAR(work->processor_microseconds, 50, 1e-6);
    ASSERT_EQ(work->stages.size(), 1U);
    EXPECT_EQ(work->stages[0].name, "queue");
    EXPECT_EQ(work->stages[0].count, 200U);
    EXPECT_NEAR(work->stages[0].mean_microseconds, 2500, 1e-6);
    EXPECT_FALSE(work_between(after, before)) << "another process";
    EXPECT_FALSE(work_between(before, before));
    EXPECT_FALSE(work_between({}, {}));
}

/// A node with quick blocks, and what a load on it reported.
class BenchLoadRun : public testing::Test
{
protected:
    BenchLoadRun()
    {
        options.rpc = "http://127.0.0.1:" + std::to_string(node->port());
        options.json = true;
        options.connections = 4;
        options.seconds = 60;
        options.count = 400;
    }

    static node::NodeOptions node_options()
    {
        node::NodeOptions options;
        options.port = 0;
        options.block_interval = 200;
        return options;
    }

    nlohmann::json run(int expected_exit_code = 0)
    {
        testing::internal::CaptureStdout();
        const auto exit_code = bench_load(options);
        const auto output = testing::internal::GetCapturedStdout();
        EXPECT_EQ(exit_code, expected_exit_code);
        return nlohmann::json::parse(output, nullptr, false);
    }

    /// All of the load was executed.
    void expect_complete(const nlohmann::json& report)
    {
        EXPECT_EQ(report["sent"], 400) << report;
        EXPECT_EQ(report["accepted"], 400) << report;
        EXPECT_EQ(report["executed"], 400) << report;
        EXPECT_EQ(report["executedOnChain"], 400) << report;
        EXPECT_EQ(report["reverted"], 0) << report;
        EXPECT_EQ(report["refused"], 0) << report;
        EXPECT_EQ(report["missing"], 0) << report;
        EXPECT_EQ(report["consistent"], true) << report;
        EXPECT_GT(report["transactionsPerSecond"], 0) << report;
        EXPECT_GE(report["latencyMicroseconds"]["max"], report["latencyMicroseconds"]["p50"]) << report;
    }

    std::unique_ptr<node::Node> node = std::move(*node::Node::start(node_options()));
    Options options;
};

TEST_F(BenchLoadRun, counts_every_kind_in_every_mode)
{
    for (const auto kind : {Kind::transfer, Kind::erc20, Kind::swap})
        for (const auto mode : {Mode::sync, Mode::async, Mode::ws})
        {
            SCOPED_TRACE(std::string{name_of(kind)} + " " + std::string{name_of(mode)});
            options.kind = kind;
            options.mode = mode;
            const auto report = run();
            expect_complete(report);
            EXPECT_EQ(report["latencyTo"], mode == Mode::async ? "hash" : "receipt");
        }
}

TEST_F(BenchLoadRun, tells_what_each_stage_of_the_node_took)
{
    const auto report = run();
    const auto& told = report["node"];
    EXPECT_GE(told["transactions"], 400) << report;
    EXPECT_GT(told["processorMicrosecondsPerTransaction"], 0) << report;
    for (const auto* stage : {"ingress", "queue", "execution", "release"})
        EXPECT_GE(told["stages"][stage]["count"], 400) << stage << report;
    EXPECT_GT(told["stages"]["signature"]["meanMicroseconds"], 0) << report;

    options.json = false;
    testing::internal::CaptureStdout();
    EXPECT_EQ(bench_load(options), 0);
    EXPECT_NE(testing::internal::GetCapturedStdout().find("us of processor time per transaction, of all threads"),
        std::string::npos);
}

TEST_F(BenchLoadRun, expects_no_metrics_of_other_endpoints)
{
    auto url = *parse_url(options.rpc);
    EXPECT_TRUE(read_node_samples(url));
    node->stop();
    EXPECT_FALSE(read_node_samples(url));
}

TEST_F(BenchLoadRun, sends_batches)
{
    options.batch = 30;
    expect_complete(run());
    options.mode = Mode::async;
    expect_complete(run());
}

TEST_F(BenchLoadRun, keeps_an_offered_rate)
{
    options.rate = 1000;
    expect_complete(run());
    options.mode = Mode::ws;
    expect_complete(run());
    options.seconds = 0.1;
    const auto report = run();
    EXPECT_LE(report["sent"], 110) << report;
    EXPECT_EQ(report["consistent"], true) << report;
}

TEST_F(BenchLoadRun, replays_a_file_once)
{
    options.write_file = temporary_file();
    EXPECT_TRUE(run().is_discarded());
    options.transactions_file = std::exchange(options.write_file, {});
    expect_complete(run());
    EXPECT_TRUE(run(2).is_discarded());
    options.connections = 5;
    EXPECT_TRUE(run(2).is_discarded());
    std::filesystem::remove(options.transactions_file);
}

TEST_F(BenchLoadRun, needs_an_endpoint_that_listens)
{
    node->stop();
    EXPECT_TRUE(run(2).is_discarded());
}
}  // namespace
}  // namespace jiffy::cli::load
