// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/nonce_waiters.hpp"
#include "rpc/parameters.hpp"
#include "rpc/resumable_topic.hpp"
#include "rpc/seal_waiters.hpp"
#include "rpc/subscription_start.hpp"
#include "rpc/topics.hpp"

#include <thread>

namespace jiffy::rpc
{
/// What a subscriber is told of.
struct NewHeads
{
    /// Those since the beginning, too.
    bool resumes = false;
};
struct Logs
{
    LogFilter filter;
    /// Logs come at release, with the provisional block hash, instead of at the seal.
    bool at_release = false;
};
struct NewTransactions
{
    bool full = false;
};
struct MiniBlocks
{
};
struct StateChanges
{
    /// Empty for all.
    std::vector<Address> addresses;
};
struct Syncing
{
    /// When it was asked for.
    bool is_syncing = false;
};
using Topic = std::variant<NewHeads, Logs, NewTransactions, MiniBlocks, StateChanges, Syncing>;

/// Follows the history on a thread of its own, tells subscribers what is new, and runs the waiting jobs that have
/// become due. It only reads what is published: nobody ever waits for a subscriber.
class Subscriptions
{
public:
    Subscriptions(const sequencer::History& history, SealWaiters& waiters);
    Subscriptions(const Subscriptions&) = delete;
    Subscriptions& operator=(const Subscriptions&) = delete;
    ~Subscriptions();

    void start();
    void stop();

    /// Any thread: a block was sealed.
    void notify() { waiters_.notify(); }
    /// Any thread: there is a new fragment or mini-block.
    void notify_released()
    {
        if (follows_releases_.load(std::memory_order_relaxed))
            waiters_.notify();
    }

    /// A fresh id for a subscription of the channel, which `add` makes effective; or why there is none.
    Result<RandomId, Error> reserve_id(const std::shared_ptr<Channel>& channel);
    /// What happens from `start` on is told; of sealed blocks, what happens from now on, unless the topic is resumed.
    void add(const RandomId& id, const std::shared_ptr<Channel>& channel, Topic topic, const SubscriptionStart& start);
    /// False if the channel has no such subscription.
    bool remove(const RandomId& id, const std::shared_ptr<Channel>& channel);

    /// Any thread. False, with the waiter left alone, if too many wait.
    bool when_nonce(NonceWaiter& waiter);

private:
    struct Wanted
    {
        Subscriber subscriber;
        Topic topic;
        SubscriptionStart start;
    };
    /// What other threads have asked for since it was last looked at.
    struct Requests
    {
        std::vector<Wanted> wanted;
        std::vector<RandomId> removed;
        std::vector<NonceWaiter> waiters;
    };

    void run();
    void tell_news();
    void tell_released(const sequencer::BlockRecord& block, std::size_t first, std::size_t end);
    void tell_sealed(const sequencer::BlockRecord& block);
    bool tell_behind();
    void begin(Wanted wanted);
    template <class Predicate>
    void remove_if(Predicate predicate);
    void remove_closed();
    void update_follows_releases();

    const sequencer::History& history_;
    SealWaiters& waiters_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> follows_releases_ = false;

    std::mutex mutex_;
    std::unordered_map<RandomId, std::shared_ptr<Channel>, RandomIdHasher> channels_;
    Requests requests_;
    std::size_t waiting_for_nonces_ = 0;

    // The rest is the thread's own: how far the history was told, and to whom.
    std::uint64_t told_sealed_ = 0;
    ChainPosition told_released_;
    ChainPosition told_mini_blocks_;
    ResumableTopic<HeadSubscription> heads_;
    std::vector<LogSubscription> sealed_logs_;
    ResumableTopic<TransactionSubscription> transactions_;
    ResumableTopic<LogSubscription> released_logs_;
    ResumableTopic<StateChangeSubscription> state_changes_;
    ResumableTopic<MiniBlockSubscription> mini_blocks_;
    NonceWaiters nonce_waiters_;
    std::thread thread_;
};
}  // namespace jiffy::rpc
