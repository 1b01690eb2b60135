// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_driver.hpp"

#include "base/hex.hpp"
#include "sequencer/thread_priority.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace jiffy::cli::load
{
namespace
{
using namespace std::chrono_literals;

/// For answers after the last transaction was sent.
constexpr auto patience = 10s;
constexpr auto poll_interval = 200us;
constexpr auto progress_interval = 1s;
/// Waking up takes the kernel some time; a generator with time to spare wakes up before and looks at the clock, so that
/// the wait is not counted as the node's.
constexpr auto early_wake = 60us;
/// Transactions per second; above, the generator would look at the clock all the time and keep a core from the node.
constexpr double highest_spinning_rate = 2000;
/// Above it, the generator sends what has become due meanwhile at once: the faster, the more at a time. It need not
/// look at all while there is no room for more, for each answer wakes it.
constexpr auto shortest_sleep = 50us;
constexpr auto shortest_sleep_at_high_rates = 300us;
constexpr double high_rate = 10'000;
/// From here on answers, too, are read only once in a while: to be woken for each would cost more than to read it.
constexpr double highest_rate_with_wakes = 30'000;
constexpr auto sleep_without_wakes = 1000us;
constexpr auto sleep_without_room = 1000us;
constexpr int events_at_once = 64;

std::uint64_t microseconds(std::chrono::nanoseconds duration)
{
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration.count() / 1000));
}

double processor_seconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    const auto seconds = [](const timeval& time)
    { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}
}  // namespace

Driver::Driver(const Url& url, const SignedTransactions& transactions, const DriverOptions& options)
  : transactions_{transactions}
  , options_{options}
  , epoll_{::epoll_create1(EPOLL_CLOEXEC)}
  , intended_(transactions.size())
{
    if (epoll_ < 0)
        throw std::runtime_error{std::string{"epoll_create1: "} + std::strerror(errno)};
    for (unsigned i = 0; i < options.connections; ++i)
        lanes_.push_back(
            {.connection = Connection{url, options.is_websocket}, .own = {}, .asked = {}, .without_receipt = {}});
    for (std::size_t i = 0; i < transactions.size(); ++i)
        lane_of(static_cast<Index>(i)).own.push_back(static_cast<Index>(i));
    for (std::size_t i = 0; i < lanes_.size(); ++i)
    {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, lanes_[i].connection.descriptor(), &event) != 0)
            throw std::runtime_error{std::string{"epoll_ctl: "} + std::strerror(errno)};
    }
}

Driver::~Driver()
{
    ::close(epoll_);
}

void Driver::run(Tally& tally)
{
    tally_ = &tally;
    // As exact a timer as there is.
    ::prctl(PR_SET_TIMERSLACK, 1);
    // On shared cores it would wait behind the node's threads, and count that as the node's time.
    sequencer::take_short_turns();
    const double processor_before = processor_seconds();
    begin_ = Clock::now();
    last_answer_ = begin_;
    next_progress_ = begin_ + progress_interval;
    end_of_sending_ =
        begin_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{options_.seconds});
    if (!options_.rate)
        for (auto& lane : lanes_)
        {
            lane.released = lane.own.size();
            pump(lane);
        }
    for (auto now = begin_; !is_over(now); now = Clock::now())
    {
        if (is_sending_ && now >= end_of_sending_)
        {
            is_sending_ = false;
            tally.overdue = options_.rate ? next_due_ - tally.sent : 0;
        }
        release_due(now);
        poll_receipts(now);
        report_progress(now);
        wait(now);
    }
    tally.seconds = std::chrono::duration<double>(last_answer_ - begin_).count();
    tally.generator_seconds = processor_seconds() - processor_before;
}

bool Driver::is_over(Time now) const
{
    if (std::ranges::all_of(lanes_, &Lane::is_broken) || now > end_of_sending_ + patience)
        return true;
    return unsettled_ == 0 && (!is_sending_ || tally_->sent == transactions_.size());
}

Driver::Time Driver::intended(Index index) const
{
    return begin_ + std::chrono::nanoseconds{static_cast<std::int64_t>(index * 1e9 / *options_.rate)};
}

std::uint64_t Driver::latency(Index index, Time now) const
{
    return microseconds(now - begin_ - std::chrono::nanoseconds{intended_[index]});
}

void Driver::release_due(Time now)
{
    if (!options_.rate || !is_sending_)
        return;
    for (; next_due_ < transactions_.size() && intended(static_cast<Index>(next_due_)) <= now; ++next_due_)
        ++lane_of(static_cast<Index>(next_due_)).released;
    // One system call for all that a connection has to send.
    for (auto& lane : lanes_)
        if (lane.next < lane.released)
            pump(lane);
}

void Driver::poll_receipts(Time now)
{
    if (!options_.polls_receipts)
        return;
    for (auto& lane : lanes_)
        if (!lane.without_receipt.empty() && lane.poll_at <= now)
            pump(lane);
}

