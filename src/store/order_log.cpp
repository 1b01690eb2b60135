// SPDX-License-Identifier: Apache-2.0
#include "store/order_log.hpp"

namespace jiffy::store
{
namespace
{
/// So many blocks may be sealed behind the newest one that has ended.
constexpr std::size_t most_block_ends = 256;
}  // namespace

OrderLog::OrderLog(WriteAheadLog& log, const OrderLogOptions& options, std::function<void(const Error&)> on_failure)
  : log_{log}
  , options_{options}
  , on_failure_{std::move(on_failure)}
  , waits_for_disk_{options.waits_for_disk}
{
}

OrderLog::~OrderLog()
{
    stop();
}

void OrderLog::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void OrderLog::stop()
{
    if (!thread_.joinable())
        return;
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    check(log_.sync());
}

void OrderLog::run()
{
    pthread_setname_np(pthread_self(), "log files");
    std::unique_lock lock{mutex_};
    while (!stopping_ && !failed_)
    {
        lock.unlock();
        if (!waits_for_disk_)
            check(log_.sync());
        prepare();
        lock.lock();
        wake_.wait_for(lock, options_.longest_delay, [this] { return stopping_; });
    }
}

void OrderLog::prepare()
{
    // Nothing is lost if there is no file: the log makes one when it needs it, or fails then.
    const auto prepared = log_.prepare();
    cannot_prepare_ = !prepared;
}

bool OrderLog::check(const StoreResult<void>& result)
{
    if (result)
        return true;
    if (!failed_.exchange(true))
        on_failure_(result.error());
    return false;
}

BytesView OrderLog::append(const types::LogFrame& frame)
{
    encoded_.clear();
    types::encode(frame, options_.chain_id, encoded_);
    append(frame, encoded_);
    return encoded_;
}

void OrderLog::append(const types::LogFrame& frame, BytesView record)
{
    if (const auto* opened = std::get_if<types::OpenBlockFrame>(&frame))
        open_block_ = opened->opening.number;
    if (const auto* term = std::get_if<types::EpochFrame>(&frame))
    {
        has_new_term_ = true;
        term_ = *term;
    }
    const auto appended = log_.append(record);
    if (!appended)
    {
        check(std::unexpected{appended.error()});
        return;
    }
    if (open_block_ == 0 || !std::holds_alternative<types::SealBlockFrame>(frame))
        return;
    const std::lock_guard lock{ends_mutex_};
    block_ends_.push_back({std::exchange(open_block_, 0), {*appended + 1, term_}});
    if (block_ends_.size() > most_block_ends)
        block_ends_.pop_front();
}

std::optional<OrderLog::Place> OrderLog::place_behind(std::uint64_t block_number) const
{
    const std::lock_guard lock{ends_mutex_};
    for (const auto& [number, place] : block_ends_)
        if (number == block_number)
            return place;
    return std::nullopt;
}

bool OrderLog::make_durable()
{
    if (failed_)
        return false;
    if (!waits_for_disk_ && !has_new_term_)
        return !options_.waits_for_system || check(log_.flush());
    has_new_term_ = false;
    return check(log_.sync());
}
}  // namespace jiffy::store
