// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_receipts.hpp"

#include "base/hex.hpp"
#include "cli/bench_load_answers.hpp"
#include "cli/bench_load_connection.hpp"
#include "cli/bench_load_stage.hpp"

#include <chrono>
#include <poll.h>
#include <thread>

namespace jiffy::cli::load
{
namespace
{
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds poll_interval{5};
constexpr std::size_t batch_size = 100;

std::string receipt_calls(const SignedTransactions& transactions, std::span<const std::size_t> indexes)
{
    std::string body = "[";
    for (const auto index : indexes)
    {
        if (body.size() > 1)
            body.push_back(',');
        body.append(R"({"jsonrpc":"2.0","id":)").append(std::to_string(index));
        body.append(R"(,"method":"eth_getTransactionReceipt","params":[")");
        body.append(to_hex(transactions.hashes[index].view())).append(R"("]})");
    }
    body.push_back(']');
    return body;
}

/// Sends one message and waits for the answer to it.
std::string_view ask(Connection& connection, std::string_view body)
{
    connection.queue(body);
    std::string_view message;
    auto state = ReadState::incomplete;
    while ((state = connection.next(message)) == ReadState::incomplete)
    {
        pollfd ready{.fd = connection.descriptor(),
            .events = static_cast<short>(POLLIN | (connection.has_output() ? POLLOUT : 0)),
            .revents = 0};
        if (::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) <= 0)
            throw std::runtime_error{"the endpoint does not answer when it is asked for receipts"};
        if (!connection.flush() || ((ready.revents & ~POLLOUT) != 0 && !connection.receive()))
            throw std::runtime_error{"the endpoint has closed the connection"};
    }
    if (state == ReadState::malformed || connection.http_status() != 200)
        throw std::runtime_error{"the endpoint gives no receipts"};
    return message;
}

void count_receipt(Tally& tally, const Answer& answer)
{
    if (!answer.id || *answer.id >= tally.outcomes.size() || answer.content != Answer::Content::receipt)
        return;
    auto& outcome = tally.outcomes[*answer.id];
    if (outcome != Outcome::accepted)
        return;
    outcome = answer.succeeded ? Outcome::executed : Outcome::reverted;
    ++(answer.succeeded ? tally.executed : tally.reverted);
}
}  // namespace

ChainCount count_on_chain(RpcClient& rpc, std::span<const Sender> senders, std::uint64_t expected)
{
    const auto begin = Clock::now();
    for (;;)
    {
        ChainCount result;
        const auto nonces = executed_nonces(rpc, senders);
        for (std::size_t i = 0; i < senders.size(); ++i)
            result.executed += nonces[i] - senders[i].nonce;
        const auto elapsed = Clock::now() - begin;
        result.seconds = std::chrono::duration<double>(elapsed).count();
        if (result.executed >= expected || elapsed > patience)
            return result;
        std::this_thread::sleep_for(poll_interval);
    }
}

void collect_receipts(const Url& url, const SignedTransactions& transactions, Tally& tally)
{
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < tally.outcomes.size(); ++i)
        if (tally.outcomes[i] == Outcome::accepted)
            waiting.push_back(i);
    if (waiting.empty())
        return;
    Connection connection{url, false};
    AnswerReader reader;
    const auto deadline = Clock::now() + patience;
    for (;;)
    {
        for (std::size_t begin = 0; begin < waiting.size(); begin += batch_size)
        {
            const auto part = std::span{waiting}.subspan(begin, std::min(batch_size, waiting.size() - begin));
            reader.begin(ask(connection, receipt_calls(transactions, part)));
            while (const auto answer = reader.next())
                count_receipt(tally, *answer);
        }
        std::erase_if(waiting, [&tally](std::size_t index) { return tally.outcomes[index] != Outcome::accepted; });
        if (waiting.empty() || Clock::now() > deadline)
            return;
        std::this_thread::sleep_for(poll_interval);
    }
}
}  // namespace jiffy::cli::load