void Driver::pump(Lane& lane)
{
    if (lane.is_broken)
        return;
    const auto now = Clock::now();
    if (options_.is_websocket)
        pump_websocket(lane, now);
    else
        pump_http(lane, now);
    if (lane.connection.has_output())
        flush(lane);
}

bool Driver::has_room(const Lane& lane) const
{
    return lane.outstanding < (options_.is_websocket ? options_.window : 1);
}

void Driver::pump_http(Lane& lane, Time now)
{
    if (!has_room(lane))
        return;
    body_.clear();
    lane.asked.clear();
    const bool is_batch = options_.batch > 1;
    const auto separate = [&] { body_.append(!is_batch ? "" : body_.empty() ? "[" : ","); };
    if (!lane.without_receipt.empty())
    {
        if (now < lane.poll_at)
            return;
        std::swap(lane.asked, lane.without_receipt);
        for (const auto index : lane.asked)
        {
            separate();
            append_poll(index);
        }
    }
    else if (is_sending_)
    {
        const auto count = std::min<std::size_t>(options_.batch, lane.released - lane.next);
        for (std::size_t i = 0; i < count; ++i)
        {
            const auto index = lane.own[lane.next++];
            mark_sent(index, now);
            separate();
            append_call(index);
            lane.asked.push_back(index);
        }
    }
    if (lane.asked.empty())
        return;
    if (is_batch)
        body_.push_back(']');
    lane.outstanding = 1;
    lane.connection.queue(body_);
}

void Driver::pump_websocket(Lane& lane, Time now)
{
    // In a closed loop, some at a time: a system call for each would be most of the work.
    if (!options_.rate && lane.outstanding > options_.window / 4 * 3)
        return;
    for (; is_sending_ && has_room(lane) && lane.next < lane.released; ++lane.outstanding)
    {
        const auto index = lane.own[lane.next++];
        mark_sent(index, now);
        body_.clear();
        append_call(index);
        lane.connection.queue(body_);
    }
}

void Driver::append_call(Index index)
{
    char digits[12];
    const auto number_end = std::to_chars(digits, digits + sizeof digits, index).ptr;
    body_.append(R"({"jsonrpc":"2.0","id":)").append(digits, number_end);
    body_.append(R"(,"method":")").append(options_.method).append(R"(","params":["0x)");
    body_.append(transactions_.digits_of(index)).append(R"("]})");
}

void Driver::append_poll(Index index)
{
    body_.append(R"({"jsonrpc":"2.0","id":)").append(std::to_string(index));
    body_.append(R"(,"method":"eth_getTransactionReceipt","params":[")");
    body_.append(to_hex(transactions_.hashes[index].view())).append(R"("]})");
}

void Driver::mark_sent(Index index, Time now)
{
    const auto planned = options_.rate ? intended(index) : now;
    intended_[index] = std::chrono::nanoseconds{planned - begin_}.count();
    tally_->delay.record(microseconds(now - planned));
    tally_->outcomes[index] = Outcome::sent;
    ++tally_->sent;
    ++unsettled_;
}

void Driver::flush(Lane& lane)
{
    if (!lane.connection.flush())
        return break_off(lane);
    if (lane.connection.has_output() == lane.awaits_output)
        return;
    lane.awaits_output = lane.connection.has_output();
    epoll_event event{.events = EPOLLIN | (lane.awaits_output ? EPOLLOUT : 0U),
        .data = {.u64 = static_cast<std::uint64_t>(&lane - lanes_.data())}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, lane.connection.descriptor(), &event);
}

void Driver::on_readable(Lane& lane)
{
    if (!lane.connection.receive())
        return break_off(lane);
    std::string_view message;
    auto state = ReadState::complete;
    while ((state = lane.connection.next(message)) == ReadState::complete)
        on_message(lane, message);
    if (state == ReadState::malformed)
        return break_off(lane);
    pump(lane);
}

void Driver::on_message(Lane& lane, std::string_view message)
{
    const auto now = Clock::now();
    last_answer_ = now;
    const auto for_unanswered = [&](auto&& act)
    {
        for (const auto index : lane.asked)
            if (tally_->outcomes[index] == Outcome::sent)
                act(index);
    };
    if (!options_.is_websocket)
        lane.outstanding = 0;
    if (const auto status = lane.connection.http_status(); status != 200)
        return for_unanswered(
            [&](Index index) { refuse(index, status, "HTTP status " + std::to_string(status), now); });

    reader_.begin(message);
    while (const auto answer = reader_.next())
    {
        if (options_.is_websocket && lane.outstanding > 0)
            --lane.outstanding;
        if (answer->id && *answer->id < transactions_.size())
            settle(lane, static_cast<Index>(*answer->id), *answer, now);
        else if (answer->content == Answer::Content::error)
            for_unanswered([&](Index index) { refuse(index, answer->error_code, answer->error_message, now); });
    }
    for_unanswered([this](Index index) { lose(index); });
}

