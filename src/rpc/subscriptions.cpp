// SPDX-License-Identifier: Apache-2.0
#include "rpc/subscriptions.hpp"

#include "sequencer/thread_priority.hpp"

#include <random>

namespace jiffy::rpc
{
namespace
{
constexpr std::size_t most_subscriptions = 10'000;
constexpr std::uint32_t most_subscriptions_of_channel = 100;
constexpr std::size_t most_nonce_waiters = 10'000;

std::size_t count_released(const sequencer::BlockRecord& block)
{
    return block.released_count();
}

std::size_t count_mini_blocks(const sequencer::BlockRecord& block)
{
    return block.mini_blocks.size();
}

std::size_t count_sealed(const sequencer::BlockRecord& block)
{
    return block.sealed() != nullptr ? 1 : 0;
}

/// The first block whose header is told to one who resumes.
std::uint64_t first_head(const sequencer::History& history, const ChainPosition& mini_block)
{
    // A sealed block gets no further mini-block: what comes next is in the next one.
    const auto block = history.find(mini_block.block);
    const bool is_over = block && block->sealed() != nullptr && mini_block.index == block->mini_blocks.size();
    return mini_block.block + (is_over ? 1 : 0);
}

std::size_t after_one(const sequencer::BlockRecord&, std::size_t first, std::size_t)
{
    return first + 1;
}

std::size_t end_of_fragment(const sequencer::BlockRecord& block, std::size_t first, std::size_t)
{
    const auto fragment = block.fragment_of(static_cast<std::uint32_t>(first));
    return fragment->first_transaction + fragment->transaction_count;
}

template <class Subscription, class Predicate>
void remove_from(std::vector<Subscription>& subscriptions, Predicate predicate)
{
    std::erase_if(subscriptions, [&](const Subscription& one) { return predicate(one.subscriber); });
}
}  // namespace

Subscriptions::Subscriptions(const sequencer::History& history, SealWaiters& waiters)
  : history_{history}
  , waiters_{waiters}
  , heads_{tell_head, after_one}
  , transactions_{tell_transactions, end_of_fragment}
  , released_logs_{tell_logs, end_of_fragment}
  , state_changes_{tell_state_changes, end_of_fragment}
  , mini_blocks_{tell_mini_blocks, after_one}
  , nonce_waiters_{std::random_device{}()}
{
}

Subscriptions::~Subscriptions()
{
    stop();
}

void Subscriptions::start()
{
    told_sealed_ = history_.sealed_number();
    told_released_ = {told_sealed_, 0};
    told_mini_blocks_ = {told_sealed_, 0};
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

Result<RandomId, Error> Subscriptions::reserve_id(const std::shared_ptr<Channel>& channel)
{
    const std::lock_guard lock{mutex_};
    if (channel->subscription_count >= most_subscriptions_of_channel)
        return failure(Error{code::limit_exceeded,
            "too many subscriptions on this connection, the limit is " + std::to_string(most_subscriptions_of_channel),
            {}});
    if (channels_.size() >= most_subscriptions)
        return failure(Error{code::limit_exceeded, "too many subscriptions", {}});
    const auto id = draw_random_id();
    channels_.emplace(id, channel);
    ++channel->subscription_count;
    return id;
}

void Subscriptions::add(const RandomId& id,
    const std::shared_ptr<Channel>& channel,
    Topic topic,
    const SubscriptionStart& start)
{
    {
        const std::lock_guard lock{mutex_};
        requests_.wanted.push_back({Subscriber{id, channel}, std::move(topic), start});
        follows_releases_ = true;
    }
    waiters_.notify();
}

bool Subscriptions::remove(const RandomId& id, const std::shared_ptr<Channel>& channel)
{
    {
        const std::lock_guard lock{mutex_};
        const auto found = channels_.find(id);
        if (found == channels_.end() || found->second != channel)
            return false;
        channels_.erase(found);
        --channel->subscription_count;
        requests_.removed.push_back(id);
    }
    waiters_.notify();
    return true;
}

bool Subscriptions::when_nonce(NonceWaiter& waiter)
{
    {
        const std::lock_guard lock{mutex_};
        if (waiting_for_nonces_ + requests_.waiters.size() >= most_nonce_waiters)
            return false;
        requests_.waiters.push_back(std::move(waiter));
        follows_releases_ = true;
    }
    waiters_.notify();
    return true;
}

void Subscriptions::run()
{
    sequencer::name_thread("subscriptions");
    while (!stopping_)
    {
        Requests requests;
        {
            const std::lock_guard lock{mutex_};
            requests = std::exchange(requests_, {});
        }
        for (auto& waiter : requests.waiters)
            nonce_waiters_.add(std::move(waiter));
        // Before the news, so that nobody misses a block that is sealed meanwhile. What is released is told to the new
        // ones after the news, from where they begin, which is behind the news by now.
        for (auto& wanted : requests.wanted)
            begin(std::move(wanted));
        tell_news();
        for (const auto& id : requests.removed)
            remove_if([&id](const Subscriber& subscriber) { return subscriber.id() == id; });
        const bool goes_on = tell_behind();
        waiters_.run_due(std::chrono::steady_clock::now());
        update_follows_releases();
        if (!goes_on)
            waiters_.wait();
    }
}

void Subscriptions::begin(Wanted wanted)
{
    auto& [subscriber, topic, start] = wanted;
    if (const auto* heads = std::get_if<NewHeads>(&topic))
    {
        if (!heads->resumes)
            return heads_.join({std::move(subscriber)});
        const auto first = first_head(history_, start.mini_block);
        heads_.add({std::move(subscriber), first}, {std::min(first, told_sealed_ + 1), 0});
    }
    else if (auto* logs = std::get_if<Logs>(&topic))
    {
        LogSubscription subscription{std::move(subscriber), std::move(logs->filter)};
        if (logs->at_release)
            released_logs_.add(std::move(subscription), start.transaction);
        else
            sealed_logs_.push_back(std::move(subscription));
    }
    else if (const auto* transactions = std::get_if<NewTransactions>(&topic))
        transactions_.add({std::move(subscriber), transactions->full}, start.transaction);
    else if (std::holds_alternative<MiniBlocks>(topic))
        mini_blocks_.add({std::move(subscriber)}, start.mini_block);
    else if (auto* changes = std::get_if<StateChanges>(&topic))
        state_changes_.add({std::move(subscriber), std::move(changes->addresses)}, start.transaction);
    else
        tell_syncing(subscriber, std::get<Syncing>(topic).is_syncing);
}

void Subscriptions::tell_news()
{
    // Releases first: a transaction is told of before the mini-block and the block that hold it.
    advance_to_newest(history_, told_released_, count_released,
        [this](const sequencer::BlockRecord& block, std::size_t first, std::size_t end)
        { tell_released(block, first, end); });
    advance_to_newest(history_, told_mini_blocks_, count_mini_blocks,
        [this](const sequencer::BlockRecord& block, std::size_t first, std::size_t end)
        { mini_blocks_.tell(block, first, end); });
    for (const auto newest = history_.sealed_number(); told_sealed_ < newest;)
        if (const auto block = history_.find(++told_sealed_))
            tell_sealed(*block);
}

void Subscriptions::tell_released(const sequencer::BlockRecord& block, std::size_t first, std::size_t end)
{
    nonce_waiters_.serve(block, first, end);
    transactions_.tell(block, first, end);
    released_logs_.tell(block, first, end);
    state_changes_.tell(block, first, end);
}

void Subscriptions::tell_sealed(const sequencer::BlockRecord& block)
{
    heads_.tell(block, 0, 1);
    tell_logs(sealed_logs_, block, 0, block.transactions.size());
    nonce_waiters_.expire(std::chrono::steady_clock::now());
    remove_closed();
}

bool Subscriptions::tell_behind()
{
    bool is_told = transactions_.tell_behind(history_, told_released_, count_released);
    is_told |= released_logs_.tell_behind(history_, told_released_, count_released);
    is_told |= state_changes_.tell_behind(history_, told_released_, count_released);
    is_told |= mini_blocks_.tell_behind(history_, told_mini_blocks_, count_mini_blocks);
    is_told |= heads_.tell_behind(history_, {told_sealed_ + 1, 0}, count_sealed);
    return is_told;
}

template <class Predicate>
void Subscriptions::remove_if(Predicate predicate)
{
    heads_.remove_if(predicate);
    remove_from(sealed_logs_, predicate);
    transactions_.remove_if(predicate);
    released_logs_.remove_if(predicate);
    state_changes_.remove_if(predicate);
    mini_blocks_.remove_if(predicate);
}

void Subscriptions::remove_closed()
{
    remove_if([](const Subscriber& subscriber) { return subscriber.channel().closed.load(); });
    const std::lock_guard lock{mutex_};
    std::erase_if(channels_, [](const auto& entry) { return entry.second->closed.load(); });
}

void Subscriptions::update_follows_releases()
{
    const std::lock_guard lock{mutex_};
    waiting_for_nonces_ = nonce_waiters_.size();
    follows_releases_ = !requests_.wanted.empty() || !requests_.waiters.empty() || !nonce_waiters_.empty() ||
                        !transactions_.empty() || !released_logs_.empty() || !state_changes_.empty() ||
                        !mini_blocks_.empty();
}
}  // namespace jiffy::rpc
