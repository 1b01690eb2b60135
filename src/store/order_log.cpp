// SPDX-License-Identifier: Apache-2.0
#include "store/order_log.hpp"

namespace jiffy::store
{
OrderLog::OrderLog(WriteAheadLog& log, const OrderLogOptions& options, std::function<void(const Error&)> on_failure)
  : log_{log}
  , options_{options}
  , on_failure_{std::move(on_failure)}
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
        if (!options_.waits_for_disk)
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
    has_new_term_ |= std::holds_alternative<types::EpochFrame>(frame);
    if (const auto appended = log_.append(encoded_); !appended)
        check(std::unexpected{appended.error()});
    return encoded_;
}

bool OrderLog::make_durable()
{
    if (failed_)
        return false;
    if (!options_.waits_for_disk && !has_new_term_)
        return true;
    has_new_term_ = false;
    return check(log_.sync());
}
}  // namespace jiffy::store