void Driver::settle(Lane& lane, Index index, const Answer& answer, Time now)
{
    auto& outcome = tally_->outcomes[index];
    if (outcome != Outcome::sent && outcome != Outcome::accepted)
        return;
    switch (answer.content)
    {
        case Answer::Content::error:
            if (outcome == Outcome::sent)
                return refuse(index, answer.error_code, answer.error_message, now);
            break;
        case Answer::Content::nothing:
            break;
        case Answer::Content::value:
            if (outcome == Outcome::accepted)
                break;
            outcome = Outcome::accepted;
            ++tally_->accepted;
            if (options_.polls_receipts)
            {
                lane.without_receipt.push_back(index);
                return;
            }
            tally_->latency.record(latency(index, now));
            interval_.record(latency(index, now));
            --unsettled_;
            return;
        case Answer::Content::receipt:
            tally_->accepted += outcome == Outcome::sent ? 1 : 0;
            outcome = answer.succeeded ? Outcome::executed : Outcome::reverted;
            ++(answer.succeeded ? tally_->executed : tally_->reverted);
            tally_->latency.record(latency(index, now));
            interval_.record(latency(index, now));
            --unsettled_;
            return;
    }
    if (outcome == Outcome::sent)
        return lose(index);
    lane.without_receipt.push_back(index);
    lane.poll_at = now + poll_interval;
}

void Driver::refuse(Index index, std::int64_t code, std::string_view message, Time now)
{
    tally_->outcomes[index] = Outcome::refused;
    tally_->refusal_latency.record(latency(index, now));
    ++tally_->refused;
    auto& refusals = tally_->refusals[code];
    if (refusals.count++ == 0)
        refusals.message = message;
    --unsettled_;
}

void Driver::lose(Index index)
{
    tally_->outcomes[index] = Outcome::lost;
    ++tally_->lost;
    --unsettled_;
}

void Driver::break_off(Lane& lane)
{
    if (lane.is_broken)
        return;
    lane.is_broken = true;
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, lane.connection.descriptor(), nullptr);
    for (std::size_t i = 0; i < lane.next; ++i)
        if (tally_->outcomes[lane.own[i]] == Outcome::sent)
            lose(lane.own[i]);
        else if (options_.polls_receipts && tally_->outcomes[lane.own[i]] == Outcome::accepted)
            --unsettled_;
    std::fputs("a connection broke\n", stderr);
}

void Driver::report_progress(Time now)
{
    if (now < next_progress_)
        return;
    std::fprintf(stderr, "%4lld s  %7llu/s  p50 %llu us  p99 %llu us  refused %llu\n",
        static_cast<long long>(std::chrono::floor<std::chrono::seconds>(now - begin_).count()),
        static_cast<unsigned long long>(interval_.count()), static_cast<unsigned long long>(interval_.quantile(0.5)),
        static_cast<unsigned long long>(interval_.quantile(0.99)),
        static_cast<unsigned long long>(tally_->refused - refused_before_));
    interval_.clear();
    refused_before_ = tally_->refused;
    next_progress_ += progress_interval;
}

void Driver::wait(Time now)
{
    auto until = std::min(next_progress_, is_sending_ ? end_of_sending_ : end_of_sending_ + patience + 1ms);
    if (options_.rate && is_sending_ && next_due_ < transactions_.size())
    {
        const auto due = intended(static_cast<Index>(next_due_));
        const bool spins = *options_.rate <= highest_spinning_rate;
        const auto nap = *options_.rate > high_rate ? shortest_sleep_at_high_rates : shortest_sleep;
        const auto sleep = has_room(lane_of(static_cast<Index>(next_due_))) ? nap : sleep_without_room;
        until = std::min(until, spins ? due - early_wake : std::max<Time>(due, now + sleep));
    }
    if (options_.polls_receipts)
        for (const auto& lane : lanes_)
            if (!lane.without_receipt.empty() && lane.outstanding == 0)
                until = std::min(until, lane.poll_at);
    auto pause = std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{until - now});
    if (options_.rate && *options_.rate > highest_rate_with_wakes && is_sending_)
    {
        std::this_thread::sleep_for(sleep_without_wakes);
        pause = {};
    }
    const timespec timeout{.tv_sec = pause.count() / 1'000'000'000, .tv_nsec = pause.count() % 1'000'000'000};
    epoll_event events[events_at_once];
    const int count = ::epoll_pwait2(epoll_, events, events_at_once, &timeout, nullptr);
    if (count < 0 && errno != EINTR)
        throw std::runtime_error{std::string{"epoll_pwait2: "} + std::strerror(errno)};
    for (int i = 0; i < count; ++i)
    {
        auto& lane = lanes_[events[i].data.u64];
        if ((events[i].events & EPOLLOUT) != 0)
            flush(lane);
        if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !lane.is_broken)
            on_readable(lane);
    }
}
}  // namespace jiffy::cli::load
