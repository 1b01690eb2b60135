// SPDX-License-Identifier: Apache-2.0
#include "rpc/subscriptions.hpp"

#include "base/hex.hpp"
#include "rpc/format.hpp"

namespace jiffy::rpc
{
namespace
{
constexpr std::size_t most_subscriptions = 10'000;
constexpr std::size_t most_logs_per_block = 100'000;

template <class Write>
std::shared_ptr<const std::string> make_notification(const RandomId& id, Write&& write)
{
    std::string text = R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":)";
    text.append(json_string(Subscriptions::text_of(id))).append(",\"result\":");
    JsonWriter json{text};
    write(json);
    text.append("}}");
    return std::make_shared<const std::string>(std::move(text));
}

/// One message for each matching log of some of a block's transactions.
void send_logs(const RandomId& id,
    Channel& channel,
    const LogFilter& filter,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end)
{
    std::vector<LogPlace> places;
    collect_logs(filter, block, first, end, most_logs_per_block, places);
    for (const auto& place : places)
        channel.send(make_notification(id, [&place](JsonWriter& json) { write_log(json, place); }));
}
}  // namespace

Subscriptions::Subscriptions(const sequencer::History& history, SealWaiters& waiters)
  : history_{history}
  , waiters_{waiters}
{
}

Subscriptions::~Subscriptions()
{
    stop();
}

void Subscriptions::start()
{
    told_sealed_ = history_.sealed_number();
    const auto open = history_.open_block();
    told_block_ = open->number();
    told_transactions_ = open->released_count();
    thread_ = std::thread{[this] { run(); }};
}

void Subscriptions::stop()
{
    if (!thread_.joinable())
        return;
    stopping_ = true;
    waiters_.notify();
    thread_.join();
}

std::string Subscriptions::text_of(const RandomId& id)
{
    return to_quantity(id);
}

std::optional<RandomId> Subscriptions::reserve_id()
{
    const std::lock_guard lock{mutex_};
    if (subscriptions_.size() >= most_subscriptions)
        drop_closed();
    if (subscriptions_.size() >= most_subscriptions)
        return std::nullopt;
    return draw_random_id();
}

void Subscriptions::add(const RandomId& id, const std::shared_ptr<Channel>& channel, Topic topic)
{
    const std::lock_guard lock{mutex_};
    subscriptions_.emplace(id, Subscription{channel, std::move(topic)});
}

bool Subscriptions::remove(const RandomId& id, const std::shared_ptr<Channel>& channel)
{
    const std::lock_guard lock{mutex_};
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end() || found->second.channel != channel)
        return false;
    subscriptions_.erase(found);
    return true;
}

void Subscriptions::drop_closed()
{
    std::erase_if(subscriptions_, [](const auto& entry) { return entry.second.channel->closed.load(); });
}

void Subscriptions::run()
{
    while (!stopping_)
    {
        // Releases first: a transaction is told of before the block that holds it.
        for (;;)
        {
            const auto block = history_.find(told_block_);
            if (block == nullptr)
            {
                // The history has gone on further than it remembers.
                told_block_ = std::max(told_block_ + 1, history_.oldest_number());
                told_transactions_ = 0;
                continue;
            }
            const bool is_closed = block->state_commit().has_value();
            const std::size_t count = block->released_count();
            if (count > told_transactions_)
                tell_released(*block, std::exchange(told_transactions_, count), count);
            if (!is_closed || history_.find(told_block_ + 1) == nullptr)
                break;
            ++told_block_;
            told_transactions_ = 0;
        }
        for (const auto newest = history_.sealed_number(); told_sealed_ < newest;)
            if (const auto block = history_.find(++told_sealed_))
                tell_sealed(*block);

        waiters_.run_due_and_wait();
    }
}

void Subscriptions::tell_sealed(const sequencer::BlockRecord& block)
{
    const std::lock_guard lock{mutex_};
    drop_closed();
    for (const auto& [id, subscription] : subscriptions_)
    {
        if (std::holds_alternative<NewHeads>(subscription.topic))
            subscription.channel->send(
                make_notification(id, [&block](JsonWriter& json) { write_header(json, block); }));
        else if (const auto* logs = std::get_if<Logs>(&subscription.topic); logs != nullptr && !logs->at_release)
            send_logs(id, *subscription.channel, logs->filter, block, 0, block.transactions.size());
    }
}

void Subscriptions::tell_released(const sequencer::BlockRecord& block, std::size_t first, std::size_t end)
{
    const std::lock_guard lock{mutex_};
    for (const auto& [id, subscription] : subscriptions_)
    {
        if (const auto* logs = std::get_if<Logs>(&subscription.topic); logs != nullptr && logs->at_release)
            send_logs(id, *subscription.channel, logs->filter, block, first, end);
        const auto* transactions = std::get_if<NewTransactions>(&subscription.topic);
        for (std::size_t i = first; transactions != nullptr && i < end; ++i)
        {
            // Nobody waits for those of the protocol, which were never pending.
            if (block.transactions[i].transaction.type == types::TransactionType::deposit)
                continue;
            subscription.channel->send(make_notification(id,
                [&, full = transactions->full](JsonWriter& json)
                {
                    if (full)
                        write_transaction(json, block, i);
                    else
                        json.hex(block.transactions[i].hash);
                }));
        }
    }
}
}  // namespace jiffy::rpc
