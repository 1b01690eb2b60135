// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_answers.hpp"
#include "cli/bench_load_connection.hpp"
#include "cli/bench_load_tally.hpp"
#include "cli/bench_load_transactions.hpp"

#include <chrono>

namespace jiffy::cli::load
{
/// How the load is driven.
struct DriverOptions
{
    bool is_websocket = false;
    /// Name of the JSON-RPC method that takes a transaction.
    std::string method;
    /// The method's answer is not the receipt: ask for that afterwards, over the same connection.
    bool polls_receipts = false;
    unsigned connections = 1;
    unsigned batch = 1;
    unsigned window = 1;
    /// Transactions per second; empty: closed loop.
    std::optional<double> rate;
    double seconds = 0;
};

/// Sends prepared transactions on one thread and counts the answers. With a rate, each has an intended time of sending,
/// from which its latency is counted, so that a wait for those before it is seen; without one it is sent as soon as its
/// connection has room.
class Driver
{
public:
    /// Connects; throws std::runtime_error.
    Driver(const Url& url, const SignedTransactions& transactions, const DriverOptions& options);
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;
    ~Driver();

    /// Once. Writes a line to standard error each second. Ends when the time is over, or everything is sent, and the
    /// answers have come or been waited for.
    void run(Tally& tally);

private:
    using Clock = std::chrono::steady_clock;
    using Time = Clock::time_point;
    using Index = std::uint32_t;

    /// A connection with the transactions of its own, in order.
    struct Lane
    {
        Connection connection;
        std::vector<Index> own;
        /// The first of `own` that is not sent.
        std::size_t next = 0;
        /// Those before may be sent.
        std::size_t released = 0;
        /// Of the HTTP request that is being answered.
        std::vector<Index> asked;
        /// Accepted, the receipt not seen.
        std::vector<Index> without_receipt;
        Time poll_at{};
        /// Requests that are being answered.
        std::size_t outstanding = 0;
        bool is_broken = false;
        bool awaits_output = false;
    };

    void release_due(Time now);
    /// Sends what may be sent on the connection.
    void pump(Lane& lane);
    [[nodiscard]] bool has_room(const Lane& lane) const;
    void pump_http(Lane& lane, Time now);
    void pump_websocket(Lane& lane, Time now);
    void append_call(Index index);
    void append_poll(Index index);
    void mark_sent(Index index, Time now);
    void flush(Lane& lane);
    void on_readable(Lane& lane);
    void on_message(Lane& lane, std::string_view message);
    void settle(Lane& lane, Index index, const Answer& answer, Time now);
    void refuse(Index index, std::int64_t code, std::string_view message, Time now);
    void lose(Index index);
    void break_off(Lane& lane);
    void poll_receipts(Time now);
    void report_progress(Time now);
    void wait(Time now);
    [[nodiscard]] bool is_over(Time now) const;
    [[nodiscard]] Time intended(Index index) const;
    [[nodiscard]] std::uint64_t latency(Index index, Time now) const;
    [[nodiscard]] Lane& lane_of(Index index) { return lanes_[index % transactions_.senders % lanes_.size()]; }

    const SignedTransactions& transactions_;
    DriverOptions options_;
    int epoll_;
    std::vector<Lane> lanes_;
    AnswerReader reader_;
    Tally* tally_ = nullptr;
    /// Of each transaction, when it is intended to be sent, in nanoseconds from the beginning.
    std::vector<std::int64_t> intended_;
    std::string body_;
    Time begin_{};
    Time end_of_sending_{};
    Time last_answer_{};
    Time next_progress_{};
    /// The first transaction whose time has not come.
    std::size_t next_due_ = 0;
    /// Transactions that are sent and not settled.
    std::size_t unsettled_ = 0;
    bool is_sending_ = true;
    sequencer::LatencyHistogram interval_;
    std::uint64_t refused_before_ = 0;
};
}  // namespace jiffy::cli::load
